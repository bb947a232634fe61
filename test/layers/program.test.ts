import { beforeAll, describe, expect, test } from "vitest";
import { QualityGate } from "../../src/layers/quality-gate.ts";
import { ServiceEdge } from "../../src/layers/service-edge.ts";
import { SharedGpuPool } from "../../src/layers/shared-gpu-pool.ts";
import { TenantEnclave } from "../../src/layers/tenant-enclave.ts";
import { layFoundation } from "../../src/parts/foundation.ts";
import { findSite } from "../../src/parts/site.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { ofType, type Registered, record } from "./record.ts";

/** What src/index.ts does, for a given plan. */
async function build(plan: Plan): Promise<void> {
  const foundation = layFoundation(plan, await findSite(plan), undefined);
  for (const tenant of plan.tenants) new TenantEnclave(tenant.name, { plan: tenant, foundation });
  new QualityGate("quality-gate", { plan: plan.gate, foundation });
  new SharedGpuPool("shared-gpu-pool", { plan: plan.sharedAi, foundation });
  new ServiceEdge("service-edge", { plan: plan.edge, foundation });
}

describe("demo-cpu", () => {
  let registered: Registered[];
  beforeAll(async () => {
    registered = await record({}, build);
  });

  test("is these resources, by type", () => {
    const counts: Record<string, number> = {};
    for (const { type } of registered) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual({
      "strata:layer:TenantEnclave": 3,
      "strata:layer:QualityGate": 1,
      "strata:layer:SharedGpuPool": 1,
      "strata:layer:ServiceEdge": 1,
      "strata:part:Catalogue": 1,
      "strata:part:PlatformNetwork": 1,
      "strata:part:Zone": 8,
      "strata:part:Machines": 6,
      "cloudstack:compute:ServiceOffering": 3,
      "cloudstack:storage:DiskOffering": 1,
      "cloudstack:network:NetworkOffering": 3,
      "cloudstack:identity:Role": 1,
      "cloudstack:network:Vpc": 1,
      "cloudstack:network:NetworkAclList": 7,
      "cloudstack:network:Network": 8,
      "cloudstack:identity:Domain": 3,
      "cloudstack:identity:Account": 3,
      "cloudstack:identity:ResourceLimits": 6,
      "random:index/randomPassword:RandomPassword": 3,
      "cloudstack:compute:Instance": 11,
      "cloudstack:storage:Volume": 9,
      "cloudstack:network:PublicIp": 1,
      "cloudstack:network:LoadBalancerRule": 1,
    });
  });

  test("limits count GPUs where the server does, and leave them out where it knows no such kind (P1.7)", async () => {
    const kinds = (all: readonly Registered[]) =>
      ofType(all, "cloudstack:identity:ResourceLimits").map(({ inputs }) =>
        Object.keys(inputs.limits as object).sort(),
      );
    const others = ["cpus", "instances", "memoryMib", "primaryStorageGib", "volumes"];
    expect(kinds(registered)).toEqual(Array(6).fill([...others, "gpus"].sort()));
    expect(kinds(await record({}, build, {}))).toEqual(Array(6).fill(others));
  });

  test("has every name once for its type", () => {
    const names = registered.map(({ type, name }) => `${type} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test("gives tenants what is theirs and keeps the rest", () => {
    const owners = [
      ...ofType(registered, "cloudstack:compute:Instance"),
      ...ofType(registered, "cloudstack:storage:Volume"),
    ].map(({ name, inputs }) => [name, inputs.account]);
    for (const [name, account] of owners) {
      const [, tenant] = /^ai-([abc])-/.exec(String(name)) ?? [];
      expect([name, account]).toEqual([name, tenant && `strata-demo-tenant-${tenant}`]);
    }
    const tiers = ofType(registered, "cloudstack:network:Network").map(({ inputs }) => [inputs.vlan, inputs.account]);
    expect(Object.fromEntries(tiers)).toMatchObject({
      20: "strata-demo-tenant-a",
      21: "strata-demo-tenant-b",
      22: "strata-demo-tenant-c",
    });
    expect(tiers.filter(([, account]) => account === undefined)).toHaveLength(5);
  });

  test("tags what tenants own with the tenant", () => {
    const instance = registered.find(
      ({ type, name }) => type === "cloudstack:compute:Instance" && name === "ai-b-data-01",
    );
    expect(instance?.inputs.tags).toEqual({
      env: "demo",
      layer: "tenant-enclave",
      owner: "platform-admin",
      "data-class": "sensitive",
      tenant: "b",
    });
  });

  test("lets no rule stand that is not its own", () => {
    const lists = ofType(registered, "cloudstack:network:NetworkAclList");
    expect(lists.map(({ inputs }) => inputs.exclusive)).toEqual(lists.map(() => true));
  });

  test("gives addresses to cards in tiers and lets guests set those on layer 2", () => {
    const storage = registered.find(
      ({ type, name }) => type === "cloudstack:compute:Instance" && name === "ai-storage-01",
    );
    expect(storage?.inputs.nics).toEqual([
      { networkId: "ai-tier (id)", ipAddress: "10.0.5.72" },
      { networkId: "gpu-storage-segment (id)", macAddress: "06:00:0a:00:06:48" },
    ]);
  });

  test("passes the public address's port 443 to the gateway in the DMZ, in turn", () => {
    expect(ofType(registered, "cloudstack:network:LoadBalancerRule").map(({ inputs }) => inputs)).toMatchObject([
      {
        networkId: "dmz-tier (id)",
        algorithm: "roundrobin",
        publicPort: 443,
        privatePort: 443,
        instanceIds: ["ai-gateway-01 (id)"],
      },
    ]);
  });

  test("keeps secrets out of what components say of themselves", () => {
    const said = registered.filter(({ type }) => type.startsWith("strata:")).map(({ inputs }) => inputs);
    expect(said.filter((inputs) => Object.keys(inputs).length > 0)).toEqual([
      { tenant: "a" },
      { tenant: "b" },
      { tenant: "c" },
    ]);
  });

  test("leaves data destroyable", () => {
    for (const { inputs } of ofType(registered, "cloudstack:storage:Volume"))
      expect(inputs.deleteProtection).toBe(false);
  });
});

test("replicas get one strict anti-affinity group; whoever stands alone gets none", async () => {
  const second = { roles: ["router"], zones: ["service"], cpus: 2, memory: "4 GiB" };
  const registered = await record({ edge: { machines: { "ai-router-02": second } } }, build);
  expect(ofType(registered, "cloudstack:compute:AffinityGroup").map(({ inputs }) => inputs)).toMatchObject([
    { name: "strata-demo-router", type: "host anti-affinity" },
  ]);
  const grouped = ofType(registered, "cloudstack:compute:Instance").filter(({ inputs }) => inputs.affinityGroupIds);
  expect(grouped.map(({ name, inputs }) => [name, inputs.affinityGroupIds])).toEqual([
    ["ai-router-01", ["platform-strata-demo-router (id)"]],
    ["ai-router-02", ["platform-strata-demo-router (id)"]],
  ]);
});

test("tenants with replicas of the same role have a group each, of their own", async () => {
  const second = (name: string) => ({ machines: { [name]: { roles: ["data"], cpus: 2, memory: "4 GiB" } } });
  const overrides = { tenants: { a: second("ai-a-data-02"), b: second("ai-b-data-02") } };
  const groups = ofType(await record(overrides, build), "cloudstack:compute:AffinityGroup");
  expect(groups.map(({ name, inputs }) => [name, inputs.name])).toEqual([
    ["tenant-a-strata-demo-data", "strata-demo-data"],
    ["tenant-b-strata-demo-data", "strata-demo-data"],
  ]);
});

test("a profile may protect its data", async () => {
  const registered = await record({ platform: { protectData: true } }, build);
  for (const { inputs } of ofType(registered, "cloudstack:storage:Volume")) expect(inputs.deleteProtection).toBe(true);
});

test("a machine in one tier waits for the tiers of those beside it that stand in several", async () => {
  const names = (await record({}, build, undefined, "dmz-tier")).map(({ name }) => name);
  expect(names.indexOf("ai-router-01")).toBeGreaterThan(names.indexOf("dmz-tier"));
  // Who has nothing to do with that tier does not wait for it.
  expect(names.indexOf("ai-registry-01")).toBeLessThan(names.indexOf("dmz-tier"));
});
