import { unknownValue } from "../../policies/core/sdk.ts";
import { types } from "../../policies/model/types.ts";
import { changeRule, type Mutation, point, set, tag } from "./mutations-edits.ts";
import { type Platform, refer } from "./mutations-platform.ts";

const stackType = (platform: Platform, type: string) => platform.resources.filter((one) => one.type === type);

/** As a transform of the stack would change every resource of a type. */
function transform(type: string, change: (props: Record<string, unknown>) => void): (platform: Platform) => void {
  return (platform) => {
    const all = stackType(platform, type);
    if (all.length === 0) throw new Error(`the program makes no ${type}`);
    for (const { props } of all) change(props);
  };
}

/** Lets a resource come before the program's own, as its user needs it. */
function first(platform: Platform): void {
  platform.resources.unshift(...platform.resources.splice(-1));
}

/** Sets inputs that are made of what a preview does not know. */
function later(type: string, name: string, props: Record<string, unknown>): (platform: Platform) => void {
  return (platform) => {
    const open = Object.keys(props).map((property) => [property, unknownValue]);
    Object.assign(platform.get(type, name).props, platform.isPreview ? Object.fromEntries(open) : props);
  };
}

/** Written beside our components, or by options and keys that they do not use. */
const raw: Mutation[] = [
  {
    edit: "tenants' role allows everything",
    rule: "isolation-role-rights",
    change: set(types.role, "tenant", { permissions: [{ rule: "*", permission: "allow" }] }),
  },
  {
    edit: "tenants' role forgets the denial and is a domain administrator's",
    rule: "isolation-role-rights",
    program: "tagging",
    change: set(types.role, "tenant", { type: "DomainAdmin", permissions: [{ rule: "list*", permission: "allow" }] }),
  },
  {
    edit: "A's account in B's domain",
    rule: "isolation-account-home",
    change: point(types.account, "tenant-a", "domainId", [types.domain, "tenant-b"]),
  },
  {
    edit: "B's domain below A's",
    rule: "isolation-account-home",
    change: point(types.domain, "tenant-b", "parentDomainId", [types.domain, "tenant-a"]),
  },
  {
    edit: "C's account is a root administrator's",
    rule: "isolation-account-home",
    program: "tagging",
    change: set(types.account, "tenant-c", { roleId: undefined, accountType: "root-admin" }),
  },
  {
    edit: "tiers without lists of rules are offered",
    rule: "isolation-network-offering",
    change: set(types.networkOffering, "tier", { services: { Dhcp: "VpcVirtualRouter" } }),
  },
  {
    edit: "a second provider with A's key",
    rule: "isolation-one-key",
    change(platform) {
      const { apiUrl } = platform.get(types.cloudstackProvider, "default").props;
      platform.add(types.cloudstackProvider, "tenant-a", { apiUrl, apiKey: "of tenant A" });
    },
  },
  {
    edit: "a dynamic resource, which is whatever its code does",
    rule: "isolation-known-makers",
    program: "tagging",
    change: (platform) => void platform.add("pulumi-nodejs:dynamic:Resource", "open-port", {}),
  },
  {
    edit: "the API without a log-in",
    rule: "isolation-server-settings",
    program: "tagging",
    change: (platform) => void platform.add(types.setting, "api", { name: "integration.api.port", value: "8096" }),
  },
  {
    edit: "B's machine from an image of A's disk",
    rule: "isolation-template-owner",
    change(platform) {
      const checksum = `{SHA-256}${"0".repeat(64)}`;
      const image = platform.add(types.template, "image", {
        name: "a-disk",
        account: "strata-tenant-a",
        url: "https://images.ai.internal/a-disk-1.qcow2",
        checksum,
      });
      first(platform);
      const machine = platform.get(types.instance, "ai-b-data-01");
      [machine.props.templateId] = refer(machine, "templateId", image);
    },
  },
  {
    edit: "B's folder in A's group of files",
    rule: "isolation-subvolume",
    change: (platform) =>
      void platform.add(types.subvolume, "b", {
        filesystem: "ai-training-data",
        group: "tenant-a",
        name: "tenant-b-raw",
        namespaceIsolated: true,
        sizeGib: 10,
      }),
  },
  {
    edit: "root disks in any pool",
    rule: "isolation-untagged-storage",
    change: set(types.serviceOffering, "2c-4g", { storageTags: undefined }),
  },
  {
    edit: "a router of A's own",
    rule: "isolation-one-router",
    change: (platform) =>
      void platform.add(types.vpc, "a", { name: "tenant-a", account: "strata-tenant-a", cidr: "10.9.0.0/16" }),
  },
  {
    edit: "a network with a router outside the VPC",
    rule: "isolation-tier-acl",
    change: (platform) =>
      void platform.add(types.network, "lab", {
        name: "strata-lab",
        account: "strata-tenant-a",
        vlan: 30,
        gateway: "10.0.30.1",
        netmask: "255.255.255.0",
      }),
  },
  {
    edit: "a card of the host in A's machine by its definition",
    rule: "isolation-raw-devices",
    change: set(types.instance, "ai-a-train-01", { details: { "extraconfig-1": "%3Chostdev%2F%3E" } }),
  },
  {
    edit: "a device of Mold more than A may have",
    rule: "quota-tenant-within-limits",
    change(platform) {
      const device = platform.add(types.hostDevice, "more", { hostId: "gpu-1", busAddresses: ["0000:65:00.0"] });
      [device.props.instanceId] = refer(device, "instanceId", platform.get(types.instance, "ai-a-data-01"));
    },
  },
  {
    edit: "A's machine of a custom size, as large as it likes",
    rule: "quota-tenant-within-limits",
    change(platform) {
      const { props, dependencies } = platform.get(types.instance, "ai-a-data-01");
      props.serviceOfferingId = "custom (id)";
      dependencies.serviceOfferingId = [];
      props.details = { cpuNumber: "64", memory: "262144" };
    },
  },
  {
    edit: "higher limits for A in a second resource",
    rule: "quota-limits-once",
    change(platform) {
      const { props } = platform.get(types.limits, "tenant-a-account");
      const limits = { ...(props.limits as object), cpus: 800 };
      const more = platform.add(types.limits, "more", { account: props.account, limits });
      [more.props.domainId] = refer(more, "domainId", platform.get(types.domain, "tenant-a"));
    },
  },
  {
    edit: "a folder of files without an end",
    rule: "quota-ceph-limited",
    change: set(types.subvolumeGroup, "training-data", { sizeGib: 0 }),
  },
  {
    edit: "cephx: A may write B's files",
    rule: "isolation-ceph-caps",
    change(platform) {
      const { props } = platform.get(types.cephUser, "tenant-a");
      props.caps = { ...(props.caps as object), mds: "allow rw path=/volumes/tenant-b" };
    },
  },
  {
    edit: "A out to the registry by its own address",
    rule: "isolation-gate-address",
    change: changeRule("tenant-a-rules", 501, { cidrs: ["10.0.5.64/32"] }),
  },
  {
    edit: "a gateway that calls itself shared AI, in the network of approved data",
    rule: "isolation-approved-data",
    change(platform) {
      const gateway = platform.get(types.instance, "ai-gateway-01");
      const networks = ["dmz-tier", "gpu-storage-segment"].map((name) => platform.get(types.network, name));
      gateway.props.nics = refer(gateway, "nics", ...networks).map((networkId) => ({ networkId }));
      tag(types.instance, "ai-gateway-01", { layer: "shared-ai" })(platform);
    },
  },
  {
    edit: "a host that nobody watches",
    rule: "availability-host-ha",
    program: "tagging",
    change: (platform) => void platform.add(types.hostHa, "h1", { hostId: "h1", enabled: false }),
  },
  {
    edit: "machines larger than the hosts that are left",
    rule: "availability-survives-host",
    change: set(types.serviceOffering, "2c-8g", { memoryMib: 262_144 }),
  },
];

