/** `npm run bench`: what the engine, the provider and the program need, against what the server needs. No test. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { table } from "../cli/table.ts";
import { criticalPath } from "./critical-path.ts";
import type { Figure } from "./figure.ts";
import { listSpeeds, listTable } from "./lists.ts";
import { manyTenants } from "./many-tenants.ts";
import { planningTimes } from "./planner.ts";
import { policyCosts, policyFigures, policyTable } from "./policies.ts";
import { type Measured, Scenario, type ScenarioOptions } from "./scenario.ts";
import { secondSetUp } from "./set-up.ts";

const resultFile = join(import.meta.dirname, "../.strata/bench.json");

/** The life of a stack, each operation measured; the last one is `destroy`. */
async function life(options: ScenarioOptions): Promise<{ runs: Measured[]; pathSeconds: number; path: string[] }> {
  const scenario = await Scenario.open(options);
  const runs: Measured[] = [];
  const run = async (operation: Parameters<Scenario["run"]>[0], name?: string) => {
    runs.push(await scenario.run(operation, name));
    process.stderr.write(`  ${name ?? operation}: ${runs.at(-1)?.wallSeconds.toFixed(2)} s\n`);
  };
  try {
    await run("preview", "preview from nothing");
    await run("up");
    const { deployment } = await scenario.stack.exportState();
    const path = criticalPath(deployment.resources ?? [], await scenario.jobs());
    await run("preview", "preview, nothing to do");
    await run("refresh");
    await run("destroy");
    return { runs, pathSeconds: path.seconds, path: path.steps };
  } finally {
    await scenario.close();
  }
}

/** How often the short previews are taken; alternately, so that both see the same machine. */
const rounds = 5;

/** Previews of demo-cpu from nothing, and of a program that makes nothing; the median of each. */
async function previews(): Promise<{ fresh: Measured; empty: Measured }> {
  const program = join(import.meta.dirname, "programs/empty");
  const options = { profile: "demo-cpu", latency: "none" } as const;
  const scenarios = [await Scenario.open(options), await Scenario.open({ ...options, program })] as const;
  const runs: [fresh: Measured, empty: Measured][] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const [product, other] = scenarios;
      runs.push([await product.run("preview", "preview from nothing"), await other.run("preview", "empty program")]);
    }
  } finally {
    await Promise.all(scenarios.map((one) => one.close()));
  }
  return { fresh: median(runs.map(([fresh]) => fresh)), empty: median(runs.map(([, empty]) => empty)) };
}

