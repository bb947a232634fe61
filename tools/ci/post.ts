/**
 * `node tools/ci/post.ts comment|issue|note REPORT.json…`: shows reports of other jobs on GitHub or GitLab. Runs with write
 * permission and from the default branch, so it takes nothing from the other job but data, and needs no npm package: only
 * Node 24. The reports are read strictly and rendered here; their own Markdown is never used.
 */
import { readFileSync } from "node:fs";
import { commentOf } from "../../cli/report/comment.ts";
import { type RunReport, reportVersion } from "../../cli/report/model.ts";
import { parseReport } from "../../cli/report/parse.ts";
import { speaksKorean } from "../../provider/core/locale.ts";
import { type EndedRun, gitHub, postComment, postDriftIssue, pullRequestOf } from "./github.ts";
import { postNote } from "./gitlab.ts";

async function main([what, ...files]: string[]): Promise<string> {
  const run = readReports(files);
  const body = commentOf(run, speaksKorean() ? "ko" : "en");
  switch (what) {
    case "comment":
      return await comment(body);
    case "issue":
      return `issue: ${await postDriftIssue(gitHub(process.env), body, hasDrifted(run))}`;
    case "note":
      return `note: ${await postNote(process.env, body)}`;
    default:
      throw new Error("usage: node tools/ci/post.ts comment|issue|note REPORT.json…");
  }
}

function readReports(files: readonly string[]): RunReport {
  if (files.length === 0) throw new Error("no report is given");
  return { version: reportVersion, stacks: files.flatMap((file) => parseReport(readFileSync(file, "utf8")).stacks) };
}

async function comment(body: string): Promise<string> {
  const event = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH ?? "", "utf8")) as { workflow_run?: EndedRun };
  if (event.workflow_run === undefined)
    throw new Error("the event names no ended run: this belongs to on: workflow_run");
  const hub = gitHub(process.env);
  const pull = await pullRequestOf(hub, event.workflow_run);
  if (pull === undefined) return "comment: the pull request is closed or has newer commits; nothing to say";
  return `comment on #${pull}: ${await postComment(hub, pull, body)}`;
}

/** A check that could not be made is no proof of order. */
function hasDrifted({ stacks }: RunReport): boolean {
  return stacks.some(({ changes, result }) => changes.length > 0 || result !== "succeeded");
}

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  process.stderr.write(`post: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