/** By what the engine knows besides inputs, by tags, and by changes of everything at once. */
const sly: Mutation[] = [
  {
    edit: "changes of A's list of rules are ignored",
    rule: "isolation-resource-options",
    change(platform) {
      platform.get(types.aclList, "tenant-a-rules").ignoreChanges = ["rules[0]"];
    },
  },
  {
    edit: "B's volume takes over A's by an alias",
    rule: "isolation-resource-options",
    change(platform) {
      const alias = "urn:pulumi:test::strata::cloudstack:storage:Volume::strata-tenant-a-data";
      platform.get(types.volume, "ai-b-data-01-data").aliases = [alias];
    },
  },
  {
    edit: "A's volume says that it is a demonstration's",
    rule: "hygiene-tags-agree",
    change: tag(types.volume, "ai-a-data-01-data", { env: "demo" }),
  },
  {
    edit: "A's machine is tagged as B's from outside",
    rule: "hygiene-tags-agree",
    change(platform) {
      const laid = platform.add(types.tags, "b", { resourceType: "UserVm", tags: { tenant: "b" } });
      laid.props.resourceIds = refer(laid, "resourceIds", platform.get(types.instance, "ai-a-train-01"));
    },
  },
  {
    edit: "a network of A's by its tag, in nobody's account",
    rule: "isolation-shared-tier",
    change(platform) {
      const lab = platform.add(types.network, "lab", { name: "strata-lab", vlan: 30 });
      lab.props.tags = { ...(lab.props.tags as object), tenant: "a" };
    },
  },
  {
    edit: "a machine of B's own account called admin, in the AI zone",
    rule: "isolation-nic-own-zone",
    change(platform) {
      const machine = platform.get(types.instance, "ai-registry-01");
      machine.props.account = "admin";
      [machine.props.domainId] = refer(machine, "domainId", platform.get(types.domain, "tenant-b"));
      // A machine is made after the domain that it names.
      platform.resources.push(...platform.resources.splice(platform.resources.indexOf(machine), 1));
    },
  },
  {
    edit: "A's machine in A's account of B's domain",
    rule: "isolation-account-home",
    change: point(types.instance, "ai-a-data-01", "domainId", [types.domain, "tenant-b"]),
  },
  {
    edit: "the AI zone is open to a whole domain",
    rule: "isolation-shared-tier",
    change: set(types.network, "ai-tier", { aclType: "domain", subdomainAccess: true }),
  },
  {
    edit: "a transform takes the account off every machine",
    rule: "isolation-tag-owner",
    change: transform(types.instance, (props) => {
      delete props.account;
      delete props.domainId;
    }),
  },
  {
    edit: "a transform opens every list to the world",
    rule: "isolation-world-egress",
    program: "tagging",
    change: transform(types.aclList, (props) => {
      const rule = { number: 1, action: "allow", trafficType: "egress", protocol: "all", cidrs: ["0.0.0.0/0"] };
      props.rules = [{ ...rule, description: "updates" }, ...(props.rules as object[])];
    }),
  },
  {
    edit: "a transform leaves rules by hand in every list",
    rule: "isolation-default-deny",
    change: transform(types.aclList, (props) => {
      props.exclusive = false;
    }),
  },
  {
    edit: "a VLAN that only the server's answer tells, and it is A's",
    rule: "isolation-vlan-plan",
    isOpenInPreview: true,
    change: later(types.network, "tenant-b-tier", { vlan: 20 }),
  },
  {
    edit: "caps that are known only once something else is made",
    rule: "isolation-ceph-caps",
    isOpenInPreview: true,
    change: later(types.cephUser, "tenant-b", { caps: { osd: "allow rwx pool=tenant-a-ai-data" } }),
  },
  {
    edit: "grade S, and A's pool may be deleted though its volumes may not",
    rule: "availability-protect-data",
    given: new Map([["strata-pack", { settings: { n2sf: "S" } }]]),
    change(platform) {
      for (const one of platform.resources) one.protect = one.type !== types.cephPool;
      transform(types.volume, (props) => {
        props.deleteProtection = true;
      })(platform);
    },
  },
];

