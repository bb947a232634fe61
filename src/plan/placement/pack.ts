import type { Way } from "../gpu/work.ts";
import { addCost, type Cost, compareCost, costOf, noCost } from "./cost.ts";
import type { Found } from "./search.ts";
import type { HostWork, Spot, State } from "./state.ts";
import type { PlacedMachine } from "./types.ts";

/**
 * Packs the machines tightly (best fit, in the given order): what fits nowhere when load is spread may fit so. Undefined
 * when one has no place. Leaves the state as it was.
 */
export function packed(state: State, machines: readonly PlacedMachine[]): Found | undefined {
  const spots = new Map<string, Spot>();
  let cost = noCost;
  for (const machine of machines) {
    const place = tightest(state, machine);
    if (place === undefined) break;
    cost = addCost(cost, costOf(state, machine, place.host, place.way));
    state.put(machine, place);
    spots.set(machine.name, { host: place.host, way: place.way });
  }
  for (const machine of machines) state.remove(machine);
  return spots.size === machines.length ? { spots, cost } : undefined;
}

/** The cheapest place as long as load is not asked for, and of those the one on the fullest host. */
function tightest(state: State, machine: PlacedMachine): Spot | undefined {
  let best: { host: HostWork; way: Way | undefined; cost: Cost; left: number } | undefined;
  for (const host of state.hosts) {
    if (!state.admits(host, machine)) continue;
    const left = host.memoryGib - host.usedGib;
    for (const way of machine.gpu ? state.ways(host, machine.gpu) : [undefined]) {
      const [preferences, waste, mixed, carved, split, racks, beside] = costOf(state, machine, host, way);
      const cost: Cost = [preferences, waste, mixed, carved, split, racks, beside, 0];
      const order = best === undefined ? -1 : compareCost(cost, best.cost) || left - best.left;
      if (order < 0) best = { host, way, cost, left };
    }
  }
  return best;
}
