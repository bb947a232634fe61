import type { Row } from "./table.ts";

/** A model of GPU, known by the PCI ids of vendor and device. Deleted ones are gone, as are profiles and devices. */
export interface GpuCard extends Row {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly name: string;
  readonly vendorId: string;
  readonly vendorName: string;
}

/** How a card's GPUs are given to instances: whole (`passthrough`) or in slices of one kind. */
export interface VgpuProfile extends Row {
  readonly cardId: number;
  readonly name: string;
  readonly description?: string;
  /** For information only: what counts are the devices. */
  readonly maxPerCard?: number;
  /** MiB. */
  readonly videoRam?: number;
  readonly maxHeads?: number;
  readonly maxResolutionX?: number;
  readonly maxResolutionY?: number;
}

/** The profile that every card has from the start. */
export const wholeCard = "passthrough";

/** A card's function, a mediated device on it, or a card that is only there to be carved up. */
export const gpuDeviceTypes = ["PCI", "MDEV", "VGPUOnly"] as const;
export type GpuDeviceType = (typeof gpuDeviceTypes)[number];

export interface GpuDevice extends Row {
  readonly hostId: number;
  /** PCI address, or the UUID of a mediated device. One device an address and host. */
  readonly busAddress: string;
  readonly type: GpuDeviceType;
  readonly cardId: number;
  readonly profileId: number;
  readonly parentId?: number;
  /** As text; `-1` when nobody said. */
  readonly numaNode: string;
  readonly pciRoot?: string;
  readonly state: "Free" | "Allocated" | "PartiallyAllocated" | "Error";
  readonly managedState: "Managed" | "Unmanaged";
  /** Who has it: a stopped instance keeps its devices. */
  readonly instanceId?: number;
}

/** What an instance needs of GPUs: so many devices of this one profile, all on its host. */
export interface GpuDemand {
  readonly profileId: number;
  readonly count: number;
}
