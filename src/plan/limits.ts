import type { Tenant } from "../config/schema.ts";
import { mibOfGib } from "../kit/units.ts";

/** What a tenant may use, on its domain and on its account: CloudStack checks both (P1.7). */
export interface TenantLimits {
  instances: number;
  volumes: number;
  cpus: number;
  memoryMib: number;
  primaryStorageGib: number;
  /** Whole cards and slices alike. */
  gpus: number;
}

/** Exactly what the tenant is given, or what its profile allows beyond. Storage: its quota and the root disks. */
export function limitsOf({ machines, limits, storage }: Tenant): TenantLimits {
  const instances = limits.machines ?? machines.length;
  const sum = (pick: (machine: Tenant["machines"][number]) => number) =>
    machines.reduce((total, machine) => total + pick(machine), 0);
  const memoryGib = limits.memory ?? sum(({ memory }) => memory);
  return {
    instances,
    // A root disk and a data volume each.
    volumes: instances * 2,
    cpus: limits.cpus ?? sum(({ cpus }) => cpus),
    memoryMib: mibOfGib(memoryGib),
    primaryStorageGib: storage + sum(({ disk }) => disk),
    gpus: sum(({ gpu }) => gpu?.count ?? 0),
  };
}
