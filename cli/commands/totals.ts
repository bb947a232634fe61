import { table } from "../table.ts";
import { parseWords, UsageError } from "../usage.ts";

const known = { json: { type: "boolean" }, overrides: { type: "string" } } as const;

/**
 * `strata totals <profile> [--json] [--overrides YAML|FILE]`: what a profile asks for in all, as `strata plan` has it.
 * Needs no server and no engine.
 */
export async function totals(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, known);
  const [profile, ...more] = positionals;
  if (profile === undefined || more.length > 0) throw new UsageError(`"totals" takes one profile, e.g. demo-cpu`);
  const { loadPlan } = await import("../plan/load.ts");
  const sums = loadPlan(profile, values.overrides).plan.totals;
  process.stdout.write(
    values.json ? `${JSON.stringify(sums)}\n` : `${table(Object.keys(sums), [Object.values(sums)])}\n`,
  );
  return 0;
}
