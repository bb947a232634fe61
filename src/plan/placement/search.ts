import type { Way } from "../gpu/work.ts";
import { addCost, balanceOf, type Cost, compareCost, costOf, noCost } from "./cost.ts";
import type { HostWork, Spot, State } from "./state.ts";
import type { GpuDemand, PlacedMachine } from "./types.ts";

/** Finding places: one machine at a time, a cohort at its best, or everything somehow. */

interface Candidate extends Spot {
  cost: Cost;
}

/**
 * The cheapest place for one machine, or undefined where there is none. Of equal ones that of the first host.
 * @param usable Hosts that count; default all.
 * @param waysOn The machine's ways to meet its GPU demand there; default all.
 */
export function cheapest(
  state: State,
  machine: PlacedMachine,
  usable: (host: HostWork) => boolean = () => true,
  waysOn: (host: HostWork, demand: GpuDemand) => readonly Way[] = (host, demand) => state.ways(host, demand),
): Candidate | undefined {
  if (machine.gpu === undefined) return cheapestWithoutGpu(state, machine, usable);
  let best: Candidate | undefined;
  for (const host of state.hostsWithCards) {
    if (!usable(host) || !state.admits(host, machine)) continue;
    for (const way of waysOn(host, machine.gpu)) {
      const cost = costOf(state, machine, host, way);
      if (best === undefined || compareCost(cost, best.cost) < 0) best = { host, way, cost };
    }
  }
  return best;
}

/** Hosts with machines that the rules name are looked at one by one; for all others the tree knows a bound. */
function cheapestWithoutGpu(
  state: State,
  machine: PlacedMachine,
  usable: (host: HostWork) => boolean,
): Candidate | undefined {
  const price = (host: HostWork) =>
    usable(host) && state.admits(host, machine) ? costOf(state, machine, host, undefined) : undefined;
  let known: { host: HostWork; cost: Cost } | undefined;
  let wanted = 0;
  for (const { kind, onHost } of state.rulesOf.get(machine.name) ?? []) {
    if (kind === "together" && onHost.size > 0) wanted++;
    for (const index of onHost.keys()) {
      const host = state.hosts[index];
      const cost = host && price(host);
      if (host === undefined || cost === undefined) continue;
      const order = known === undefined ? -1 : compareCost(cost, known.cost) || host.index - known.host.index;
      if (order < 0) known = { host, cost };
    }
  }
  const best = state.loads.cheapest(machine, wanted, price, known);
  return best && { ...best, way: undefined };
}

/** The ways to be on the host as far as cards go; a machine without GPU has the one of taking none. */
function waysThere(
  state: State,
  host: HostWork,
  { gpu }: PlacedMachine,
  everyStart: boolean,
): readonly (Way | undefined)[] {
  return gpu === undefined ? [undefined] : state.ways(host, gpu, everyStart);
}

export interface Found {
  spots: Map<string, Spot>;
  cost: Cost;
}

/** Puts the machines one after the other where each costs least, and takes them off again. Undefined when one has no place. */
export function greedily(state: State, machines: readonly PlacedMachine[]): Found | undefined {
  const spots = new Map<string, Spot>();
  let cost = noCost;
  for (const machine of machines) {
    const place = cheapest(state, machine);
    if (place === undefined) break;
    state.put(machine, place);
    spots.set(machine.name, { host: place.host, way: place.way });
    cost = addCost(cost, place.cost);
  }
  for (const machine of machines) state.remove(machine);
  return spots.size === machines.length ? { spots, cost } : undefined;
}

export interface SearchOptions {
  /** Positions to look at before giving up; the same input always gives up at the same point. */
  budget: number;
  /** A placement that is already known; only better ones are of interest. */
  incumbent?: Found | undefined;
  /** Take the first placement at all, looking at each machine's given place before others. */
  first?: { keep: ReadonlyMap<string, Spot> };
}

export interface Outcome {
  found: Found | undefined;
  /** Everything was looked at: what was found is the best, or there is nothing to find. */
  complete: boolean;
  /** Of the budget. */
  steps: number;
}

/**
 * Branch and bound over all places of all the machines, together. Left out are only places that are as good as
 * another one: empty hosts of the same kind, and (unless `first` is asked for) other positions of a MIG instance.
 */
export function exactly(state: State, machines: readonly PlacedMachine[], options: SearchOptions): Outcome {
  const { first } = options;
  let steps = 0;
  let best = options.incumbent;
  const path = new Map<string, Spot>();

  const visit = (depth: number, cost: Cost): boolean => {
    const machine = machines[depth];
    if (machine === undefined) {
      best = { spots: new Map(path), cost };
      return first !== undefined;
    }
    const others = rest(state, machines, depth + 1);
    for (const candidate of candidatesOf(state, machine, first)) {
      const reached = addCost(cost, candidate.cost);
      // Those that follow cost at least as much.
      if (best && compareCost(addCost(reached, others), best.cost) >= 0) break;
      if (steps++ === options.budget) return true;
      state.put(machine, candidate);
      path.set(machine.name, { host: candidate.host, way: candidate.way });
      const enough = visit(depth + 1, reached);
      path.delete(machine.name);
      state.remove(machine);
      if (enough) return true;
    }
    return false;
  };
  visit(0, noCost);
  return { found: best, complete: steps <= options.budget, steps };
}

/** The least that the machines from `depth` on will add: each on the host where it weighs least, as if it were alone. */
function rest(state: State, machines: readonly PlacedMachine[], depth: number): Cost {
  let balance = 0;
  for (const machine of machines.slice(depth)) {
    let least = Number.POSITIVE_INFINITY;
    for (const host of state.hosts) least = Math.min(least, balanceOf(host, machine));
    balance += least;
  }
  return [0, 0, 0, 0, 0, 0, 0, balance];
}

/** Places to try, the best first. */
function candidatesOf(state: State, machine: PlacedMachine, first: SearchOptions["first"]): Candidate[] {
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  const kept = first?.keep.get(machine.name);
  // The place that it had comes before empty hosts of the same kind.
  for (const host of kept ? [kept.host, ...state.hosts.filter((other) => other !== kept.host)] : state.hosts) {
    if (!state.admits(host, machine)) continue;
    if (host.machines.size === 0) {
      const { cores, memoryGib, rack, cards } = host.host;
      const kind = JSON.stringify([cores, memoryGib, rack, cards]);
      if (seen.has(kind)) continue;
      seen.add(kind);
    }
    for (const way of waysThere(state, host, machine, first !== undefined)) {
      candidates.push({ host, way, cost: costOf(state, machine, host, way) });
    }
  }
  const rank = (candidate: Candidate) =>
    kept === undefined ? 0 : sameSpot(candidate, kept) ? 2 : Number(candidate.host === kept.host);
  return candidates.sort((one, other) => rank(other) - rank(one) || compareCost(one.cost, other.cost));
}

/** True where the machine has the same host and the same of the same cards. */
export function sameSpot(one: Spot, other: Spot): boolean {
  if (one.host !== other.host || one.way?.profile !== other.way?.profile) return false;
  const places = ({ way }: Spot) => JSON.stringify(way?.parts.map(({ card, start }) => [card, start]));
  return places(one) === places(other);
}
