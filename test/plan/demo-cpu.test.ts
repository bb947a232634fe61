import { describe, expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import type { AclRule } from "../../src/plan/acl.ts";
import { planProfile } from "../../src/plan/plan.ts";

const plan = planProfile(loadProfile({ profile: "demo-cpu" }));
const zones = [...plan.network.zones, ...plan.tenants.flatMap(({ zone }) => zone ?? [])];
const machines = [...plan.tenants, plan.gate, plan.sharedAi, plan.edge].flatMap((layer) => layer.machines);

test("demo-cpu is the document's: 11 machines, 24 vCPU, 76 GiB, no GPU (P8)", () => {
  expect(plan.totals).toEqual({ vms: 11, vcpus: 24, memoryGiB: 76, gpuCards: 0 });
  expect(Object.fromEntries(machines.map(({ name, size }) => [name, size]))).toEqual({
    "ai-a-ml-01": "2c-8g",
    "ai-a-data-01": "2c-4g",
    "ai-b-ml-01": "2c-8g",
    "ai-b-data-01": "2c-4g",
    "ai-c-ml-01": "2c-8g",
    "dqg-01": "2c-8g",
    "ai-shared-01": "4c-16g",
    "ai-registry-01": "2c-4g",
    "ai-storage-01": "2c-8g",
    "ai-gateway-01": "2c-4g",
    "ai-router-01": "2c-4g",
  });
});

test("all storage together stays within the document's 1 TB", () => {
  const roots = machines.reduce((sum, { rootDiskGib }) => sum + rootDiskGib, 0);
  const data = machines.reduce((sum, machine) => sum + (machine.data?.sizeGib ?? 0), 0);
  const headroom = plan.tenants.reduce((sum, { limits }) => sum + limits.primaryStorageGib, 0);
  expect(roots + data).toBeLessThan(1024);
  expect(headroom).toBe(260 + 5 * 20);
});

test("the eight zones have their VLANs and networks (P7)", () => {
  expect(zones.map(({ vlan, cidr, kind }) => [vlan, cidr, kind])).toEqual([
    [10, "10.0.1.0/24", "tier"],
    [50, "10.0.5.0/25", "tier"],
    [55, "10.0.5.128/25", "tier"],
    [60, "10.0.6.0/24", "l2"],
    [100, "10.0.100.0/24", "tier"],
    [20, "10.0.20.0/24", "tier"],
    [21, "10.0.21.0/24", "tier"],
    [22, "10.0.22.0/24", "tier"],
  ]);
});

test("machines have the fixed addresses of P7 and lasting ones by role elsewhere", () => {
  expect(Object.fromEntries(machines.map(({ name, legs }) => [name, legs.map(({ address }) => address)]))).toEqual({
    "ai-a-ml-01": ["10.0.20.8"],
    "ai-a-data-01": ["10.0.20.32"],
    "ai-b-ml-01": ["10.0.21.8"],
    "ai-b-data-01": ["10.0.21.32"],
    "ai-c-ml-01": ["10.0.22.8"],
    "dqg-01": ["10.0.5.40"],
    "ai-shared-01": ["10.0.5.16", "10.0.6.16"],
    "ai-registry-01": ["10.0.5.64"],
    "ai-storage-01": ["10.0.5.72", "10.0.6.72"],
    "ai-gateway-01": ["10.0.1.80", "10.0.5.131"],
    "ai-router-01": ["10.0.5.130"],
  });
});

test("a tenant may use what it is given and no more (P1.7)", () => {
  const [a, , c] = plan.tenants.map(({ limits }) => limits);
  expect(a).toEqual({ instances: 2, volumes: 4, cpus: 4, memoryMib: 12_288, primaryStorageGib: 140, gpus: 0 });
  expect(c).toEqual({ instances: 1, volumes: 2, cpus: 2, memoryMib: 8192, primaryStorageGib: 80, gpus: 0 });
});

test("no replicas, so nothing to keep apart", () => {
  expect([...plan.groups, ...plan.tenants.flatMap(({ groups }) => groups)]).toEqual([]);
});

describe("the flow table as rules", () => {
  const rulesOf = (key: string) => {
    const zone = zones.find((candidate) => candidate.key === key);
    return zone?.kind === "tier" ? zone.rules.map(line) : undefined;
  };
  const denied = ["9000 deny all in 0.0.0.0/0", "9001 deny all out 0.0.0.0/0"];
  const serving = Array.from({ length: 16 }, (_, slot) => `10.0.${16 + slot}.8/29`).join(" ");

  test.each([
    ["dmz", ["100 allow 443 in 0.0.0.0/0", "700 allow 22 in 10.0.100.0/24", "710 allow 9100 in 10.0.100.0/24"]],
    [
      "ai",
      [
        "300 allow 8080 in 10.0.5.130/32",
        "500 allow 443 in 10.0.16.0/20",
        "700 allow 22 in 10.0.100.0/24",
        "710 allow 9100 in 10.0.100.0/24",
      ],
    ],
    [
      "service",
      [
        "301 allow 8080 out 10.0.5.16/32",
        `401 allow 8080 out ${serving}`,
        "700 allow 22 in 10.0.100.0/24",
        "710 allow 9100 in 10.0.100.0/24",
      ],
    ],
    [
      "management",
      [
        "701 allow 22 out 10.0.1.0/24 10.0.5.0/25 10.0.5.128/25",
        "711 allow 9100 out 10.0.1.0/24 10.0.5.0/25 10.0.5.128/25",
      ],
    ],
    ["tenant-a", ["400 allow 8080 in 10.0.5.130/32", "501 allow 443 out 10.0.5.40/32"]],
    ["tenant-b", ["400 allow 8080 in 10.0.5.130/32", "501 allow 443 out 10.0.5.40/32"]],
    ["tenant-c", ["400 allow 8080 in 10.0.5.130/32", "501 allow 443 out 10.0.5.40/32"]],
  ])("at %s", (key, allowed) => {
    expect(rulesOf(key)).toEqual([...allowed, ...denied]);
  });
});

function line({ number, action, protocol, trafficType, cidrs, startPort, endPort }: AclRule): string {
  expect(endPort).toBe(startPort);
  return `${number} ${action} ${startPort ?? protocol} ${trafficType === "ingress" ? "in" : "out"} ${cidrs.join(" ")}`;
}
