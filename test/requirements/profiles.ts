/**
 * What the requirements say of each profile (P1.2, P2.1, P3.1, P4, P5, P7, P8, O1 to O3, T1 to T7), as data: the tests
 * compare plans and deployments with it. Written from the requirements, never from the program.
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
  /** Root disk, where the requirements say its size. */
  diskGib?: number;
}

export interface RequiredProfile {
  totals: { vms: number; vcpus: number; memoryGiB: number; gpuCards: number };
  vlans: Record<number, string>;
  machines: Record<string, RequiredMachine>;
  /** Sets of machines that stand strictly apart. */
  apart: string[][];
  /** Pools of block storage with their quota in GiB and their device class. */
  pools: Record<string, [gib: number, deviceClass: "ssd" | "hdd"]>;
}

const platformVlans = { 10: "10.0.1.0/24", 50: "10.0.5.0/25", 55: "10.0.5.128/25", 100: "10.0.100.0/24" };
const gpuStorage = { 60: "10.0.6.0/24" };
const tenantVlans = { 20: "10.0.20.0/24", 21: "10.0.21.0/24", 22: "10.0.22.0/24" };
const allVlans = { ...platformVlans, ...gpuStorage, ...tenantVlans };
const gateway: RequiredMachine = { vcpus: 2, memoryGib: 4, nics: [10, [55, "10.0.5.131"]] };
const router: RequiredMachine = { vcpus: 2, memoryGib: 4, nics: [[55, "10.0.5.130"]] };

function tenant(key: "a" | "b" | "c", vcpus: number, memoryGib: number, gpu?: [string, number]): RequiredMachine {
  return { tenant: key, vcpus, memoryGib, nics: [{ a: 20, b: 21, c: 22 }[key]], ...(gpu && { gpu }) };
}

const eight: [string, number] = ["A100-8C", 1];
const four: [string, number] = ["A100-4C", 1];

