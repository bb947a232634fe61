import type { AclRule } from "../../src/plan/acl.ts";
import type { FailureReport, Survival } from "../../src/plan/placement/failure-types.ts";
import type { Compromise, GpuMode, HostUse, Quality } from "../../src/plan/placement/types.ts";
import type { Tier } from "../../src/plan/storage.ts";
import type { Totals } from "../../src/plan/totals.ts";

/**
 * What `strata plan --json` prints, and what text and page are drawn from. Fields are added, never renamed or taken
 * away, without a new `formatVersion`. Memory and disks in GiB.
 */
export interface PlanReport {
  formatVersion: 1;
  /** Name or path that the profile was asked for by. */
  profile: string;
  platform: { name: string; environment: string; zone: string; networkDomain: string };
  /** As `strata totals --json` has them. */
  totals: Totals;
  /** Per tenant and per layer of the platform. */
  totalsByLayer: Record<string, Totals>;
  /** The design document's own sums, where the profile gives them. */
  documentTotals?: Totals;
  /** Tenants' first, then the platform's, in the order of the profile. */
  vms: VmReport[];
  /** Every card of every host; empty where there is none. */
  gpus: GpuReport[];
  networks: NetworkReport[];
  /** Who may open connections to whom from network to network: all that the rules let through, and nothing else is. */
  links: LinkReport[];
  /** Empty where the profile names no hosts: then nothing is placed. */
  hosts: HostReport[];
  groups: GroupReport[];
  tenants: TenantReport[];
  storage: StorageReport;
  /** Preferences that could not be met. */
  compromises: readonly Compromise[];
  /** What happens when one host, or one rack, is gone. */
  failures: readonly FailureReport[];
  survival?: Survival;
  quality?: Quality;
}

/** Which part of the platform a machine belongs to: 1 tenants, 2 quality gate, 3 shared AI, 4 service edge. */
export type Layer = 1 | 2 | 3 | 4;

export const layerNames: Record<Layer, string> = {
  1: "tenant enclaves",
  2: "quality gate",
  3: "shared AI",
  4: "service edge",
};

/** Owner of everything that is no tenant's. */
export const platformOwner = "platform";

export interface VmReport {
  name: string;
  /** `platform`, or the tenant's name, e.g. `tenant-a`. */
  owner: string;
  layer: Layer;
  roles: readonly string[];
  vcpus: number;
  memoryGiB: number;
  rootDiskGiB: number;
  /** Absent where the machine has no volume of its own. `pool`: absent where it lies in the zone's primary storage. */
  data?: { name: string; sizeGiB: number; pool?: string; folders: readonly string[] };
  gpu?: VmGpu;
  /** The first one carries the default route. */
  nics: { zone: string; vlan: number; address: string }[];
  /** Absent where the profile names no hosts. */
  host?: string;
  rack?: string;
  /** Restarts on another host when its own fails. */
  ha: boolean;
  priority: "high" | "medium" | "low";
  /** Absent where the profile names no hosts. */
  liveMigration?: LiveMigration;
  /** Names of affinity groups. */
  groups: string[];
  /** What runs inside; absent where the profile leaves it to the role. */
  template?: readonly string[];
}

/** Whether the machine can move to another host while it runs, by what the plan knows: processors are the doctor's. */
export interface LiveMigration {
  possible: boolean;
  /** How many other hosts have room for it as everything else stands. */
  targets: number;
  /** Why it cannot move. */
  because?: string;
}

export interface VmGpu {
  mode: GpuMode;
  /** Of the card, e.g. `A100-40`. */
  model: string;
  /** Of the slice on the server; `passthrough` for whole cards. */
  profile: string;
  /** Whole cards or slices. */
  count: number;
  /** Of each. */
  memoryGiB: number;
  host: string;
  /** Indices on that host; one entry per slice. */
  cards: number[];
  /** Why this profile and no other. */
  reason: string;
}

export interface GpuReport {
  host: string;
  /** In the order of the host's slots. */
  index: number;
  model: string;
  memoryGiB: number;
  numa?: number;
  state: "free" | "taken" | "whole" | "vgpu" | "mig" | "timeSliced";
  /** What it is for. `number` counts cards by role, as the design document does; it is no slot. */
  role: { number: number; name: "tenant" | "training" | "inference" | "free" | "taken" };
  /** Of the vGPU or time slices, which are all alike. */
  profile?: string;
  /** The card's memory from its beginning to its end: what machines hold of it, and what is free. */
  slots: GpuSlot[];
}

