/** What machines ask for in all. */
export interface Totals {
  vms: number;
  vcpus: number;
  memoryGiB: number;
  gpuCards: number;
}

/** The sums of machines. No profile of today has GPU cards: they come with the first one that does (P5). */
export function totalsOf(machines: readonly { cpus: number; memoryGib: number }[]): Totals {
  return {
    vms: machines.length,
    vcpus: machines.reduce((sum, { cpus }) => sum + cpus, 0),
    memoryGiB: machines.reduce((sum, { memoryGib }) => sum + memoryGib, 0),
    gpuCards: 0,
  };
}
