/**
 * `node bench/growth.ts [TENANTS…]`: how `up` grows with the number of tenants (5 machines each, a server that needs no
 * time), where the engine writes the whole state at each step and where it keeps a journal (docs/decisions/state-journal.md).
 */
import { table } from "../cli/table.ts";
import { manyTenants } from "./many-tenants.ts";
import { type Measured, Scenario } from "./scenario.ts";

const sizes = process.argv.slice(2).map(Number);
const rows: (string | number)[][] = [];

async function up(tenants: number, journal: boolean): Promise<Measured> {
  const scenario = await Scenario.open({ profile: "demo-cpu", latency: "none", journal, ...manyTenants(tenants, 5) });
  try {
    return await scenario.run("up");
  } finally {
    await scenario.close();
  }
}

for (const tenants of sizes.length > 0 ? sizes : [10, 20, 40]) {
  for (const journal of [false, true]) {
    const { resources, wallSeconds, cpuSeconds, peakMib } = await up(tenants, journal);
    const perResource = [wallSeconds, cpuSeconds].map((seconds) => ((1000 * seconds) / resources).toFixed(0));
    const seconds = [wallSeconds, cpuSeconds].map((one) => one.toFixed(1));
    rows.push([tenants, resources, journal ? "journal" : "folder", ...seconds, ...perResource, peakMib.toFixed(0)]);
    process.stderr.write(`  ${rows.at(-1)?.join("  ")}\n`);
  }
}
const head = ["tenants", "resources", "state", "wall s", "CPU s", "wall ms each", "CPU ms each", "peak MiB"];
process.stdout.write(`${table(head, rows)}\n`);
