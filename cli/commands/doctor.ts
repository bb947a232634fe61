import { MistakesError } from "../../src/kit/errors.ts";
import type { Report } from "../doctor/run.ts";
import { parseWords, UsageError } from "../usage.ts";

const known = { json: { type: "boolean" }, overrides: { type: "string" } } as const;

const exitCodes: Readonly<Record<Report["worst"], number>> = { ok: 0, fixable: 1, blocking: 2, unasked: 3 };

/**
 * `strata doctor <profile> [--json] [--overrides YAML|FILE]`: asks the CloudStack of CLOUDSTACK_API_URL, and the Ceph of
 * CEPH_DASHBOARD_URL where the profile uses one, whether the profile can be deployed there. Changes nothing.
 * Exit code by the worst finding: 0 ok, 1 fixable, 2 blocking, 3 nothing could be asked.
 */
export async function doctor(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, known);
  const [profile, ...more] = positionals;
  if (profile === undefined || more.length > 0) throw new UsageError(`"doctor" takes one profile, e.g. enterprise`);
  const { json = false, overrides } = values;
  try {
    const report = await reportFor(profile, overrides);
    say(json ? JSON.stringify(report, undefined, 2) : await textOf(report, profile));
    return exitCodes[report.worst];
  } catch (error) {
    // A profile that is wrong by itself, or overrides that cannot be read: there is nothing to ask a server.
    const mistakes = error instanceof MistakesError ? error.mistakes : undefined;
    if (json && mistakes !== undefined) say(JSON.stringify({ checks: [], worst: "unasked", mistakes }, undefined, 2));
    else process.stderr.write(`strata: ${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodes.unasked;
  }
}

async function reportFor(name: string, overrides: string | undefined): Promise<Report> {
  const { loadPlan } = await import("../plan/load.ts");
  const { examine } = await import("../doctor/run.ts");
  const { Progress } = await import("../doctor/progress.ts");
  const progress = new Progress(process.stderr);
  try {
    return await examine(loadPlan(name, overrides), process.env, (waitingFor) => progress.waitFor(waitingFor));
  } finally {
    progress.end();
  }
}

async function textOf(report: Report, profile: string): Promise<string> {
  const { reportText } = await import("../doctor/text.ts");
  const { isTTY = false, columns = 120 } = process.stdout;
  const colour = isTTY && process.env.NO_COLOR === undefined;
  return reportText(report, { profile, colour, width: Math.min(columns, 140) });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