export interface GpuSlot {
  /** `taken`: somebody who is not in the plan. */
  state: "used" | "free" | "taken";
  /** Absent where the slot is free or taken. */
  vm?: string;
  memoryGiB: number;
  /** Of a MIG instance; absent where the memory is not cut up. */
  profile?: string;
  /** First memory slice on a card with MIG. */
  start?: number;
}

export interface NetworkReport {
  key: string;
  name: string;
  vlan: number;
  cidr: string;
  /** tier: routed and filtered. l2: a bare segment that nobody is routed into. */
  kind: "tier" | "l2";
  owner: string;
  /** True for the one that the world reaches. */
  public: boolean;
  /** In their order: the first that fits decides. Empty for l2, which has no router. */
  rules: AclRule[];
  /** What neighbours in it need of each other. They need no rule for it, and none keeps them from anything else. */
  inside: { name: string; port: number; source: string }[];
}

/** Where connections from outside the platform come from. */
export const world = "world";

export interface LinkReport {
  /** Key of a network, or `world`. */
  from: string;
  to: string;
  protocol: "tcp";
  port: number;
  name: string;
  /** Requirement that asks for it. */
  source: string;
  /** Addresses that may open connections. */
  sources: string[];
  /** Addresses that they may open them to. */
  destinations: string[];
}

export interface HostReport {
  name: string;
  rack?: string;
  /** Given out, what may be given out with overcommit, and what there is. */
  vcpus: HostUse["vcpus"];
  memoryGiB: HostUse["memoryGib"];
  vms: string[];
}

export interface GroupReport {
  name: string;
  owner: string;
  kind: "apart" | "together";
  strict: boolean;
  vms: string[];
}

export interface TenantReport {
  key: string;
  name: string;
  displayName: string;
  /** Of the domain and of the account in it. */
  account: string;
  vlan?: number;
  cidr?: string;
  dataClass: string;
  apiToken: boolean;
  /** Set on the domain and on the account. */
  limits: Resources;
  /** What its machines take of the limits. Storage: root disks and data volumes. */
  uses: Resources;
  /** GPU memory: `quotaGiB` is the tenant's at any time, `burstGiB` what it may borrow up to, `slicesGiB` what its machines hold. */
  gpu?: { slicesGiB: number; quotaGiB?: number; burstGiB?: number; jobs?: number; priority?: string };
  storage: { kind: "pool" | "bucket" | "zone"; name?: string; quotaGiB: number; volumesGiB: number };
}

export interface Resources {
  vms: number;
  volumes: number;
  vcpus: number;
  memoryGiB: number;
  primaryStorageGiB: number;
  /** Whole cards and slices alike. */
  gpus: number;
}

export interface StorageReport {
  /** zone: everything lies in the zone's own primary storage. */
  backend: "ceph" | "zone";
  /** Data volumes are encrypted at rest. */
  encryption: boolean;
  pools: PoolReport[];
  /** What pools take of a device class: their quotas, and the disks that these need with copies or coding chunks. */
  raw: { deviceClass: string; quotaGiB: number; rawGiB: number }[];
  /** Lies in the zone's primary storage: root disks, and data volumes without a pool. */
  primary: { rootGiB: number; dataGiB: number };
}

export interface PoolReport {
  name: string;
  owner: string;
  /** `index`: what the object gateway notes of the objects of a pool. */
  kind: "block" | "files" | "objects" | "index" | "bucket";
  tier?: Tier;
  quotaGiB: number;
  /** E.g. `3 copies`, `4+2`. */
  redundancy: string;
  rawGiB: number;
  /** Hosts of the storage cluster that it needs at least, one per copy or chunk. */
  failureDomains: number;
  /** Sum of the data volumes in it. */
  volumesGiB: number;
  /** `guest`: machines encrypt what they write (LUKS2). `disks`: only if the cluster's own disks are encrypted (P1.6). */
  atRest: "guest" | "disks";
  compression: string;
  retentionDays?: number;
  /** The machine that clears away what is older; null where none does. Only with `retentionDays`. */
  clearedBy?: string | null;
  compressAfterDays?: number;
}
