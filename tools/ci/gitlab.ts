import { marker } from "../../cli/report/comment.ts";
import { forgeAt } from "./forge.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Writes the one note with our marker on a merge request, or makes it. The job's own token may not write notes: without
 * a token of the project nothing is posted, and the report stays an artefact that the merge request links to.
 */
export async function postNote(env: Environment, body: string): Promise<"made" | "edited" | "no token"> {
  const {
    CI_API_V4_URL: apiUrl,
    CI_PROJECT_ID: project,
    CI_MERGE_REQUEST_IID: request,
    STRATA_REPORT_TOKEN: token,
  } = env;
  if (!token) return "no token";
  if (!apiUrl || !project || !request)
    throw new Error("CI_MERGE_REQUEST_IID is not set: this runs in a merge request pipeline");
  const forge = forgeAt(apiUrl, { "private-token": token });
  const notes = `projects/${encodeURIComponent(project)}/merge_requests/${encodeURIComponent(request)}/notes`;
  const ours = (await forge.list(notes)).find(({ body }) => typeof body === "string" && body.startsWith(marker));
  await (ours === undefined ? forge.send("POST", notes, { body }) : forge.send("PUT", `${notes}/${ours.id}`, { body }));
  return ours === undefined ? "made" : "edited";
}
