/** Waiting for the image of a template, which the server fetches on its own after it has answered. */
import { listed, ProviderError } from "../core/errors.ts";
import type { Row } from "../core/fields.ts";
import type { Context } from "../core/resource.ts";
import { command } from "../core/shell.ts";
import type { Client } from "./client/client.ts";
import { until } from "./settle.ts";
import { isRow } from "./wire.ts";

/** Downloading an image takes its time; `customTimeouts` may end the wait earlier. */
const readyWithinMs = 60 * 60_000;

/** States of a download that is not going on (`VMTemplateStorageResourceAssoc.Status`). */
const endStates: ReadonlySet<unknown> = new Set(["DOWNLOAD_ERROR", "ABANDONED", "UNKNOWN", "UPLOAD_ERROR"]);

/**
 * Waits until every zone has the image. Returns what the server tells of it then: a list that others share may be some seconds
 * old, and show the download.
 * @throws ProviderError at once where a zone's download has failed
 */
export async function untilDownloaded(context: Context<Client>, templateId: string): Promise<Row> {
  const [copy] = await until(
    context,
    async () => {
      const copies = await context.api.list("listTemplates", { templatefilter: "all", id: templateId }, context);
      const failed = copies.filter(hasFailed);
      if (failed.length === 0) return copies;
      throw new ProviderError({
        what: "download of the template",
        where: context.urn,
        rule: describe(failed),
        remedy:
          "correct `url` or `checksum`: the template is then made anew. Where the secondary storage did not reach the address, see " +
          `to that and run \`${command`pulumi up --replace ${context.urn}`}\``,
      });
    },
    (copies) => copies.length > 0 && copies.every(({ isready }) => isready === true),
    { what: "download of the template", describe, forMs: readyWithinMs },
  );
  return copy as Row;
}

/**
 * Whether no image store of the zone is still at it. The status is free text ("HTTP Server returned 404 (expected 200 OK)"): it
 * counts only where the server tells no states.
 */
function hasFailed({ isready, status, downloaddetails }: Row): boolean {
  if (isready === true) return false;
  const states = Array.isArray(downloaddetails) ? downloaddetails.filter(isRow).map((row) => row.downloadState) : [];
  if (states.length > 0) return states.every((state) => endStates.has(state));
  return /error|fail|refused|not found|invalid|returned \d|unable|too large/i.test(String(status ?? ""));
}

function describe(copies: readonly Row[]): string {
  return listed(copies.map(({ zonename, status }) => `${zonename}: ${String(status ?? "not started").trim()}`));
}
