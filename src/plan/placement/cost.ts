import type { Way } from "../gpu/work.ts";
import type { HostWork, State } from "./state.ts";
import type { PlacedMachine } from "./types.ts";

/**
 * What a placement costs, the weightiest first; a lower part counts only where all before it are equal:
 *
 * 1. preferences not met (AF-001 and the like);
 * 2. GPU memory given beyond what was asked: the smallest profile that holds it (P5.3);
 * 3. cards that work for several uses: a tenant's slices stand beside tenants' slices;
 * 4. cards cut into slices;
 * 5. machines with whole cards on several NUMA nodes;
 * 6. replicas in one rack (T4);
 * 7. machines without GPU on hosts with cards, where they would take the room of those that must be there;
 * 8. balance: the sum over all hosts of squared load, of vCPUs and of memory. Even load is also what leaves most room
 *    for restarts when a host fails.
 *
 * Every part only grows as machines are added, so that a search may stop early.
 */
export type Cost = readonly [number, number, number, number, number, number, number, number];

export const noCost: Cost = [0, 0, 0, 0, 0, 0, 0, 0];

/** Differences of the balance below this are rounding. */
const epsilon = 1e-9;

export function compareCost(one: Cost, other: Cost): number {
  for (let part = 0; part < noCost.length; part++) {
    const difference = (one[part] ?? 0) - (other[part] ?? 0);
    if (Math.abs(difference) > epsilon) return difference;
  }
  return 0;
}

export function addCost(one: Cost, other: Cost): Cost {
  return [
    one[0] + other[0],
    one[1] + other[1],
    one[2] + other[2],
    one[3] + other[3],
    one[4] + other[4],
    one[5] + other[5],
    one[6] + other[6],
    one[7] + other[7],
  ];
}

/** What it costs to put the machine there, as everything stands now. */
export function costOf(state: State, machine: PlacedMachine, host: HostWork, way: Way | undefined): Cost {
  let preferences = 0;
  let racks = 0;
  for (const { kind, strict, onHost, inRack } of state.rulesOf.get(machine.name) ?? []) {
    const here = onHost.get(host.index) ?? 0;
    if (kind === "apart") {
      if (!strict && here > 0) preferences++;
      if (state.racks && host.host.rack !== undefined && (inRack.get(host.host.rack) ?? 0) > 0) racks++;
    } else if (here === 0 && onHost.size > 0) {
      preferences++;
    }
  }
  return [
    preferences,
    way?.waste ?? 0,
    way?.mixed ?? 0,
    way?.carved ?? 0,
    way?.split ? 1 : 0,
    racks,
    machine.gpu === undefined && host.cards.length > 0 ? 1 : 0,
    balanceOf(host, machine),
  ];
}

/** How much the sum of squared loads grows. */
export function balanceOf(host: HostWork, { cpus, memoryGib }: PlacedMachine): number {
  const cpu = growth(host.usedVcpus, cpus, host.vcpus);
  return cpu + growth(host.usedGib, memoryGib, host.memoryGib);
}

function growth(used: number, more: number, capacity: number): number {
  return capacity === 0 ? 0 : (more * (2 * used + more)) / (capacity * capacity);
}
