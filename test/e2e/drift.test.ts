import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack, type Run, type Step } from "../support/engine.ts";
import { type Drift, expectNoOthers, expectRepair } from "./drifts.ts";

let cloud: Cloud;
let stack: EngineStack;
let atFirst: unknown;

/** A second gateway: the two must not share a host, so demo-cpu gets an affinity group. */
const replicas = {
  edge: {
    machines: [{ name: "ai-gateway-02", roles: ["gateway"], zones: ["dmz", "service"], cpus: 2, memory: "4 GiB" }],
  },
};

beforeAll(async () => {
  cloud = await Cloud.start();
  stack = new EngineStack({ env: cloud.env, overrides: replicas });
  succeeded(await stack.up());
  atFirst = await limitsAtFirst();
  expect(atFirst).toBeDefined();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

function succeeded(run: Run): Run {
  expect(run.text).not.toContain("error:");
  expect(run.code).toBe(0);
  return run;
}

/** What the state says that tenant A's account was allowed before this stack. */
async function limitsAtFirst(): Promise<unknown> {
  const { deployment } = await stack.exportState();
  const limits = (deployment.resources ?? []).find(({ urn }) => urn.endsWith("ResourceLimits::tenant-a-account"));
  return limits && "outputs" in limits ? (limits.outputs as { previous?: unknown }).previous : undefined;
}

const machine = async (name: string) => (await cloud.find("listVirtualMachines", name)).id;
const platformName = (name: string) => `strata-demo-${name}`;
const domain = async (tenant: string) => (await cloud.find("listDomains", platformName(tenant))).id;

const drifts: Drift[] = [
  {
    what: "a machine stopped by hand",
    byHand: async () => cloud.by("stopVirtualMachine", { id: await machine("ai-registry-01") }),
    repairs: [{ op: "update", type: "Instance", name: "ai-registry-01", diff: ["state"] }],
  },
  {
    what: "an allow rule put into a tenant's list",
    byHand: async () => {
      const { id } = await cloud.find("listNetworkACLLists", platformName("tenant-b"));
      await cloud.by("createNetworkACL", {
        aclid: id,
        number: "5",
        action: "allow",
        traffictype: "ingress",
        protocol: "all",
        cidrlist: "10.0.20.0/24",
      });
    },
    repairs: [{ op: "update", type: "NetworkAclList", name: "tenant-b-rules", diff: ["rules"] }],
  },
  {
    what: "a denial taken out of a list",
    byHand: async () => {
      const { id } = await cloud.find("listNetworkACLLists", platformName("tenant-c"));
      const rules = await cloud.list("listNetworkACLs", { aclid: id });
      await cloud.by("deleteNetworkACL", { id: String(rules.find(({ number }) => Number(number) === 9001)?.id) });
    },
    repairs: [{ op: "update", type: "NetworkAclList", name: "tenant-c-rules", diff: ["rules"] }],
  },
  {
    what: "an offering deleted by hand, and with it what its machine is made of",
    byHand: async () => {
      const { id } = await cloud.find("listServiceOfferings", platformName("4c-16g"));
      await cloud.by("deleteServiceOffering", { id });
    },
    repairs: [
      { op: "create", type: "ServiceOffering", name: "4c-16g" },
      { op: "update", type: "Instance", name: "ai-shared-01", diff: ["serviceOfferingId"] },
    ],
  },
  {
    what: "a domain renamed",
    byHand: async () => cloud.by("updateDomain", { id: await domain("tenant-a"), name: "somebody-elses" }),
    repairs: [{ op: "update", type: "Domain", name: "tenant-a", diff: ["name"] }],
  },
  {
    what: "an account renamed",
    byHand: async () =>
      cloud.by("updateAccount", {
        id: (await cloud.find("listAccounts", platformName("tenant-a"))).id,
        newname: "theirs",
      }),
    repairs: [
      { op: "update", type: "Account", name: "tenant-a", diff: ["name"] },
      ...[
        ["ResourceLimits", "tenant-a-account"],
        ["Network", "tenant-a-tier"],
        ["Instance", "ai-a-ml-01"],
        ["Instance", "ai-a-data-01"],
        ["Volume", "ai-a-ml-01-data"],
        ["Volume", "ai-a-data-01-data"],
      ].map(([type = "", name = ""]) => ({ op: "update" as const, type, name, diff: ["account"] })),
    ],
  },
  {
    what: "an account locked",
    byHand: async () =>
      cloud.by("disableAccount", {
        account: platformName("tenant-b"),
        domainid: await domain("tenant-b"),
        lock: "true",
      }),
    repairs: [{ op: "update", type: "Account", name: "tenant-b", diff: ["state"] }],
  },
  {
    what: "an account disabled, which stops its machines",
    byHand: async () =>
      cloud.by("disableAccount", {
        account: platformName("tenant-c"),
        domainid: await domain("tenant-c"),
        lock: "false",
      }),
    repairs: [
      { op: "update", type: "Account", name: "tenant-c", diff: ["state"] },
      { op: "update", type: "Instance", name: "ai-c-ml-01", diff: ["state"] },
    ],
  },
  {
    what: "a limit raised",
    byHand: async () =>
      cloud.by("updateResourceLimit", { domainid: await domain("tenant-b"), resourcetype: "0", max: "20" }),
    repairs: [{ op: "update", type: "ResourceLimits", name: "tenant-b-domain", diff: ["limits.instances"] }],
  },
  {
    what: "a limit made unlimited",
    byHand: async () =>
      cloud.by("updateResourceLimit", {
        domainid: await domain("tenant-c"),
        account: platformName("tenant-c"),
        resourcetype: "9",
        max: "-1",
      }),
    repairs: [{ op: "update", type: "ResourceLimits", name: "tenant-c-account", diff: ["limits.memoryMib"] }],
  },
  {
    what: "a rule added to a tenant's role",
    byHand: async () => {
      const role = (await cloud.rows("listRoles")).find(({ name }) => name === platformName("tenant"));
      await cloud.by("createRolePermission", {
        roleid: String(role?.id),
        rule: "createNetworkACL",
        permission: "allow",
      });
    },
    repairs: [{ op: "update", type: "Role", name: "tenant", diff: ["permissions"] }],
  },
  {
    what: "the load balancer's rule removed",
    byHand: async () => {
      const [rule] = await cloud.list("listLoadBalancerRules");
      await cloud.by("deleteLoadBalancerRule", { id: String(rule?.id) });
    },
    repairs: [{ op: "create", type: "LoadBalancerRule", name: "service-edge" }],
  },
  {
    what: "a machine taken out of its affinity group",
    byHand: async () => {
      const id = await machine("ai-gateway-02");
      await cloud.by("stopVirtualMachine", { id });
      await cloud.by("updateVMAffinityGroup", { id, affinitygroupids: "" });
      await cloud.by("startVirtualMachine", { id });
    },
    repairs: [{ op: "update", type: "Instance", name: "ai-gateway-02", diff: ["affinityGroupIds"] }],
  },
  {
    what: "a tag with another value",
    byHand: async () => {
      const resource = { resourceids: await machine("ai-router-01"), resourcetype: "UserVm" };
      await cloud.by("deleteTags", { ...resource, "tags[0].key": "owner" });
      await cloud.by("createTags", { ...resource, "tags[0].key": "owner", "tags[0].value": "nobody" });
    },
    repairs: [{ op: "update", type: "Instance", name: "ai-router-01", diff: ["tags.owner"] }],
  },
  {
    what: "a data volume detached",
    byHand: async () => {
      const { id } = await cloud.find("listVolumes", "dqg-01-data");
      await cloud.by("detachVolume", { id });
    },
    repairs: [{ op: "update", type: "Volume", name: "dqg-01-data", diff: ["instanceId"] }],
  },
  {
    what: "a tier that got another list of rules",
    byHand: async () => {
      const [open] = await cloud.list("listNetworkACLLists", { name: "default_allow" });
      const { id } = await cloud.find("listNetworks", platformName("management"));
      await cloud.by("replaceNetworkACLList", { aclid: String(open?.id), networkid: id });
    },
    repairs: [{ op: "update", type: "Network", name: "management-tier", diff: ["aclId"] }],
  },
];

describe("what was changed by hand is found by a refresh", () => {
  let found: Step[];

  beforeAll(async () => {
    for (const { byHand } of drifts) await byHand();
    await cloud.forgetCalls();
    found = succeeded(await stack.preview("--refresh")).changes;
  });

  test.each(drifts)("$what", ({ repairs }) => {
    for (const repair of repairs) expectRepair(found, repair);
  });

  test("and nothing else", () => expectNoOthers(found, drifts));
});

test("up repairs all of it, and then there is nothing left to find", async () => {
  const run = succeeded(await stack.up("--refresh"));
  expect(run.changes.filter(({ op }) => !["create", "update", "delete"].includes(op))).toEqual([]);
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);

  // Of a renamed account it is still known what its limits were at first: `destroy` puts that back.
  expect(await limitsAtFirst()).toEqual(atFirst);

  const states = (await cloud.list("listVirtualMachines")).map(({ state }) => state);
  expect(new Set(states)).toEqual(new Set(["Running"]));
  const { id } = await cloud.find("listNetworkACLLists", platformName("tenant-b"));
  const rules = await cloud.list("listNetworkACLs", { aclid: id });
  expect(rules.map(({ number }) => Number(number)).sort((a, b) => a - b)).toEqual([400, 501, 9000, 9001]);
  const gateways = await Promise.all(
    ["ai-gateway-01", "ai-gateway-02"].map((name) => cloud.find("listVirtualMachines", name)),
  );
  expect(gateways.map(({ affinitygroup }) => (affinitygroup as Row[]).length)).toEqual([1, 1]);
  expect(new Set(gateways.map(({ hostid }) => hostid)).size).toBe(2);
});

test("a tenant's domain deleted outside is made anew with all that stood in it, and nothing else changes", async () => {
  await cloud.by("deleteDomain", { id: await domain("tenant-c"), cleanup: "true" });
  const run = succeeded(await stack.up("--refresh"));
  const made = run.changes.filter(({ op }) => op === "create").map(({ type, name }) => `${type.split(":")[2]} ${name}`);
  expect(made.sort()).toEqual([
    "Account tenant-c",
    "Domain tenant-c",
    "Instance ai-c-ml-01",
    "Network tenant-c-tier",
    "ResourceLimits tenant-c-account",
    "ResourceLimits tenant-c-domain",
    "Volume ai-c-ml-01-data",
  ]);
  expect(run.changes.filter(({ op }) => op !== "create")).toEqual([]);
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
});
