/**
 * What the requirements say of each profile (P1.2 to P1.4, P2.1, P3.1, P4, P5, P6.1, P7, P8, O1 to O3, T1 to T8), as data:
 * the tests compare plans and deployments with it. Written from the requirements, never from the program. Where they
 * leave something open, such as the sizes of a demonstration's volumes, it is what we decided on.
 */

export interface RequiredMachine {
  /** Tenant's key; absent = the platform's. */
  tenant?: string;
  vcpus: number;
  memoryGib: number;
  /** Slice profile or `passthrough`, and how many. */
  gpu?: [profile: string, count: number];
  /** VLANs in the order of the cards, with the address where the requirements fix one. */
  nics: (number | [vlan: number, address: string])[];
  /** Root disk; default 20. It lies in the zone's primary storage. */
  diskGib?: number;
  /** Volume of its own, and the pool in Ceph that it lies in; absent = the zone's primary storage. */
  data?: [gib: number, pool?: string];
  /** Who goes first when a host fails (T6); default medium. */
  priority?: "high" | "low";
}

/** An affinity group of the platform. */
export interface RequiredGroup {
  type: "host anti-affinity" | "non-strict host affinity";
  machines: string[];
}

/** A pool in Ceph that is no primary storage. */
export interface RequiredPool {
  gib: number;
  deviceClass: "ssd" | "hdd";
  compression?: string;
  /** Chunks of data and of parity; default three copies. */
  erasure?: [k: number, m: number];
}

export interface RequiredProfile {
  totals: { vms: number; vcpus: number; memoryGiB: number; gpuCards: number };
  vlans: Record<number, string>;
  machines: Record<string, RequiredMachine>;
  /** By name. A rule has no group before its second machine. */
  groups: Record<string, RequiredGroup>;
  /** Pools of block storage with their quota in GiB and their device class. */
  pools: Record<string, [gib: number, deviceClass: "ssd" | "hdd"]>;
  /** The platform's further pools, by their names in Ceph. */
  shared?: Record<string, RequiredPool>;
  /** Buckets with the pool that their objects lie in, and the days until they are compressed there (P6.1). */
  buckets?: Record<string, { pool: string; compressAfter?: number }>;
}

/** Sets of machines that stand strictly apart. */
export function apartIn({ groups }: RequiredProfile): string[][] {
  return Object.values(groups).flatMap(({ type, machines }) => (type === "host anti-affinity" ? [machines] : []));
}

/** T7: of every guest. */
export const timezone = "Asia/Seoul";

const platformVlans = { 10: "10.0.1.0/24", 50: "10.0.5.0/25", 55: "10.0.5.128/25", 100: "10.0.100.0/24" };
const gpuStorage = { 60: "10.0.6.0/24" };
const tenantVlans = { 20: "10.0.20.0/24", 21: "10.0.21.0/24", 22: "10.0.22.0/24" };
const allVlans = { ...platformVlans, ...gpuStorage, ...tenantVlans };
const high = { priority: "high" } as const;
const gateway: RequiredMachine = { vcpus: 2, memoryGib: 4, nics: [10, [55, "10.0.5.131"]], ...high };
const router: RequiredMachine = { vcpus: 2, memoryGib: 4, nics: [[55, "10.0.5.130"]], ...high };

function tenant(
  key: "a" | "b" | "c",
  vcpus: number,
  memoryGib: number,
  more: Pick<RequiredMachine, "gpu" | "data" | "priority"> = {},
): RequiredMachine {
  return { tenant: key, vcpus, memoryGib, nics: [{ a: 20, b: 21, c: 22 }[key]], ...more };
}

function apart(...machines: string[]): RequiredGroup {
  return { type: "host anti-affinity", machines };
}

/** Of enterprise, P1.4: 200 training data, 50 models, 50 checkpoints; C has 150, 30 and 30 on two machines. */
const own = (key: "a" | "b" | "c", gib: number) => ({ data: [gib, `tenant-${key}-ai-data`] as [number, string] });
/** O3. */
const pool = (gib: number, name: string) => ({ data: [gib, name] as [number, string] });
const zone = (gib: number) => ({ data: [gib] as [number] });

const eight = { gpu: ["A100-8C", 1] as [string, number] };
const four = { gpu: ["A100-4C", 1] as [string, number] };

