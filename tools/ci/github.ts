import { marker } from "../../cli/report/comment.ts";
import { type Forge, forgeAt, type Item } from "./forge.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** GitHub as a workflow's job sees it. @throws naming the variable that is missing */
export function gitHub(env: Environment): { forge: Forge; repo: string } {
  const [apiUrl, repo, token] = ["GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN"].map((name) => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set: this runs in a job of GitHub Actions`);
    return value;
  }) as [string, string, string];
  const headers = {
    authorization: `Bearer ${token}`,
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
  };
  return { forge: forgeAt(apiUrl, headers), repo: `repos/${repo}` };
}

/** What the event of a `workflow_run` tells of the run that ended; GitHub writes it, not the run. */
export interface EndedRun {
  head_sha: string;
  head_branch: string;
  head_repository: { owner: { login: string } };
}

/**
 * The open pull request that a run was for, by what GitHub says of the run: the report's own word for it would let a
 * stranger write on others' pull requests. Undefined where it is closed or has newer commits.
 */
export async function pullRequestOf(
  { forge, repo }: ReturnType<typeof gitHub>,
  run: EndedRun,
): Promise<number | undefined> {
  const head = encodeURIComponent(`${run.head_repository.owner.login}:${run.head_branch}`);
  const pulls = await forge.list(`${repo}/pulls?state=open&head=${head}`);
  const pull = pulls.find((one) => (one.head as Item | undefined)?.sha === run.head_sha);
  return pull === undefined ? undefined : Number(pull.number);
}

/** Writes the one comment with our marker, or makes it. Comments of others with the same marker are left alone. */
export async function postComment(
  { forge, repo }: ReturnType<typeof gitHub>,
  pull: number,
  body: string,
): Promise<"made" | "edited"> {
  const comments = await forge.list(`${repo}/issues/${pull}/comments`);
  const ours = comments.find(isOurs);
  if (ours === undefined) {
    await forge.send("POST", `${repo}/issues/${pull}/comments`, { body });
    return "made";
  }
  await forge.send("PATCH", `${repo}/issues/comments/${ours.id}`, { body });
  return "edited";
}

const driftTitle = "Drift: what runs differs from the state";

/** Keeps one issue on drift: made or reopened where something drifted, closed with a last word where nothing does. */
export async function postDriftIssue(
  { forge, repo }: ReturnType<typeof gitHub>,
  body: string,
  hasDrifted: boolean,
): Promise<"made" | "edited" | "closed" | "none"> {
  const issues = await forge.list(`${repo}/issues?state=all&labels=drift`);
  const ours = issues.find((one) => isOurs(one) && one.pull_request === undefined);
  if (ours === undefined) {
    if (!hasDrifted) return "none";
    await forge.send("POST", `${repo}/issues`, { title: driftTitle, body, labels: ["drift"] });
    return "made";
  }
  if (!hasDrifted && ours.state === "closed") return "none";
  await forge.send("PATCH", `${repo}/issues/${ours.number}`, { body, state: hasDrifted ? "open" : "closed" });
  return hasDrifted ? "edited" : "closed";
}

/** Anybody may write our marker; what the job's token writes is a bot's. */
function isOurs({ body, user }: Item): boolean {
  return (user as Item | undefined)?.type === "Bot" && typeof body === "string" && body.startsWith(marker);
}