function median(runs: Measured[]): Measured {
  const middle = [...runs].sort((a, b) => a.wallSeconds - b.wallSeconds)[Math.floor(runs.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

/** The operation with this name; every life has it. */
function named(runs: Measured[], operation: string): Measured {
  const run = runs.find((one) => one.operation === operation);
  if (run === undefined) throw new Error(`no operation "${operation}" was measured`);
  return run;
}

function mutatingCalls({ byCommand }: Measured): number {
  const changes = Object.entries(byCommand).filter(([command]) => !/^(list|get|query)/.test(command));
  return changes.reduce((sum, [, count]) => sum + count, 0);
}

/** Seconds for one resource. */
const perResource = (run: Measured) => run.wallSeconds / run.resources;

function show(title: string, runs: Measured[]): void {
  const rows = runs.map((run) => [
    run.operation,
    run.wallSeconds.toFixed(2),
    run.cpuSeconds.toFixed(2),
    run.peakMib.toFixed(0),
    run.resources,
    run.calls,
    run.jobs,
    run.polls,
    mutatingCalls(run),
  ]);
  const head = ["operation", "wall s", "CPU s", "peak MiB", "resources", "calls", "jobs", "polls", "mutating"];
  process.stdout.write(`\n${title}\n${table(head, rows)}\n`);
}

process.stderr.write("set-up, where everything is done\n");
const setUpSeconds = await secondSetUp();
process.stderr.write("previews of demo-cpu and of an empty program, in turn\n");
const { fresh, empty } = await previews();
process.stderr.write("demo-cpu, latencies of a real server\n");
const real = await life({ profile: "demo-cpu", latency: "real" });
process.stderr.write("demo-cpu, a server that needs no time\n");
const none = await life({ profile: "demo-cpu", latency: "none" });
process.stderr.write("enterprise with Ceph, a server that needs no time\n");
const enterprise = await life({ profile: "enterprise", latency: "none", seed: "enterprise", cephSeed: "enterprise" });
process.stderr.write("placement of large sites\n");
const planning = planningTimes([100, 1_000, 10_000]);
process.stderr.write("100 tenants with 5 machines each, a server that needs no time, STRATA_STATE=journal\n");
const many = await life({ profile: "demo-cpu", latency: "none", journal: true, ...manyTenants(100, 5) });
process.stderr.write("policies\n");
const policies = await policyCosts();

process.stderr.write("lists of an embedded cloud with 1,000 instances\n");
const lists = await listSpeeds();

const up = named(real.runs, "up");
const refresh = named(none.runs, "refresh");
const figures: Figure[] = [
  { figure: "set-up, second time", value: setUpSeconds, unit: "s", goal: "≤ 2" },
  { figure: "up / critical path", value: up.wallSeconds / real.pathSeconds, unit: "×", goal: "≤ 1.15" },
  { figure: "polls / jobs of up", value: up.polls / up.jobs, unit: "×", goal: "≤ 1.5" },
  // 1.8 s on a machine where the empty program needs 0.9 s.
  {
    figure: "preview from nothing / empty program",
    value: fresh.wallSeconds / empty.wallSeconds,
    unit: "×",
    goal: "≤ 2",
  },
  { figure: "preview from nothing", value: fresh.wallSeconds, unit: "s", goal: "≤ 1.8" },
  { figure: "preview from nothing, all processes", value: fresh.peakMib, unit: "MiB", goal: "≤ 400" },
  {
    figure: "mutating calls of a preview with nothing to do",
    value: mutatingCalls(named(none.runs, "preview, nothing to do")),
    unit: "",
    goal: "0",
  },
  {
    figure: "placement of 10,000 VMs",
    value: planning.find(({ vms }) => vms === 10_000)?.seconds ?? Number.NaN,
    unit: "s",
    goal: "≤ 10",
  },
  {
    figure: "calls of a refresh / list commands used",
    value: refresh.calls / Object.keys(refresh.byCommand).length,
    unit: "×",
    goal: "1 per command and scope",
  },
  {
    figure: "preview per resource, 100 tenants / demo-cpu",
    value: perResource(named(many.runs, "preview from nothing")) / perResource(fresh),
    unit: "×",
    goal: "≤ 1.5",
  },
  {
    figure: "up per resource, 100 tenants / demo-cpu",
    value: perResource(named(many.runs, "up")) / perResource(named(none.runs, "up")),
    unit: "×",
    goal: "≤ 1.5",
  },
  ...policyFigures(policies),
];

show(`previews, medians of ${rounds}`, [fresh, empty]);
show("demo-cpu, latencies of a real server", real.runs);
show("demo-cpu, a server that needs no time", none.runs);
show("enterprise with Ceph, a server that needs no time", enterprise.runs);
show("100 tenants with 5 machines each, a server that needs no time, STRATA_STATE=journal", many.runs);
process.stdout.write(`\nthe policy pack's process (goal: 10,000 resources in 20 s)\n${policyTable(policies)}\n`);
process.stdout.write(
  `\nembedded cloud with 1,000 instances (goal: 3,000 per second, p99 within 10 ms)\n${listTable(lists)}\n`,
);
const planningRows = planning.map(({ vms, seconds, heapMib }) => [vms, seconds.toFixed(2), heapMib.toFixed(0)]);
process.stdout.write(
  `\nplacement (goal: 10,000 VMs in 10 s)\n${table(["VMs", "seconds", "heap MiB"], planningRows)}\n`,
);
process.stdout.write(`\ncritical path of up, ${real.pathSeconds.toFixed(1)} s:\n  ${real.path.join("\n  ")}\n`);
const rows = figures.map(({ figure, value, unit, goal }) => [figure, `${value.toFixed(2)} ${unit}`.trim(), goal]);
process.stdout.write(`\n${table(["figure", "value", "goal"], rows)}\n`);
mkdirSync(join(resultFile, ".."), { recursive: true });
writeFileSync(
  resultFile,
  `${JSON.stringify({ figures, previews: { fresh, empty }, real, none, enterprise, planning, many, policies, lists }, undefined, 2)}\n`,
);
process.stdout.write(`written to ${resultFile}\n`);
