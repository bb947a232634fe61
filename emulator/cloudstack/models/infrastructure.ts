import type { SeedGpu } from "../seed.ts";
import type { GroupNames } from "./gpu-capacity.ts";
import type { Row } from "./table.ts";

export interface Zone extends Row {
  readonly name: string;
  readonly dns1: string;
  readonly internalDns1: string;
  readonly guestCidr: string;
  readonly networkDomain?: string;
  readonly hypervisor: string;
}

export interface Pod extends Row {
  readonly zoneId: number;
  readonly name: string;
  readonly gateway: string;
  readonly netmask: string;
  readonly startIp: string;
  readonly endIp: string;
}

export interface Cluster extends Row {
  readonly zoneId: number;
  readonly podId: number;
  readonly name: string;
  readonly hypervisor: string;
  /** Factors as the settings `cpu.overprovisioning.factor` and `mem.overprovisioning.factor` of this cluster. */
  readonly cpuOvercommit: number;
  readonly memoryOvercommit: number;
  /** Set when host HA, or the use of service processors, is switched off for all its hosts. */
  readonly haDisabled?: true;
  readonly outOfBandDisabled?: true;
}

export interface Host extends Row {
  readonly zoneId: number;
  readonly podId: number;
  readonly clusterId: number;
  readonly name: string;
  readonly ip: string;
  readonly cores: number;
  readonly cpuSpeedMhz: number;
  readonly memoryBytes: number;
  readonly state: "Up" | "Down";
  readonly tags: readonly string[];
  readonly arch?: string;
  readonly hypervisorVersion?: string;
  /** What its agent reports. */
  readonly gpus?: readonly SeedGpu[];
  readonly gpuGroups?: GroupNames;
  /** PCI addresses of GPUs that failed: the agent does not report them, nor what is on them. */
  readonly failedGpus?: readonly string[];
}

export interface PhysicalNetwork extends Row {
  readonly zoneId: number;
  readonly name: string;
  /** Dynamic VLAN range of guest networks, `first-last`. */
  readonly vlans: string;
}

/** Addresses that can be given out as public ones. */
export interface PublicRange extends Row {
  readonly zoneId: number;
  readonly physicalNetworkId: number;
  readonly gateway: string;
  readonly netmask: string;
  readonly startIp: string;
  readonly endIp: string;
  /** `untagged` or a VLAN id. */
  readonly vlan: string;
}

export type StoragePoolState = "Up" | "Disabled" | "PrepareForMaintenance" | "Maintenance";

export interface StoragePool extends Row {
  readonly zoneId: number;
  /** Absent for storage of the whole zone, as is the cluster. */
  readonly podId?: number;
  readonly clusterId?: number;
  readonly scope: "CLUSTER" | "ZONE" | "HOST";
  readonly hypervisor: string;
  readonly name: string;
  readonly type: string;
  /** Several Ceph monitors are one text, with commas. */
  readonly host: string;
  readonly path: string;
  /** Name of the storage plugin, e.g. `DefaultPrimary`. */
  readonly provider: string;
  readonly state: StoragePoolState;
  readonly sizeBytes: number;
  readonly tags: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  /** ABLESTACK Mold: where the hosts map images of the pool. */
  readonly krbdPath?: string;
  /** Only where the storage reports them. */
  readonly iops?: { readonly capacity: number; readonly used: number };
  /** Instances that the maintenance stopped: they start again with its end. */
  readonly stoppedInstanceIds?: readonly number[];
}
