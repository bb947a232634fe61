import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resources } from "../../provider/cloudstack/registry.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack, type Run, type Step } from "../support/engine.ts";
import { type Drift, expectNoOthers, expectRepair } from "./drifts.ts";

const program = join(import.meta.dirname, "programs/every-resource");
let cloud: Cloud;
let seeded: Awaited<ReturnType<Cloud["inventory"]>>;
/** The stack that makes everything, and two that take it over in turn. */
let maker: EngineStack;
let importer: EngineStack;
let adopter: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start();
  seeded = await cloud.inventory();
  [maker, importer, adopter] = ["maker", "importer", "adopter"].map(
    (stack) => new EngineStack({ env: cloud.env, program, stack }),
  ) as [EngineStack, EngineStack, EngineStack];
});

afterAll(async () => {
  for (const stack of [maker, importer, adopter]) stack.remove();
  await cloud.close();
});

function succeeded(run: Run): Run {
  expect(run.text).not.toContain("error:");
  expect(run.code).toBe(0);
  return run;
}

/** Type, logical name and id of everything that was made. */
async function made(): Promise<{ type: string; name: string; id: string }[]> {
  const { deployment } = await maker.exportState();
  return (deployment.resources ?? []).flatMap(({ urn, type, id = "" }) =>
    type.startsWith("cloudstack:") ? [{ type, id, name: urn.slice(urn.lastIndexOf("::") + 2) }] : [],
  );
}

/** What cannot be part of this: the same is shown of each in test/provider/resources, and here where a name follows. */
const elsewhere = new Set([
  // Only Mold has them: mold.test.ts.
  "cloudstack:gpu:HostDevice",
  // The server cannot forget them, so that a destroy does not leave the cloud as it was.
  "cloudstack:gpu:GpuCard",
  "cloudstack:gpu:VgpuProfile",
  "cloudstack:gpu:GpuDevice",
  "cloudstack:infrastructure:HostHa",
  "cloudstack:infrastructure:OutOfBandManagement",
  // Nothing that an import could know leads to its key: profiles.test.ts.
  "cloudstack:storage:StoragePool",
]);

test("one resource of every kind is created, previews clean and refreshes without drift", async () => {
  const kinds = new Set(succeeded(await maker.up()).changes.map(({ type }) => type));
  const known = resources.map(({ token }) => token).filter((token) => !elsewhere.has(token));
  expect([...kinds].sort()).toEqual(known.sort());
  expect(succeeded(await maker.preview("--refresh")).changes).toEqual([]);
});

const proof = async (list: string) => (await cloud.find(list, "proof")).id;
const instance = async () => (await cloud.find("listVirtualMachines", "proof-01")).id;
const update = (command: string, list: string, params: Record<string, string>) => async () =>
  cloud.by(command, { id: await proof(list), ...params });