/** What the profile itself lets pass: it is right by itself, and not by the plan. */
const profiles: Mutation[] = [
  {
    edit: "profile: C's VLAN outside the plan",
    rule: "isolation-vlan-plan",
    overrides: { tenants: { c: { vlan: 40 } } },
  },
  {
    edit: "profile: the management zone on a VLAN of its own choice",
    rule: "isolation-vlan-plan",
    overrides: { network: { zones: { management: { vlan: 101 } } } },
  },
  {
    edit: "profile: the management zone's addresses elsewhere",
    rule: "isolation-cidr-plan",
    overrides: { network: { zones: { management: { cidr: "10.0.99.0/24" } } } },
  },
  {
    edit: "profile: the tenants' block elsewhere",
    rule: "isolation-cidr-plan",
    overrides: {
      network: { tenants: { cidr: "10.0.128.0/20" } },
      tenants: { a: { cidr: "10.0.128.0/24" }, b: { cidr: "10.0.129.0/24" }, c: { cidr: "10.0.130.0/24" } },
    },
  },
  {
    edit: "profile: A's quota hardly more than its volumes",
    rule: "quota-storage-headroom",
    overrides: { tenants: { a: { storage: "320 GiB" } } },
  },
  {
    edit: "profile: memory promised twice",
    rule: "quota-overcommit",
    overrides: { infrastructure: { cluster: "all", overcommit: { cpu: 2, memory: 2 } } },
  },
];

export const rawAndSly: readonly Mutation[] = [...raw, ...sly, ...profiles];