export const requirements: Record<string, RequiredProfile> = {
  enterprise: {
    totals: { vms: 21, vcpus: 70, memoryGiB: 368, gpuCards: 8 },
    vlans: allVlans,
    machines: {
      "ai-a-train-01": tenant("a", 4, 16, { ...eight, ...own("a", 50) }),
      "ai-a-data-01": tenant("a", 2, 8, own("a", 200)),
      "ai-a-serve-01": tenant("a", 2, 8, { ...four, ...own("a", 50), ...high }),
      "ai-b-train-01": tenant("b", 4, 16, { ...eight, ...own("b", 50) }),
      "ai-b-data-01": tenant("b", 2, 8, own("b", 200)),
      "ai-b-serve-01": tenant("b", 2, 8, { ...four, ...own("b", 50), ...high }),
      "ai-c-train-01": tenant("c", 4, 16, { ...four, ...own("c", 180) }),
      "ai-c-serve-01": tenant("c", 2, 8, { ...four, ...own("c", 30), ...high }),
      "dqg-validator-01": { vcpus: 4, memoryGib: 16, nics: [50], ...zone(100) },
      "dqg-processor-01": { vcpus: 4, memoryGib: 16, nics: [50], ...zone(100) },
      "ai-train-01": { vcpus: 8, memoryGib: 64, gpu: ["passthrough", 2], nics: [[50, "10.0.5.10"], 60], ...zone(40) },
      "ai-train-02": { vcpus: 8, memoryGib: 64, gpu: ["passthrough", 2], nics: [[50, "10.0.5.11"], 60] },
      "ai-infer-01": { vcpus: 4, memoryGib: 32, gpu: ["passthrough", 1], nics: [[50, "10.0.5.20"]], ...high },
      "ai-infer-02": { vcpus: 4, memoryGib: 32, gpu: ["passthrough", 1], nics: [[50, "10.0.5.21"]], ...high },
      "ai-scheduler-01": { vcpus: 2, memoryGib: 8, nics: [50] },
      "ai-registry-01": { vcpus: 2, memoryGib: 8, nics: [50], ...pool(200, "ai-model-registry") },
      "ai-storage-01": { vcpus: 4, memoryGib: 16, nics: [50, 60], ...zone(280) },
      "ai-gateway-01": gateway,
      "ai-gateway-02": { ...gateway, nics: [10, 55] },
      "ai-router-01": { ...router, memoryGib: 8 },
      "ai-router-02": { ...router, memoryGib: 8, nics: [55] },
    },
    groups: {
      "strata-train": apart("ai-train-01", "ai-train-02"),
      "strata-infer": apart("ai-infer-01", "ai-infer-02"),
      "strata-gateway": apart("ai-gateway-01", "ai-gateway-02"),
      "strata-router": apart("ai-router-01", "ai-router-02"),
    },
    pools: {
      "tenant-a-ai-data": [500, "ssd"],
      "tenant-b-ai-data": [500, "ssd"],
      "tenant-c-ai-data": [300, "ssd"],
      "ai-model-registry": [500, "ssd"],
    },
    shared: {
      "cephfs.ai-training-data.data": { gib: 2048, deviceClass: "ssd", compression: "lz4" },
      "cephfs.ai-checkpoints.data": { gib: 1024, deviceClass: "ssd" },
      "ai-archive": { gib: 5120, deviceClass: "hdd", erasure: [4, 2] },
      // What an erasure coded pool cannot hold: the lists of its objects.
      "ai-archive.index": { gib: 52, deviceClass: "ssd" },
    },
    buckets: { "ai-archive": { pool: "ai-archive", compressAfter: 90 } },
  },
  "demo-gpu": {
    totals: { vms: 12, vcpus: 32, memoryGiB: 152, gpuCards: 4 },
    vlans: allVlans,
    machines: {
      "ai-a-ml-01": tenant("a", 2, 8, { ...eight, ...zone(40) }),
      "ai-a-data-01": tenant("a", 2, 4, zone(80)),
      "ai-b-ml-01": tenant("b", 2, 8, { ...eight, ...zone(40) }),
      "ai-b-data-01": tenant("b", 2, 4, zone(80)),
      "ai-c-ml-01": tenant("c", 2, 8, { ...eight, ...zone(84) }),
      "dqg-01": { vcpus: 2, memoryGib: 8, nics: [50], ...zone(60) },
      "ai-train-01": { vcpus: 8, memoryGib: 64, gpu: ["passthrough", 2], nics: [[50, "10.0.5.10"], 60], ...zone(40) },
      "ai-infer-01": { vcpus: 4, memoryGib: 24, gpu: ["passthrough", 1], nics: [[50, "10.0.5.20"]], ...high },
      "ai-registry-01": { vcpus: 2, memoryGib: 8, nics: [50], ...zone(80) },
      "ai-storage-01": { vcpus: 2, memoryGib: 8, nics: [50, 60], ...zone(280) },
      "ai-gateway-01": gateway,
      "ai-router-01": router,
    },
    groups: {},
    pools: {},
  },
  "demo-cpu": {
    totals: { vms: 11, vcpus: 24, memoryGiB: 76, gpuCards: 0 },
    vlans: allVlans,
    machines: {
      "ai-a-ml-01": tenant("a", 2, 8, zone(20)),
      "ai-a-data-01": tenant("a", 2, 4, zone(40)),
      "ai-b-ml-01": tenant("b", 2, 8, zone(20)),
      "ai-b-data-01": tenant("b", 2, 4, zone(40)),
      "ai-c-ml-01": tenant("c", 2, 8, zone(42)),
      "dqg-01": { vcpus: 2, memoryGib: 8, nics: [50], ...zone(60) },
      "ai-shared-01": { vcpus: 4, memoryGib: 16, nics: [50, 60], ...zone(40) },
      "ai-registry-01": { vcpus: 2, memoryGib: 4, nics: [50], ...zone(40) },
      "ai-storage-01": { vcpus: 2, memoryGib: 8, nics: [50, 60], ...zone(100) },
      "ai-gateway-01": { vcpus: 2, memoryGib: 4, nics: [10, [55, "10.0.5.131"]] },
      "ai-router-01": { vcpus: 2, memoryGib: 4, nics: [[55, "10.0.5.130"]] },
    },
    groups: {},
    pools: {},
  },
  "civil-complaint": {
    totals: { vms: 10, vcpus: 32, memoryGiB: 96, gpuCards: 3 },
    vlans: allVlans,
    machines: {
      "ai-a-data-01": tenant("a", 2, 4, pool(100, "tenant-a-pool")),
      "ai-b-data-01": tenant("b", 2, 4, pool(100, "tenant-b-pool")),
      "ai-c-data-01": tenant("c", 2, 4, pool(100, "tenant-c-pool")),
      "dqg-01": { vcpus: 4, memoryGib: 8, nics: [50], ...pool(100, "staging-pool") },
      "ai-train-01": {
        vcpus: 8,
        memoryGib: 32,
        gpu: ["passthrough", 1],
        nics: [50, 60],
        ...pool(300, "ai-training-pool"),
      },
      "ai-infer-01": { vcpus: 4, memoryGib: 16, ...eight, nics: [55], ...high },
      "ai-infer-02": { vcpus: 4, memoryGib: 16, ...eight, nics: [55], ...high },
      "ai-registry-01": { vcpus: 2, memoryGib: 4, nics: [50], ...pool(100, "model-registry-pool") },
      "ai-monitor-01": { vcpus: 2, memoryGib: 4, nics: [100], ...zone(50) },
      "ai-gateway-01": gateway,
    },
    groups: { "complaint-infer": apart("ai-infer-01", "ai-infer-02") },
    pools: {
      "tenant-a-pool": [200, "ssd"],
      "tenant-b-pool": [200, "ssd"],
      "tenant-c-pool": [200, "ssd"],
      "staging-pool": [300, "ssd"],
      "ai-training-pool": [500, "ssd"],
      "model-registry-pool": [200, "ssd"],
    },
  },
  "document-tagging": {
    totals: { vms: 7, vcpus: 22, memoryGiB: 44, gpuCards: 0 },
    vlans: platformVlans,
    machines: {
      "dev-svc-web-01": { vcpus: 2, memoryGib: 4, nics: [55], diskGib: 50, ...high },
      "dev-svc-web-02": { vcpus: 2, memoryGib: 4, nics: [55], diskGib: 50, ...high },
      "dev-svc-api-01": { vcpus: 2, memoryGib: 4, nics: [10, 55], diskGib: 50, ...high },
      "dev-svc-tagging-01": { vcpus: 4, memoryGib: 8, nics: [55], diskGib: 100, priority: "low" },
      "dev-svc-tagging-02": { vcpus: 4, memoryGib: 8, nics: [55], diskGib: 100, priority: "low" },
      "dev-data-model-01": { vcpus: 4, memoryGib: 8, nics: [50], diskGib: 100 },
      "dev-data-db-01": { vcpus: 4, memoryGib: 8, nics: [50], diskGib: 200, ...high },
    },
    // T3. AA-002 is of one gateway only: it has no group yet.
    groups: {
      "tagging-aa-001": apart("dev-svc-web-01", "dev-svc-web-02"),
      "tagging-aa-003": apart("dev-svc-tagging-01", "dev-svc-tagging-02"),
      "tagging-af-001": {
        type: "non-strict host affinity",
        machines: ["dev-data-model-01", "dev-svc-tagging-01", "dev-svc-tagging-02"],
      },
    },
    pools: {},
  },
};
