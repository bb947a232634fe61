/**
 * What the documents say that demo-cpu is (requirements P1, P7, P8), written down a second time: tests compare a deployed
 * cloud with this, and nothing here is computed by the program that it judges.
 */

export const platform = { account: "admin", domain: "ROOT", prefix: "strata-demo" };

export interface ExpectedMachine {
  vcpus: number;
  memoryGib: number;
  /** Key of the tenant that owns it; absent where the platform does. */
  tenant?: "a" | "b" | "c";
  layer: "tenant-enclave" | "quality-gate" | "shared-ai" | "service-edge";
  /** VLAN id and address of each card, the default one first; on layer 2 CloudStack knows no address. */
  nics: [vlan: number, address: string | undefined][];
  /** Its data volume, and where the guest finds it (P1.3, P2.2, P6). */
  dataGib?: number;
  folders?: string[];
  /** What the guest gives its second card itself: DHCP configures the first only. */
  guestAddress?: string;
}

const data = ["/data/raw", "/data/processed"];
const models = ["/models", "/experiments"];

export const machines: Record<string, ExpectedMachine> = {
  "ai-a-ml-01": tenantMachine("a", 8, [20, "10.0.20.8"], 20, models),
  "ai-a-data-01": tenantMachine("a", 4, [20, "10.0.20.32"], 40, data),
  "ai-b-ml-01": tenantMachine("b", 8, [21, "10.0.21.8"], 20, models),
  "ai-b-data-01": tenantMachine("b", 4, [21, "10.0.21.32"], 40, data),
  "ai-c-ml-01": tenantMachine("c", 8, [22, "10.0.22.8"], 42, [...data, ...models]),
  "dqg-01": {
    layer: "quality-gate",
    vcpus: 2,
    memoryGib: 8,
    nics: [[50, "10.0.5.40"]],
    dataGib: 60,
    folders: ["/data/staging", "/data/pending", "/data/approved"],
  },
  "ai-shared-01": {
    layer: "shared-ai",
    vcpus: 4,
    memoryGib: 16,
    nics: [
      [50, "10.0.5.16"],
      [60, undefined],
    ],
    guestAddress: "10.0.6.16/24",
    dataGib: 40,
  },
  "ai-registry-01": {
    layer: "shared-ai",
    vcpus: 2,
    memoryGib: 4,
    nics: [[50, "10.0.5.64"]],
    dataGib: 40,
    folders: ["/models"],
  },
  "ai-storage-01": {
    layer: "shared-ai",
    vcpus: 2,
    memoryGib: 8,
    nics: [
      [50, "10.0.5.72"],
      [60, undefined],
    ],
    dataGib: 100,
  },
  "ai-gateway-01": {
    layer: "service-edge",
    vcpus: 2,
    memoryGib: 4,
    nics: [
      [10, "10.0.1.80"],
      [55, "10.0.5.131"],
    ],
    guestAddress: "10.0.5.131/25",
  },
  "ai-router-01": { layer: "service-edge", vcpus: 2, memoryGib: 4, nics: [[55, "10.0.5.130"]] },
};

function tenantMachine(
  tenant: "a" | "b" | "c",
  memoryGib: number,
  nic: [number, string],
  dataGib: number,
  folders: string[],
): ExpectedMachine {
  return { tenant, layer: "tenant-enclave", vcpus: 2, memoryGib, nics: [nic], dataGib, folders };
}

/** VLAN zones (P7) and the rules of their lists; every list ends with the same two denials (P1.5). */
export const zones: Record<string, { vlan: number; cidr?: string; tenant?: "a" | "b" | "c"; allows?: string[] }> = {
  "strata-demo-dmz": { vlan: 10, cidr: "10.0.1.0/24", allows: ["100 in tcp 443 0.0.0.0/0", ...watched()] },
  "strata-demo-ai": {
    vlan: 50,
    cidr: "10.0.5.0/25",
    allows: ["300 in tcp 8080 10.0.5.130/32", "500 in tcp 443 10.0.16.0/20", ...watched()],
  },
  "strata-demo-service": {
    vlan: 55,
    cidr: "10.0.5.128/25",
    allows: ["301 out tcp 8080 10.0.5.16/32", `401 out tcp 8080 ${servingRanges()}`, ...watched()],
  },
  "strata-demo-gpu-storage": { vlan: 60 },
  "strata-demo-management": {
    vlan: 100,
    cidr: "10.0.100.0/24",
    allows: [
      "701 out tcp 22 10.0.1.0/24,10.0.5.0/25,10.0.5.128/25",
      "711 out tcp 9100 10.0.1.0/24,10.0.5.0/25,10.0.5.128/25",
    ],
  },
  "strata-demo-tenant-a": { vlan: 20, cidr: "10.0.20.0/24", tenant: "a", allows: tenantRules() },
  "strata-demo-tenant-b": { vlan: 21, cidr: "10.0.21.0/24", tenant: "b", allows: tenantRules() },
  "strata-demo-tenant-c": { vlan: 22, cidr: "10.0.22.0/24", tenant: "c", allows: tenantRules() },
};

