import type { PlacedMachine } from "./types.ts";

/** Orders that depend on what things are, never on where they stand in a list. */

const natural = new Intl.Collator("en", { numeric: true });

/** By name as people count: `gpu-2` before `gpu-10`. Different names are never equal. */
export function compareNames(one: string, other: string): number {
  return natural.compare(one, other) || (one < other ? -1 : one > other ? 1 : 0);
}

export function byName(one: { name: string }, other: { name: string }): number {
  return compareNames(one.name, other.name);
}

/**
 * Hardest to place first: whole cards (most first), then slices (largest first), then memory, then processors. What is
 * easy finds a place around what is hard, not the other way round.
 */
export function byHardness(one: PlacedMachine, other: PlacedMachine): number {
  return (
    gpuHardness(other) - gpuHardness(one) ||
    other.memoryGib - one.memoryGib ||
    other.cpus - one.cpus ||
    byName(one, other)
  );
}

function gpuHardness({ gpu }: PlacedMachine): number {
  if (gpu === undefined) return 0;
  return gpu.mode === "passthrough" ? 1e6 * gpu.count : gpu.count * (gpu.memoryGib ?? 1);
}

/** Machines of one seniority together, the oldest first. */
export function cohortsOf(machines: readonly PlacedMachine[]): PlacedMachine[][] {
  const cohorts = Map.groupBy(machines, ({ order = 0 }) => order);
  return [...cohorts].sort(([one], [other]) => one - other).map(([, members]) => members.sort(byHardness));
}
