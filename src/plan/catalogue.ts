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

/** What machines and zones are made of, by name: shared by all layers. */
export interface CataloguePlan {
  sizes: Size[];
  /** Disk offering of data volumes. */
  dataDisk: string;
  networkOfferings: Record<"publicTier" | "tier" | "l2", string>;
  /** Role of tenants' users. */
  tenantRole: string;
}

export function planCatalogue(
  platform: string,
  machines: readonly { cpus: number; memoryGib: number }[],
): CataloguePlan {
  return {
    sizes: sizesOf(platform, machines),
    dataDisk: physicalName("diskOffering", platform, "data"),
    networkOfferings: {
      publicTier: physicalName("networkOffering", platform, "tier-public"),
      tier: physicalName("networkOffering", platform, "tier"),
      l2: physicalName("networkOffering", platform, "l2"),
    },
    tenantRole: physicalName("role", platform, "tenant"),
  };
}

/** The sizes that the machines have, each once. */
function sizesOf(platform: string, machines: readonly { cpus: number; memoryGib: number }[]): Size[] {
  const sizes = new Map(
    machines.map(({ cpus, memoryGib }) => {
      const key = sizeKey(cpus, memoryGib);
      const name = physicalName("serviceOffering", platform, key);
      return [key, { key, name, displayText: `${cpus} vCPU, ${memoryGib} GiB, HA`, cpus, memoryGib }];
    }),
  );
  return [...sizes.values()];
}
