import type { Way } from "../gpu/work.ts";
import type { FailureReport, LeftOut, Survival } from "./failure-types.ts";
import { byHardness, compareNames } from "./order.ts";
import { stateOf } from "./placed.ts";
import { cheapest } from "./search.ts";
import type { HostWork, Spot, State } from "./state.ts";
import type { PlacedMachine, PlacementPlan, Priority } from "./types.ts";

const ranks: Record<Priority, number> = { high: 0, medium: 1, low: 2 };

/**
 * What happens when any one host fails, and any one rack where there are several (T4, T6): one report each, by name.
 *
 * Machines with HA restart by priority, the largest first, each on the emptiest host that may take it: overcommit, strict
 * rules and GPU are kept. CloudStack itself restarts in no order: where room is short, who comes up last is left out, and
 * whoever watches the cluster goes by the tag `restart-priority` and stops the lower for the higher. Nothing is cut up in an emergency: a slice needs a free slot of the same profile, a machine
 * with whole cards as many free cards of the same model, on one host. Machines of the other hosts stay where they are.
 */
export function simulateHostFailures(plan: PlacementPlan): FailureReport[] {
  const state = stateOf(plan);
  const machines = new Map(plan.input.machines.map((machine) => [machine.name, machine]));
  const hosts = state.hosts.map((host) => simulate(state, machines, "host", host.host.name, [host]));
  if (!state.racks) return hosts;
  const racks = Map.groupBy(
    state.hosts.filter(({ host }) => host.rack !== undefined),
    ({ host }) => host.rack ?? "",
  );
  return [
    ...hosts,
    ...[...racks]
      .sort(([one], [other]) => compareNames(one, other))
      .map(([rack, failing]) => simulate(state, machines, "rack", rack, failing)),
  ];
}

/**
 * Whether the platform gets over the loss of any one host. Counted are the machines that must: those with HA and
 * without whole cards, unless said otherwise. A replica that keeps running counts as survival: with two hosts for two
 * replicas, the rule that keeps them apart forbids the restart.
 */
export function survivesOneHost(
  plan: PlacementPlan,
  mustSurvive = ({ ha, gpu }: PlacedMachine) => ha && gpu?.mode !== "passthrough",
): Survival {
  const required = new Set(plan.input.machines.filter(mustSurvive).map(({ name }) => name));
  const missing = simulateHostFailures(plan)
    .filter(({ domain }) => domain === "host")
    .flatMap(({ failed, leftOut }) =>
      leftOut.filter(({ machine }) => required.has(machine)).map((out) => ({ failed, ...out })),
    );
  const lost = missing.filter(({ replicas }) => replicas.length === 0);
  return {
    survives: lost.length === 0,
    lost: lost.map(({ failed, machine, because }) => ({ failed, machine, because })),
    covered: missing
      .filter(({ replicas }) => replicas.length > 0)
      .map(({ failed, machine, replicas }) => ({ failed, machine, replicas })),
  };
}

/** Takes the hosts away, restarts what can be restarted, and puts everything back as it was. */
function simulate(
  state: State,
  machines: ReadonlyMap<string, PlacedMachine>,
  domain: "host" | "rack",
  failed: string,
  failing: readonly HostWork[],
): FailureReport {
  const stopped = failing
    .flatMap((host) => [...host.machines])
    .flatMap((name) => machines.get(name) ?? [])
    .sort((one, other) => ranks[one.priority] - ranks[other.priority] || byHardness(one, other));
  const before = new Map(stopped.flatMap(({ name }) => [[name, state.spots.get(name)] as const]));
  for (const machine of stopped) state.remove(machine);
  const gone = new Set(failing);
  const left = state.hosts.filter((host) => !gone.has(host));

  const restarts: { machine: string; host: string }[] = [];
  const leftOut: { machine: PlacedMachine; because: string }[] = [];
  for (const machine of stopped) {
    const was = before.get(machine.name);
    const spot = machine.ha ? restartOf(state, machine, was, gone) : undefined;
    if (spot) {
      state.put(machine, spot);
      restarts.push({ machine: machine.name, host: spot.host.host.name });
    } else {
      leftOut.push({ machine, because: reasonOf(state, machine, was, left) });
    }
  }
  const countOf = (priority: Priority) => leftOut.filter(({ machine }) => machine.priority === priority).length;
  const report: FailureReport = {
    failed,
    domain,
    stopped: stopped.map(({ name }) => name),
    restarts,
    leftOut: leftOut.map(({ machine, because }): LeftOut => {
      return { machine: machine.name, priority: machine.priority, because, replicas: replicasOf(state, machine) };
    }),
    leftOutByPriority: { high: countOf("high"), medium: countOf("medium"), low: countOf("low") },
  };
  for (const machine of stopped) state.remove(machine);
  for (const machine of stopped) {
    const spot = before.get(machine.name);
    if (spot) state.put(machine, spot);
  }
  return report;
}

