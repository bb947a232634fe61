import { memoryUsage } from "node:process";
import { planPlacement } from "../src/plan/placement/plan.ts";
import { largeSite } from "../test/plan/placement/large-site.ts";

export interface Planning {
  vms: number;
  seconds: number;
  /** Heap in use afterwards, MiB. */
  heapMib: number;
}

/** How long the placement of sites of these sizes takes. */
export function planningTimes(sizes: readonly number[]): Planning[] {
  // Once for the compiler.
  planPlacement(largeSite(100));
  return sizes.map((vms) => {
    const input = largeSite(vms);
    const started = performance.now();
    if (!planPlacement(input).ok) throw new Error(`${vms} VMs find no place`);
    return { vms, seconds: (performance.now() - started) / 1000, heapMib: memoryUsage().heapUsed / 2 ** 20 };
  });
}
