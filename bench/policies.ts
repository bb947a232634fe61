import { join } from "node:path";
import { table } from "../cli/table.ts";
import type { Figure } from "./figure.ts";
import { manyResources, settings } from "./many-resources.ts";
import { type Analysed, analyse } from "./pack-process.ts";
import { type Measured, Scenario } from "./scenario.ts";

const pack = join(import.meta.dirname, "../policies");
const rounds = 5;
const sizes = [1_000, 3_000, 10_000] as const;

/** A preview of enterprise from nothing without the pack and with it, by turns on the same server. */
interface Pair {
  without: Measured;
  with: Measured;
}

export interface PolicyCosts {
  pairs: Pair[];
  /** The pack's own process, fed in the engine's protocol. */
  analysed: (Analysed & { resources: number })[];
}

export async function policyCosts(): Promise<PolicyCosts> {
  const analysed: PolicyCosts["analysed"] = [];
  for (const resources of sizes) {
    const result = await analyse(manyResources(resources), settings);
    if (result.violations.length > 0) throw new Error(`the pack finds something wrong: ${result.violations[0]}`);
    analysed.push({ resources, ...result });
    process.stderr.write(`  ${resources} resources: ${analysed.at(-1)?.wallSeconds.toFixed(2)} s\n`);
  }
  return { pairs: await previews(), analysed };
}

async function previews(): Promise<Pair[]> {
  const scenario = await Scenario.open({
    profile: "enterprise",
    latency: "none",
    seed: "enterprise",
    cephSeed: "enterprise",
  });
  try {
    // The first run makes the stack and fills caches.
    await scenario.run("preview");
    const pairs: Pair[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const without = await scenario.run("preview");
      pairs.push({ without, with: await scenario.run("preview", "preview with policies", "--policy-pack", pack) });
    }
    return pairs;
  } finally {
    await scenario.close();
  }
}

/** What it adds in the middle of all rounds: others use the machine, too. */
function added({ pairs }: PolicyCosts, of: (run: Measured) => number): number {
  const differences = pairs.map((pair) => of(pair.with) - of(pair.without)).sort((one, other) => one - other);
  return differences[Math.floor(differences.length / 2)] ?? Number.NaN;
}

export function policyFigures(costs: PolicyCosts): Figure[] {
  const [few, some, many] = costs.analysed;
  /** CPU of each further resource: what the process needs to start is in neither. */
  const slope = (from: (typeof costs.analysed)[number] | undefined, to: typeof from) =>
    from === undefined || to === undefined
      ? Number.NaN
      : (to.cpuSeconds - from.cpuSeconds) / (to.resources - from.resources);
  return [
    {
      figure: "policies add to enterprise's preview",
      value: added(costs, (run) => run.wallSeconds),
      unit: "s",
      goal: "≤ 2",
    },
    { figure: "… CPU of all processes", value: added(costs, (run) => run.cpuSeconds), unit: "s", goal: "" },
    { figure: "… calls of the server", value: added(costs, (run) => run.calls), unit: "", goal: "" },
    { figure: "policies over 10,000 resources", value: many?.wallSeconds ?? Number.NaN, unit: "s", goal: "≤ 20" },
    {
      figure: "… CPU per further resource, beyond / up to 3,000",
      value: slope(some, many) / slope(few, some),
      unit: "×",
      goal: "≤ 1.2",
    },
  ];
}

export function policyTable({ analysed }: PolicyCosts): string {
  const rows = analysed.map(({ resources, wallSeconds, cpuSeconds, startSeconds }) => [
    resources,
    startSeconds.toFixed(2),
    wallSeconds.toFixed(2),
    cpuSeconds.toFixed(2),
    ((cpuSeconds * 1000) / resources).toFixed(2),
  ]);
  return table(["resources", "start s", "wall s", "CPU s", "CPU ms each"], rows);
}
