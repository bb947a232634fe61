import { describe, expect, test } from "vitest";
import type { Rule } from "../../policies/core/rule.ts";
import { type Description, subjectOf } from "../../policies/core/subject.ts";
import { noUsers } from "../../policies/core/world.ts";
import { types } from "../../policies/model/types.ts";
import tlsTermination from "../../policies/rules/encryption/tls-termination.ts";
import accountHome from "../../policies/rules/isolation/account-home.ts";
import edgeInward from "../../policies/rules/isolation/edge-inward.ts";
import knownMakers from "../../policies/rules/isolation/known-makers.ts";
import management from "../../policies/rules/isolation/management.ts";
import noBridge from "../../policies/rules/isolation/no-bridge.ts";
import oneKey from "../../policies/rules/isolation/one-key.ts";
import plainSecrets from "../../policies/rules/isolation/plain-secrets.ts";
import poolOwner from "../../policies/rules/isolation/pool-owner.ts";
import publicExposure from "../../policies/rules/isolation/public-exposure.ts";
import rawDevices from "../../policies/rules/isolation/raw-devices.ts";
import resourceOptions from "../../policies/rules/isolation/resource-options.ts";
import roleRights from "../../policies/rules/isolation/role-rights.ts";
import templateOwner from "../../policies/rules/isolation/template-owner.ts";
import userDataOwner from "../../policies/rules/isolation/user-data-owner.ts";
import volumeOwner from "../../policies/rules/isolation/volume-owner.ts";
import { type Allow, changed, cloud, landscape, list, machine, owned, thing, urn } from "./landscape.ts";
import { judge, unknown } from "./rule-test.ts";

/**
 * What somebody would add who wants one tenant's data for another, or for himself, and knows the rules: each is a line
 * or two, and each says nothing that looks wrong. Beside them what a site may do.
 */
type Case = [what: string, rule: Rule, resources: Description[], named: string];

const more = (...resources: Description[]): Description[] => [...landscape(), ...resources];
const permitted = (rule: string) =>
  more(
    thing("role", "r", {
      type: "User",
      permissions: [
        { rule, permission: "allow" },
        { rule: "*", permission: "deny" },
      ],
    }),
  );
const account = (props: Record<string, unknown>, roles: string[] = []) =>
  more(
    thing(
      "account",
      "c",
      { name: "strata-tenant-c", domainId: unknown, ...props },
      { domainId: [urn("domain", "a")], roleId: roles.map((role) => urn("role", role)) },
    ),
  );
const details = (type: "serviceOffering" | "template", entries: object) => more(thing(type, "d", { details: entries }));
const into = (name: string, allow: Omit<Allow, "direction">) =>
  changed({ [`aclList ${name}`]: { rules: list("x", [{ direction: "ingress", ...allow }]).props?.rules } });

const cephKey = `AQ${"A".repeat(36)}==`;
const takenOver = (former: string) =>
  more({ ...thing("volume", "ai-a-data-01-data", owned("a")), aliases: [`urn:pulumi:s::strata::t::${former}`] });

const domain = (name: string, provider?: Record<string, unknown>): Description => ({
  ...thing("domain", name),
  ...(provider && { provider }),
});