export const denials = ["9000 deny in all 0.0.0.0/0", "9001 deny out all 0.0.0.0/0"];

/** The management zone watches every zone of the platform. */
function watched(): string[] {
  return ["700 in tcp 22 10.0.100.0/24", "710 in tcp 9100 10.0.100.0/24"];
}

/** A tenant reaches the gate and is reached by the edge, at its serving machines. Nothing else (P1.5). */
function tenantRules(): string[] {
  return ["400 in tcp 8080 10.0.5.130/32", "501 out tcp 443 10.0.5.40/32"];
}

/** The first addresses of all sixteen slots that a tenant may get. */
function servingRanges(): string {
  return Array.from({ length: 16 }, (_, slot) => `10.0.${16 + slot}.8/29`).join(",");
}

/** What each tenant may use, on its domain and on its account (P1.7): its machines, its quota, and 20 GiB of root disk each. */
export const limits: Record<"a" | "b" | "c", Record<string, number>> = {
  a: { user_vm: 2, volume: 4, cpu: 4, memory: 12_288, primary_storage: 140, gpu: 0 },
  b: { user_vm: 2, volume: 4, cpu: 4, memory: 12_288, primary_storage: 140, gpu: 0 },
  c: { user_vm: 1, volume: 2, cpu: 2, memory: 8192, primary_storage: 80, gpu: 0 },
};

/** Logical names of everything that demo-cpu consists of, by type. */
export const planned: Record<string, string[]> = {
  "strata:layer:TenantEnclave": tenants(),
  "strata:layer:QualityGate": ["quality-gate"],
  "strata:layer:SharedGpuPool": ["shared-gpu-pool"],
  "strata:layer:ServiceEdge": ["service-edge"],
  "strata:part:Catalogue": ["catalogue"],
  "strata:part:PlatformNetwork": ["network"],
  "strata:part:Zone": [...tenants(), "ai", "dmz", "gpu-storage", "management", "service"],
  "strata:part:Machines": [...tenants(), "quality-gate", "service-edge", "shared-gpu-pool"],
  "random:index/randomPassword:RandomPassword": tenants(),
  "cloudstack:identity:Domain": tenants(),
  "cloudstack:identity:Account": tenants(),
  "cloudstack:identity:ResourceLimits": tenants().flatMap((name) => [`${name}-account`, `${name}-domain`]),
  "cloudstack:identity:Role": ["tenant"],
  "cloudstack:compute:ServiceOffering": ["2c-4g", "2c-8g", "4c-16g"],
  "cloudstack:compute:Instance": Object.keys(machines),
  "cloudstack:storage:DiskOffering": ["data-disk"],
  "cloudstack:storage:Volume": Object.entries(machines).flatMap(([name, { dataGib }]) =>
    dataGib === undefined ? [] : [`${name}-data`],
  ),
  "cloudstack:network:NetworkOffering": ["l2", "public-tier", "tier"],
  "cloudstack:network:Vpc": ["vpc"],
  "cloudstack:network:NetworkAclList": tiers().map((name) => `${name}-rules`),
  "cloudstack:network:Network": [...tiers().map((name) => `${name}-tier`), "gpu-storage-segment"],
  "cloudstack:network:PublicIp": ["service-edge"],
  "cloudstack:network:LoadBalancerRule": ["service-edge"],
};

function tenants(): string[] {
  return ["tenant-a", "tenant-b", "tenant-c"];
}

function tiers(): string[] {
  return ["ai", "dmz", "management", "service", ...tenants()];
}
