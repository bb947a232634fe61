import { type GpuShare, shareName } from "./gpu-share.ts";
import { physicalName } from "./names.ts";

/** A size of machine, which CloudStack calls a service offering. Every machine of the size uses the same one. */
export interface Size {
  /** E.g. `2c-8g`, `4c-16g-1x-a100-8c`, `8c-64g-2x-a100-40-fixed`. */
  key: string;
  name: string;
  displayText: string;
  cpus: number;
  memoryGib: number;
  gpu?: GpuShare;
  /** Whether machines of this size start elsewhere when their host fails. */
  ha: boolean;
}

type Sized = Pick<Size, "cpus" | "memoryGib" | "ha"> & { gpu?: GpuShare | undefined };

export function sizeKey({ cpus, memoryGib, gpu, ha }: Sized): string {
  const share = gpu === undefined ? "" : `-${gpu.count}x-${shareName(gpu).toLowerCase()}`;
  return `${cpus}c-${memoryGib}g${share}${ha ? "" : "-fixed"}`;
}

/** What machines and zones are made of, by name: shared by all layers. */
export interface CataloguePlan {
  sizes: Size[];
  /** Disk offering of data volumes that have no pool of their own. */
  dataDisk: string;
  /** Where root disks and those volumes lie: absent = anywhere, which is right where there are no pools of tenants. */
  storageTag?: string;
  networkOfferings: Record<"publicTier" | "tier" | "l2", string>;
  /** Role of tenants' users. */
  tenantRole: string;
}

export function planCatalogue(
  platform: string,
  machines: readonly Sized[],
  storageTag: string | undefined,
): CataloguePlan {
  return {
    ...(storageTag !== undefined && { storageTag }),
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

/** The share without the devices that one machine has of it. */
function kindOf({ devices: _, ...share }: GpuShare): GpuShare {
  return share;
}

/** The sizes that the machines have, each once. */
function sizesOf(platform: string, machines: readonly Sized[]): Size[] {
  const sizes = new Map(
    machines.map(({ cpus, memoryGib, gpu, ha }): [string, Size] => {
      const key = sizeKey({ cpus, memoryGib, gpu, ha });
      const name = physicalName("serviceOffering", platform, key);
      const share = gpu === undefined ? "" : `, ${gpu.count} × ${shareName(gpu)}`;
      const displayText = `${cpus} vCPU, ${memoryGib} GiB${share}${ha ? ", HA" : ""}`;
      return [key, { key, name, displayText, cpus, memoryGib, ...(gpu && { gpu: kindOf(gpu) }), ha }];
    }),
  );
  return [...sizes.values()];
}