const found: Case[] = [
  ["an account of the kind's own role", roleRights, account({ accountType: "user" }), "c"],
  [
    "a domain administrator's account of the kind's own role",
    roleRights,
    account({ accountType: "domain-admin" }),
    "c",
  ],
  ...[
    "extractVolume",
    "updateTemplatePermissions",
    "createNetworkPermissions",
    "deleteNetworkACL",
    "moveNetworkAclItem",
    "createStaticRoute",
    "createPrivateGateway",
    "createRemoteAccessVpn",
    "createVpnConnection",
    "assignToLoadBalancerRule",
    "createEgressFirewallRule",
    "listGpuDevices",
    "createKubernetesCluster",
    "createProject",
    "list*",
  ].map((command): Case => [`tenants may ${command}`, roleRights, permitted(command), "r"]),
  [
    "cards by an offering's details, which no limit counts",
    rawDevices,
    details("serviceOffering", { pciDevice: "Group of NVIDIA", vgpuType: "passthrough" }),
    "d",
  ],
  ["a definition by an offering's details", rawDevices, details("serviceOffering", { "extraconfig-1": "x" }), "d"],
  ["a definition by a template's details", rawDevices, details("template", { ExtraConfig: "x" }), "d"],
  ["a gateway with a leg in the management zone", noBridge, more(machine("x", ["dmz", "management"])), "x"],
  ["a gateway with a leg in the AI zone", noBridge, more(machine("x", ["dmz", "ai"])), "x"],
  ["the gate with a leg in the management zone", noBridge, more(machine("x", ["ai", "management"])), "x"],
  ...(["displayText", "description", "displayName", "name", "group"] as const).map(
    (property): Case => [
      `B's Ceph key as the ${property} of what everybody sees`,
      plainSecrets,
      more({ ...thing("diskOffering", "d", { [property]: "any" }), secrets: [`/${property}`] }),
      "d",
    ],
  ),
  [
    "a Ceph key in an offering's words",
    plainSecrets,
    more(thing("serviceOffering", "d", { displayText: cephKey })),
    "d",
  ],
  [
    "a Ceph key in the reason of a rule",
    plainSecrets,
    changed({ "aclList b": { rules: [{ number: 1, description: cephKey }] } }),
    "b",
  ],
  [
    "a password in an image's address",
    plainSecrets,
    more(thing("template", "t", { url: "https://city:correct-horse@images.internal/u.qcow2" })),
    "t",
  ],
  [
    "a list's rules ignored, in another spelling",
    resourceOptions,
    more({ ...list("z", []), ignoreChanges: ['["rules"][0]'] }),
    "z",
  ],
  [
    "B's volume becomes A's by the name of its machine",
    resourceOptions,
    takenOver("ai-b-data-01-data"),
    "ai-a-data-01-data",
  ],
  [
    "a second key by another spelling of the server",
    oneKey,
    more(thing("cloudstackProvider", "spy", { ...cloud, apiUrl: "HTTP://127.0.0.1:9/client/api/", apiKey: "two" })),
    "spy",
  ],
  [
    "B's key pair on A's machine",
    userDataOwner,
    changed({ "instance a-train": { keyPairs: ["tenant-b-operators"] } }),
    "a-train",
  ],
  ["A's pool in B's folder", poolOwner, changed({ "storagePool a": { path: "/volumes/tenant-b/disks" } }), "a"],
  ["A's pool in B's file system", poolOwner, changed({ "storagePool a": { fileSystem: "tenant-b" } }), "a"],
  [
    "A's disk as an image of the platform's",
    templateOwner,
    more(thing("template", "tenant-a-disk", { isPublic: true })),
    "tenant-a-disk",
  ],
  [
    "SSH of the gateways on the public port",
    publicExposure,
    changed({ "loadBalancer api": { privatePort: 22 } }),
    "api",
  ],
  [
    "and by a range of ports",
    publicExposure,
    more(thing("portForwarding", "f", { publicPort: 443, privatePort: 20, privateEndPort: 30 })),
    "f",
  ],
  [
    "plain HTTP forwarded",
    tlsTermination,
    more(thing("portForwarding", "f", { publicPort: 443, privatePort: 8080 })),
    "f",
  ],
  [
    "A's root disk in B's pool",
    volumeOwner,
    more(thing("serviceOffering", "of-b", { storageTags: ["strata-tenant-b"] }), {
      ...machine("x", ["a"], { ...owned("a"), serviceOfferingId: unknown }),
      dependencies: { domainId: [urn("domain", "a")], serviceOfferingId: [urn("serviceOffering", "of-b")] },
    }),
    "x",
  ],
  ["a domain that reads as another tenant's", accountHome, more(domain("strata-tenant-a-two")), "strata-tenant-a-two"],
  ["a domain that poses as the platform's", accountHome, more(domain("root")), "root"],
  ["any protocol by its number", management, into("ai", { cidr: "10.0.1.0/24", protocol: "0" }), "ai"],
  ["SSH by TCP's number", management, into("ai", { cidr: "10.0.1.0/24", protocol: "006", port: 22 }), "ai"],
];