function restartOf(
  state: State,
  machine: PlacedMachine,
  was: Spot | undefined,
  failing: ReadonlySet<HostWork>,
): Spot | undefined {
  return cheapest(
    state,
    machine,
    (host) => !failing.has(host),
    (host) => {
      const way = wayThere(state, host, machine, was);
      return way ? [way] : [];
    },
  );
}

/** The same cards or slices on another host, without cutting up anything. */
function wayThere(state: State, host: HostWork, { gpu }: PlacedMachine, was: Spot | undefined): Way | undefined {
  if (gpu === undefined || was?.way === undefined) return undefined;
  const { model, profile } = was.way;
  return state
    .ways(host, gpu)
    .find((way) => way.model === model && way.profile?.name === profile?.name && way.carved === 0);
}

function replicasOf(state: State, { name }: PlacedMachine): string[] {
  const rules = state.rulesOf.get(name)?.filter(({ strict }) => strict) ?? [];
  const replicas = rules.flatMap(({ machines }) =>
    machines.filter((other) => other !== name && state.spots.has(other)),
  );
  return [...new Set(replicas)];
}

/** Why the machine starts nowhere: its own reason first, else what the host that comes nearest lacks. */
function reasonOf(state: State, machine: PlacedMachine, was: Spot | undefined, hosts: readonly HostWork[]): string {
  const { gpu, ha, cpus, memoryGib } = machine;
  const cards = hosts.filter((host) => gpu === undefined || wayThere(state, host, machine, was) !== undefined);
  const what = was?.way?.profile?.name ?? was?.way?.model.model;
  if (gpu?.mode === "passthrough") {
    const free = cards.map(({ host }) => host.name);
    if (free.length === 0) return `whole cards cannot move: no other host has ${gpu.count} free ${what}`;
    if (!ha) return `whole cards, no HA; ${free.join(", ")} would have ${gpu.count} free ${what}`;
  }
  if (!ha) return "no HA";
  if (cards.length === 0)
    return `no other host has ${gpu?.count} free ${what}${slotHint(state, hosts, machine, was?.way?.profile?.name)}`;
  const roomy = cards.filter(
    (host) => host.usedVcpus + cpus <= host.vcpus && host.usedGib + memoryGib <= host.memoryGib,
  );
  if (roomy.length === 0) return `no room for ${cpus} vCPU, ${memoryGib} GiB on ${namesOf(cards)}`;
  const rules = new Set(roomy.flatMap((host) => state.blocking(host, machine)?.id ?? []));
  return `${[...rules].join(", ")} keeps it off ${namesOf(roomy)}`;
}

/** What is there instead, and what a person could do about it. */
function slotHint(
  state: State,
  hosts: readonly HostWork[],
  { gpu }: PlacedMachine,
  profile: string | undefined,
): string {
  if (gpu === undefined) return "";
  const having = (wanted: (way: Way) => boolean) => hosts.filter((host) => state.ways(host, gpu).some(wanted));
  const cuttable = having((way) => way.profile?.name === profile && way.carved > 0);
  if (cuttable.length > 0) return `; a free card of ${namesOf(cuttable)} could be cut up for it`;
  const larger = having((way) => way.profile?.name !== profile && way.carved === 0);
  return larger.length > 0 ? `; ${namesOf(larger)} has larger slots free, which its offering does not name` : "";
}

function namesOf(hosts: readonly HostWork[]): string {
  const names = hosts.map(({ host }) => host.name);
  return names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}
