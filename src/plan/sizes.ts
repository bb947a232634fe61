import { physicalName } from "./names.ts";

/** A size of machine, which CloudStack calls a service offering. Every machine of the size uses the same one. */
export interface Size {
  /** E.g. `2c-8g`. */
  key: string;
  name: string;
  displayText: string;
  cpus: number;
  memoryGib: number;
}

export function sizeKey(cpus: number, memoryGib: number): string {
  return `${cpus}c-${memoryGib}g`;
}

/** The sizes that the machines have, each once. */
export function sizesOf(platform: string, machines: readonly { cpus: number; memoryGib: number }[]): Size[] {
  const sizes = new Map(
    machines.map(({ cpus, memoryGib }) => {
      const key = sizeKey(cpus, memoryGib);
      const name = physicalName("serviceOffering", platform, key);
      return [key, { key, name, displayText: `${cpus} vCPU, ${memoryGib} GiB, HA`, cpus, memoryGib }];
    }),
  );
  return [...sizes.values()];
}