describe("found", () => {
  test.each(found)("%s", async (_, rule, resources, named) => {
    const { violations, korean } = await judge(rule, resources);
    expect(violations.map((text) => text.slice(0, text.indexOf(":")))).toContain(named);
    expect(korean.every((text) => /[가-힣]/.test(text))).toBe(true);
  });
});

const fine: [what: string, rule: Rule, resources: Description[]][] = [
  ["a fourth tenant's account with the tenants' role", roleRights, account({ roleId: unknown }, ["tenant"])],
  ["an administrator of the platform's", roleRights, more(thing("account", "admin", { accountType: "root-admin" }))],
  ...["rebootVirtualMachine", "createSnapshot", "attachVolume", "listVirtualMachines"].map(
    (command): (typeof fine)[number] => [`tenants may ${command}`, roleRights, permitted(command)],
  ),
  ["a template's disk controller", rawDevices, details("template", { rootDiskController: "virtio" })],
  ["a machine of a tenant's in two of its networks", noBridge, more(machine("x", ["a", "a"], owned("a")))],
  [
    "components of ours, keys by chance and another stack's outputs",
    knownMakers,
    more(
      { type: "city:index:Portal", name: "c", props: {} },
      { type: "random:index/randomBytes:RandomBytes", name: "r", props: {}, provider: {} },
      { type: "pulumi:pulumi:StackReference", name: "s", props: {}, provider: {} },
    ),
  ],
  ["a machine of A's that carries on another of A's", resourceOptions, takenOver("ai-a-ml-01-data")],
  [
    "the same tenant at another site",
    accountHome,
    more({ ...domain("strata-tenant-a-busan", { ...cloud, apiUrl: "https://busan.internal/client/api" }) }),
  ],
  ["a tenant's domain of a longer name", accountHome, more(domain("strata-tenant-suwon-city"))],
  ["the gateway asks the router through the VPC", edgeInward, into("service", { cidr: "10.0.1.0/24", port: 8080 })],
  ["the gateways listen on 8443", publicExposure, changed({ "loadBalancer api": { privatePort: 8443 } })],
  ["words in Korean", plainSecrets, more(thing("diskOffering", "d", { displayText: "데이터 볼륨 (비밀번호: 없음)" }))],
  ["A's own folder", poolOwner, changed({ "storagePool a": { path: "/volumes/tenant-a", fileSystem: "ai" } })],
  [
    "A's own key pair",
    userDataOwner,
    changed({ "instance a-train": { keyPairs: ["tenant-a-operators", "operators"] } }),
  ],
  ["ping from the DMZ", management, into("ai", { cidr: "10.0.1.0/24", protocol: "icmp" })],
];

test.each(fine)("nothing is found: %s", async (_, rule, resources) => {
  const { violations, undecided } = await judge(rule, resources);
  expect([...violations, ...undecided]).toEqual([]);
});

test("an account with a role of the server's own is judged by what that role may", async () => {
  const role = (permission: string) =>
    subjectOf({
      type: types.role,
      name: "r",
      props: { name: "r", type: "User", permissions: [{ rule: "*", permission }] },
    });
  const said = async (permission: string) => {
    const lookUp = { find: async () => role(permission), users: async () => noUsers };
    return (await judge(roleRights, [thing("account", "c", { name: "strata-tenant-c", roleId: "42" })], { lookUp }))
      .violations;
  };
  expect(await said("allow")).toEqual([expect.stringMatching(/^c: role r allows \d+ commands/)]);
  expect(await said("deny")).toEqual([]);
});
