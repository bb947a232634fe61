import type { Placement } from "./site.ts";

/** What machines ask for in all. */
export interface Totals {
  vms: number;
  vcpus: number;
  memoryGiB: number;
  /** Cards that they stand on. Sliced ones count once, for each layer or tenant that has a slice of them. */
  gpuCards: number;
}

/** The sums of machines. */
export function totalsOf(
  machines: readonly { name: string; cpus: number; memoryGib: number }[],
  placement: Placement | undefined,
): Totals {
  const names = new Set(machines.map(({ name }) => name));
  const places = placement?.places.filter(({ machine }) => names.has(machine)) ?? [];
  const cards = places.flatMap(({ host, gpu }) => gpu?.cards.map(({ index }) => `${host} ${index}`) ?? []);
  return {
    vms: machines.length,
    vcpus: machines.reduce((sum, { cpus }) => sum + cpus, 0),
    memoryGiB: machines.reduce((sum, { memoryGib }) => sum + memoryGib, 0),
    gpuCards: new Set(cards).size,
  };
}
