import { appendFileSync, readFileSync } from "node:fs";
import { speaksKorean } from "../../provider/core/locale.ts";
import { stackReport } from "../report/build.ts";
import { commentLimit, commentOf, summaryLimit } from "../report/comment.ts";
import { readEngineLog } from "../report/engine-log.ts";
import { type RunReport, reportVersion } from "../report/model.ts";
import { parseReport } from "../report/parse.ts";
import { scrubber } from "../report/scrub.ts";
import { parseWords, save, UsageError } from "../usage.ts";

const known = {
  markdown: { type: "string" },
  summary: { type: "string" },
  json: { type: "string" },
  from: { type: "string" },
} as const;

/**
 * `strata report EVENTS… [--markdown FILE] [--summary FILE] [--json FILE]`: what runs of the engine did or would do, from
 * their event logs, as one comment for a pull request, as a job's summary and as JSON. With no file, Markdown on the
 * console. `--from FILE` shows a report that was written as JSON. Exit code 3 where a run failed or a policy blocks.
 */
export async function report(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, known);
  const { markdown, summary, json, from } = values;
  if ((from === undefined) === (positionals.length === 0)) {
    throw new UsageError(`"report" takes event logs of the engine, or --from with a report in JSON`);
  }
  const run = from === undefined ? runOf(positionals) : parseReport(readFileSync(from, "utf8"));
  const language = speaksKorean() ? "ko" : "en";
  if (markdown !== undefined) save(markdown, commentOf(run, language, commentLimit));
  if (json !== undefined) save(json, `${JSON.stringify(run, undefined, 2)}\n`);
  // Earlier steps of the job may have written into the same file.
  if (summary !== undefined) appendFileSync(summary, commentOf(run, language, summaryLimit));
  if (markdown === undefined && json === undefined && summary === undefined) {
    process.stdout.write(commentOf(run, language, commentLimit));
  }
  return blocks(run) ? 3 : 0;
}

function runOf(files: readonly string[]): RunReport {
  const scrub = scrubber(process.env);
  return { version: reportVersion, stacks: files.map((file) => stackReport(eventsOf(file), scrub)) };
}

function eventsOf(file: string) {
  try {
    return readEngineLog(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function blocks({ stacks }: RunReport): boolean {
  return stacks.some(
    ({ result, findings, packs }) =>
      result !== "succeeded" ||
      findings.some(({ level }) => level === "mandatory") ||
      packs.some(({ decisions }) => decisions === 0),
  );
}
