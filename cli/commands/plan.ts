import { MistakesError } from "../../src/kit/errors.ts";
import type { PlanReport } from "../plan/report.ts";
import { parseWords, save, UsageError } from "../usage.ts";

const known = { json: { type: "boolean" }, html: { type: "string" }, overrides: { type: "string" } } as const;

/**
 * `strata plan <profile> [--json | --html FILE] [--overrides YAML|FILE]`: every decision before anything is created.
 * Needs no server and no engine. Exit code 1 where the profile is wrong or does not fit its hosts.
 */
export async function plan(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, known);
  const [profile, ...more] = positionals;
  if (profile === undefined || more.length > 0) throw new UsageError(`"plan" takes one profile, e.g. enterprise`);
  const { json = false, html, overrides } = values;
  if (json && html !== undefined) throw new UsageError(`"plan" writes either --json or --html, not both`);
  try {
    const report = await reportFor(profile, overrides);
    if (json) say(JSON.stringify(report, undefined, 2));
    else if (html !== undefined) await writePage(html, report);
    else say((await import("../plan/text.ts")).planText(report));
    return 0;
  } catch (error) {
    if (!json || !(error instanceof MistakesError)) throw error;
    const { message, mistakes } = error;
    say(JSON.stringify({ error: { message: message.split("\n")[0], mistakes } }, undefined, 2));
    return 1;
  }
}

async function reportFor(name: string, overrides: string | undefined): Promise<PlanReport> {
  const { loadPlan } = await import("../plan/load.ts");
  const { reportOf } = await import("../plan/build.ts");
  const { profile, plan } = loadPlan(name, overrides);
  return reportOf(name, profile, plan);
}

async function writePage(file: string, report: PlanReport): Promise<void> {
  const { planPage } = await import("../plan/html/page.ts");
  save(file, planPage(report));
  say(`the plan of ${report.profile} is in ${file}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