export const requirements: Record<string, RequiredProfile> = {
  enterprise: {
    totals: { vms: 21, vcpus: 70, memoryGiB: 368, gpuCards: 8 },
    vlans: allVlans,
    machines: {
      "ai-a-train-01": tenant("a", 4, 16, eight),
      "ai-a-data-01": tenant("a", 2, 8),
      "ai-a-serve-01": tenant("a", 2, 8, four),
      "ai-b-train-01": tenant("b", 4, 16, eight),
      "ai-b-data-01": tenant("b", 2, 8),
      "ai-b-serve-01": tenant("b", 2, 8, four),
      "ai-c-train-01": tenant("c", 4, 16, four),
      "ai-c-serve-01": tenant("c", 2, 8, four),
      "dqg-validator-01": { vcpus: 4, memoryGib: 16, nics: [50] },
      "dqg-processor-01": { vcpus: 4, memoryGib: 16, nics: [50] },
      "ai-train-01": { vcpus: 8, memoryGib: 64, gpu: ["passthrough", 2], nics: [[50, "10.0.5.10"], 60] },
      "ai-train-02": { vcpus: 8, memoryGib: 64, gpu: ["passthrough", 2], nics: [[50, "10.0.5.11"], 60] },
      "ai-infer-01": { vcpus: 4, memoryGib: 32, gpu: ["passthrough", 1], nics: [[50, "10.0.5.20"]] },
      "ai-infer-02": { vcpus: 4, memoryGib: 32, gpu: ["passthrough", 1], nics: [[50, "10.0.5.21"]] },
      "ai-scheduler-01": { vcpus: 2, memoryGib: 8, nics: [50] },
      "ai-registry-01": { vcpus: 2, memoryGib: 8, nics: [50] },
      "ai-storage-01": { vcpus: 4, memoryGib: 16, nics: [50, 60] },
      "ai-gateway-01": gateway,
      "ai-gateway-02": { vcpus: 2, memoryGib: 4, nics: [10, 55] },
      "ai-router-01": { ...router, memoryGib: 8 },
      "ai-router-02": { vcpus: 2, memoryGib: 8, nics: [55] },
    },
    apart: [
      ["ai-train-01", "ai-train-02"],
      ["ai-infer-01", "ai-infer-02"],
      ["ai-gateway-01", "ai-gateway-02"],
      ["ai-router-01", "ai-router-02"],
    ],
    pools: {
      "tenant-a-ai-data": [500, "ssd"],
      "tenant-b-ai-data": [500, "ssd"],
      "tenant-c-ai-data": [300, "ssd"],
      "ai-model-registry": [500, "ssd"],
    },
  },
  "demo-gpu": {
    totals: { vms: 12, vcpus: 32, memoryGiB: 152, gpuCards: 4 },
    vlans: allVlans,
    machines: {
      "ai-a-ml-01": tenant("a", 2, 8, eight),
      "ai-a-data-01": tenant("a", 2, 4),
      "ai-b-ml-01": tenant("b", 2, 8, eight),
      "ai-b-data-01": tenant("b", 2, 4),
      "ai-c-ml-01": tenant("c", 2, 8, eight),
      "dqg-01": { vcpus: 2, memoryGib: 8, nics: [50] },
      "ai-train-01": { vcpus: 8, memoryGib: 64, gpu: ["passthrough", 2], nics: [[50, "10.0.5.10"], 60] },
      "ai-infer-01": { vcpus: 4, memoryGib: 24, gpu: ["passthrough", 1], nics: [[50, "10.0.5.20"]] },
      "ai-registry-01": { vcpus: 2, memoryGib: 8, nics: [50] },
      "ai-storage-01": { vcpus: 2, memoryGib: 8, nics: [50, 60] },
      "ai-gateway-01": gateway,
      "ai-router-01": router,
    },
    apart: [],
    pools: {},
  },
  "demo-cpu": {
    totals: { vms: 11, vcpus: 24, memoryGiB: 76, gpuCards: 0 },
    vlans: allVlans,
    machines: {
      "ai-a-ml-01": tenant("a", 2, 8),
      "ai-a-data-01": tenant("a", 2, 4),
      "ai-b-ml-01": tenant("b", 2, 8),
      "ai-b-data-01": tenant("b", 2, 4),
      "ai-c-ml-01": tenant("c", 2, 8),
      "dqg-01": { vcpus: 2, memoryGib: 8, nics: [50] },
      "ai-shared-01": { vcpus: 4, memoryGib: 16, nics: [50, 60] },
      "ai-registry-01": { vcpus: 2, memoryGib: 4, nics: [50] },
      "ai-storage-01": { vcpus: 2, memoryGib: 8, nics: [50, 60] },
      "ai-gateway-01": gateway,
      "ai-router-01": router,
    },
    apart: [],
    pools: {},
  },
  "civil-complaint": {
    totals: { vms: 10, vcpus: 32, memoryGiB: 96, gpuCards: 3 },
    vlans: allVlans,
    machines: {
      "ai-a-data-01": tenant("a", 2, 4),
      "ai-b-data-01": tenant("b", 2, 4),
      "ai-c-data-01": tenant("c", 2, 4),
      "dqg-01": { vcpus: 4, memoryGib: 8, nics: [50] },
      "ai-train-01": { vcpus: 8, memoryGib: 32, gpu: ["passthrough", 1], nics: [50, 60] },
      "ai-infer-01": { vcpus: 4, memoryGib: 16, gpu: eight, nics: [55] },
      "ai-infer-02": { vcpus: 4, memoryGib: 16, gpu: eight, nics: [55] },
      "ai-registry-01": { vcpus: 2, memoryGib: 4, nics: [50] },
      "ai-monitor-01": { vcpus: 2, memoryGib: 4, nics: [100] },
      "ai-gateway-01": gateway,
    },
    apart: [["ai-infer-01", "ai-infer-02"]],
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
      "dev-svc-web-01": { vcpus: 2, memoryGib: 4, nics: [55], diskGib: 50 },
      "dev-svc-web-02": { vcpus: 2, memoryGib: 4, nics: [55], diskGib: 50 },
      "dev-svc-api-01": { vcpus: 2, memoryGib: 4, nics: [10, 55], diskGib: 50 },
      "dev-svc-tagging-01": { vcpus: 4, memoryGib: 8, nics: [55], diskGib: 100 },
      "dev-svc-tagging-02": { vcpus: 4, memoryGib: 8, nics: [55], diskGib: 100 },
      "dev-data-model-01": { vcpus: 4, memoryGib: 8, nics: [50], diskGib: 100 },
      "dev-data-db-01": { vcpus: 4, memoryGib: 8, nics: [50], diskGib: 200 },
    },
    apart: [
      ["dev-svc-web-01", "dev-svc-web-02"],
      ["dev-svc-tagging-01", "dev-svc-tagging-02"],
    ],
    pools: {},
  },
};