const drifts: Drift[] = [
  {
    what: "a domain's network domain",
    byHand: update("updateDomain", "listDomains", { networkdomain: "other.internal" }),
    repairs: [{ op: "update", type: "Domain", name: "domain", diff: ["networkDomain"] }],
  },
  {
    what: "the user of an account",
    byHand: async () => {
      const [user] = await cloud.list("listUsers", { username: "proof-user" });
      await cloud.by("updateUser", { id: String(user?.id), email: "other@example.org" });
    },
    repairs: [{ op: "update", type: "Account", name: "account", diff: ["email"] }],
  },
  {
    what: "what an offering is shown as",
    byHand: async () => {
      const { id } = await cloud.find("listServiceOfferings", "proof-size");
      await cloud.by("updateServiceOffering", { id, displaytext: "other" });
    },
    repairs: [{ op: "update", type: "ServiceOffering", name: "offering", diff: ["displayText"] }],
  },
  {
    what: "who sees a disk offering",
    byHand: async () => {
      const { id } = await cloud.find("listDiskOfferings", "proof-disk");
      await cloud.by("updateDiskOffering", { id, domainid: "public" });
    },
    repairs: [{ op: "update", type: "DiskOffering", name: "disk-offering", diff: ["domainIds"] }],
  },
  {
    what: "the text of a VPC",
    byHand: update("updateVPC", "listVPCs", { displaytext: "other" }),
    repairs: [{ op: "update", type: "Vpc", name: "vpc", diff: ["displayText"] }],
  },
  {
    what: "one rule of a list",
    byHand: async () => {
      const rules = await cloud.list("listNetworkACLs", { aclid: await proof("listNetworkACLLists") });
      const web = rules.find(({ number }) => Number(number) === 10);
      await cloud.by("updateNetworkACLItem", { id: String(web?.id), endport: "99" });
    },
    repairs: [{ op: "update", type: "NetworkAclList", name: "acl", diff: ["rules[0].endPort"] }],
  },
  {
    what: "the name of a tier",
    byHand: update("updateNetwork", "listNetworks", { name: "other" }),
    repairs: [{ op: "update", type: "Network", name: "tier", diff: ["name"] }],
  },
  {
    what: "a machine's name for display, and its protection",
    byHand: async () => cloud.by("updateVirtualMachine", { id: await instance(), displayname: "other" }),
    repairs: [{ op: "update", type: "Instance", name: "instance", diff: ["displayName"] }],
  },
  {
    what: "the name of a volume",
    byHand: async () =>
      cloud.by("updateVolume", { id: (await cloud.find("listVolumes", "proof-data")).id, name: "other" }),
    repairs: [{ op: "update", type: "Volume", name: "volume", diff: ["name"] }],
  },
  {
    what: "a schedule that keeps more",
    byHand: async () => {
      const volumeid = (await cloud.find("listVolumes", "other")).id;
      const policy = { intervaltype: "DAILY", schedule: "30:02", timezone: "Asia/Seoul", maxsnaps: "7" };
      await cloud.by("createSnapshotPolicy", { volumeid, ...policy });
    },
    repairs: [{ op: "update", type: "SnapshotPolicy", name: "policy", diff: ["maxSnapshots"] }],
  },
  {
    what: "a static NAT removed",
    byHand: async () => {
      const [nat] = await cloud.list("listPublicIpAddresses", { isstaticnat: "true" });
      await cloud.by("disableStaticNat", { ipaddressid: String(nat?.id) });
    },
    repairs: [{ op: "create", type: "StaticNat", name: "static-nat" }],
  },
  {
    what: "a port forwarding removed",
    byHand: async () => {
      const [rule] = await cloud.list("listPortForwardingRules");
      await cloud.by("deletePortForwardingRule", { id: String(rule?.id) });
    },
    repairs: [{ op: "create", type: "PortForwardingRule", name: "port" }],
  },
  {
    what: "a member taken out of a load balancer",
    byHand: async () =>
      cloud.by("removeFromLoadBalancerRule", {
        id: await proof("listLoadBalancerRules"),
        virtualmachineids: await instance(),
      }),
    repairs: [{ op: "update", type: "LoadBalancerRule", name: "balancer", diff: ["instanceIds"] }],
  },
  {
    what: "a key pair deleted",
    byHand: async () => {
      const { id } = await cloud.find("listDomains", "proof");
      await cloud.by("deleteSSHKeyPair", { name: "proof", account: "proof", domainid: id });
    },
    repairs: [{ op: "create", type: "SshKeyPair", name: "key" }],
  },
  {
    what: "a template that nobody else may use any more",
    byHand: async () => {
      const { id } = await cloud.find("listTemplates", "proof", { templatefilter: "all" });
      await cloud.by("updateTemplatePermissions", { id, ispublic: "false" });
    },
    repairs: [{ op: "update", type: "Template", name: "template", diff: ["isPublic"] }],
  },
  {
    what: "a tag removed",
    byHand: async () => {
      const [account] = await cloud.list("listAccounts", { name: "proof" });
      await cloud.by("deleteTags", {
        resourceids: String(account?.id),
        resourcetype: "Account",
        "tags[0].key": "seen",
      });
    },
    repairs: [{ op: "create", type: "Tags", name: "account-tags" }],
  },
];

describe("of what somebody changed by hand, a refresh finds", () => {
  let found: Step[];

  beforeAll(async () => {
    for (const { byHand } of drifts) await byHand();
    found = succeeded(await maker.preview("--refresh")).changes;
  });

  test.each(drifts)("$what", ({ repairs }) => {
    for (const repair of repairs) expectRepair(found, repair);
  });

  test("and nothing else", () => expectNoOthers(found, drifts));

  test("which up repairs", async () => {
    succeeded(await maker.up("--refresh"));
    expect(succeeded(await maker.preview("--refresh")).changes).toEqual([]);
  });
});

test("T#305 T#332 xanzy#40 `pulumi import` takes all of it into another stack, whose preview is clean", async () => {
  const file = join(importer.folder, "import.json");
  writeFileSync(file, JSON.stringify({ resources: await made() }));
  await importer.init();
  const words = ["--yes", "--skip-preview", "--generate-code=false", "--protect=false", "--file", file];
  const { code, text } = await importer.pulumi(...importer.words("import"), ...words);
  expect(text).not.toContain("error:");
  expect(code).toBe(0);
  expect(succeeded(await importer.preview("--refresh")).changes).toEqual([]);
});

test("the `import` option takes all of it, and nothing is left behind by a destroy", async () => {
  const things = await made();
  adopter.env = { ...cloud.env, ADOPT: JSON.stringify(Object.fromEntries(things.map(({ name, id }) => [name, id]))) };
  const { steps } = succeeded(await adopter.up());
  expect(steps).toEqual({ import: things.length });

  adopter.env = cloud.env;
  expect(succeeded(await adopter.preview("--refresh")).changes).toEqual([]);
  succeeded(await adopter.destroy());
  const { settings: settingsLeft, ...left } = await cloud.inventory();
  const { settings: _, ...before } = seeded;
  expect(left).toEqual(before);
  // Who has not changed it cannot know what it was before: an adopted setting stays as it is.
  expect(settingsLeft).toMatchObject([{ name: "vpc.max.networks", value: "7" }]);
});
