import { parseArgs } from "node:util";
import { table } from "../table.ts";
import { UsageError } from "../usage.ts";

/**
 * `strata totals <profile> [--json] [--overrides YAML|FILE]`: what a profile asks for in all, as `strata plan` has it.
 * Needs no server and no engine.
 */
export async function totals(words: string[]): Promise<number> {
  const { values, positionals } = parse(words);
  const [profile, ...more] = positionals;
  if (profile === undefined || more.length > 0) throw new UsageError(`"totals" takes one profile, e.g. demo-cpu`);
  const { loadPlan } = await import("../plan/load.ts");
  const sums = loadPlan(profile, values.overrides).plan.totals;
  process.stdout.write(
    values.json ? `${JSON.stringify(sums)}\n` : `${table(Object.keys(sums), [Object.values(sums)])}\n`,
  );
  return 0;
}

function parse(words: string[]) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: { json: { type: "boolean" }, overrides: { type: "string" } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
