import type { Description } from "../../policies/core/subject.ts";
import { urnOf } from "../../policies/core/subject.ts";
import { types } from "../../policies/model/types.ts";
import { unknown } from "./rule-test.ts";

type Props = Record<string, unknown>;
type Dependencies = Record<string, readonly string[]>;

/** A resource as a preview has it: ids unknown, and told by dependencies. */
export function thing(type: keyof typeof types, name: string, props: Props = {}, dependencies: Dependencies = {}) {
  const tenant = /^strata-tenant-(.+)$/.exec(String(props.account))?.[1];
  // Whose account it is, in that one's domain: as our components write it.
  const domain = tenant !== undefined && props.domainId === unknown && { domainId: [urn("domain", tenant)] };
  const all = { ...domain, ...dependencies };
  return { type: types[type], name, props: { name, ...props }, dependencies: all } satisfies Description;
}

export function urn(type: keyof typeof types, name: string): string {
  return urnOf(types[type], name);
}

/** `account` and `domainId` of a tenant; nothing of the platform's. */
export function owned(tenant?: string): Props {
  return tenant === undefined ? {} : { account: `strata-tenant-${tenant}`, domainId: unknown, tags: { tenant } };
}

export interface Allow {
  direction: "ingress" | "egress";
  cidr: string;
  port?: number;
  endPort?: number;
  protocol?: string;
}

const deny = (number: number, trafficType: string) => {
  return { number, action: "deny", trafficType, protocol: "all", cidrs: ["0.0.0.0/0"], description: "default deny" };
};

/** A list of rules that ends with both denials. */
export function list(name: string, allows: readonly Allow[], props: Props = {}): Description {
  const rules = allows.map(({ direction, cidr, port, endPort, protocol = "tcp" }, index) => ({
    number: 100 + index,
    action: "allow",
    trafficType: direction,
    protocol,
    cidrs: [cidr],
    ...(port !== undefined && { startPort: port, endPort: endPort ?? port }),
    description: "for a test",
  }));
  const ends = [deny(9000, "ingress"), deny(9001, "egress")];
  return thing("aclList", name, { vpcId: unknown, exclusive: true, rules: [...rules, ...ends], ...props });
}

/** A tier with the list of the same name. */
export function tier(name: string, vlan: number, gateway: string, props: Props = {}, acl = name): Description {
  const netmask = vlan === 50 || vlan === 55 ? "255.255.255.128" : "255.255.255.0";
  return thing(
    "network",
    name,
    { vlan, gateway, netmask, vpcId: unknown, aclId: unknown, ...props },
    { aclId: [urn("aclList", acl)] },
  );
}

/** A machine with a card in each of the networks. */
export function machine(name: string, networks: readonly string[], props: Props = {}, template?: string): Description {
  const nics = networks.map(() => ({ networkId: unknown }));
  const from = template === undefined ? {} : { templateId: unknown };
  return thing(
    "instance",
    name,
    { nics, ...from, ...props },
    {
      nics: networks.map((network) => urn("network", network)),
      ...(template !== undefined && { templateId: [urn("template", template)] }),
    },
  );
}

/** Two tenants and the platform's zones, all as it should be. */
export function landscape(): Description[] {
  return [
    list("a", [
      { direction: "ingress", cidr: "10.0.5.130/32", port: 8080 },
      { direction: "egress", cidr: "10.0.5.40/32", port: 443 },
    ]),
    tier("a", 20, "10.0.20.1", owned("a")),
    list("b", [{ direction: "egress", cidr: "10.0.5.40/32", port: 443 }]),
    tier("b", 21, "10.0.21.1", owned("b")),
    list("dmz", [
      { direction: "ingress", cidr: "0.0.0.0/0", port: 443 },
      { direction: "ingress", cidr: "10.0.100.0/24", port: 22 },
    ]),
    tier("dmz", 10, "10.0.1.1"),
    list("ai", [
      { direction: "ingress", cidr: "10.0.16.0/20", port: 443 },
      { direction: "ingress", cidr: "10.0.5.130/32", port: 8080 },
      { direction: "ingress", cidr: "10.0.100.0/24", port: 9100 },
    ]),
    tier("ai", 50, "10.0.5.1"),
    list("service", [{ direction: "egress", cidr: "10.0.20.8/29", port: 8080 }]),
    tier("service", 55, "10.0.5.129"),
    list("management", [{ direction: "egress", cidr: "10.0.1.0/24", port: 22 }]),
    tier("management", 100, "10.0.100.1"),
    thing("network", "storage", { vlan: 60 }),
    machine("a-train", ["a"], owned("a"), "ubuntu"),
    machine("b-train", ["b"], owned("b")),
    machine("gateway", ["dmz", "service"], { tags: { layer: "service-edge" } }),
    machine("gate", ["ai"], {
      nics: [{ networkId: unknown, ipAddress: "10.0.5.40" }],
      tags: { layer: "quality-gate" },
    }),
    machine("train", ["ai", "storage"], { tags: { layer: "shared-ai" } }),
    thing("publicIp", "api", { vpcId: unknown }),
    thing(
      "loadBalancer",
      "api",
      { publicPort: 443, privatePort: 443, networkId: unknown, instanceIds: [unknown] },
      { networkId: [urn("network", "dmz")], instanceIds: [urn("instance", "gateway")] },
    ),
    ...["a", "b"].flatMap(storageOf),
    ...server(),
    thing("bucketUser", "documents", { uid: "tenant-a" }),
    thing("bucket", "documents", { name: "tenant-a-documents", owner: "tenant-a" }),
    thing("keyPair", "a", { name: "tenant-a-operators", ...owned("a") }),
    thing("userData", "a", { name: "tenant-a-train", userData: "#cloud-config\nssh_pwauth: false\n", ...owned("a") }),
  ];
}

function storageOf(tenant: string): Description[] {
  const pool = `tenant-${tenant}-ai-data`;
  const caps = { mon: "profile rbd", osd: `profile rbd pool=${pool}`, mgr: `profile rbd pool=${pool}` };
  return [
    thing("domain", tenant, { name: `strata-tenant-${tenant}` }),
    thing(
      "account",
      tenant,
      { name: `strata-tenant-${tenant}`, domainId: unknown, roleId: unknown },
      { domainId: [urn("domain", tenant)], roleId: [urn("role", "tenant")] },
    ),
    thing("subvolumeGroup", tenant, { name: `tenant-${tenant}`, filesystem: "ai", sizeGib: 10, mode: "750" }),
    thing("subvolume", tenant, {
      name: `tenant-${tenant}-data`,
      filesystem: "ai",
      group: `tenant-${tenant}`,
      sizeGib: 10,
      namespaceIsolated: true,
      mode: "750",
    }),
    thing("cephUser", tenant, { entity: `client.tenant-${tenant}`, caps }),
    thing("storagePool", tenant, { pool, user: `client.tenant-${tenant}`, storageTags: [`strata-tenant-${tenant}`] }),
    thing(
      "diskOffering",
      tenant,
      { storageTags: [`strata-tenant-${tenant}`], domainIds: [unknown] },
      { domainIds: [urn("domain", tenant)] },
    ),
    thing(
      "volume",
      `${tenant}-data`,
      { diskOfferingId: unknown, instanceId: unknown, ...owned(tenant) },
      { diskOfferingId: [urn("diskOffering", tenant)], instanceId: [urn("instance", `${tenant}-train`)] },
    ),
  ];
}

/** What tenants are made of, and the server itself. */
function server(): Description[] {
  const permissions = [
    { rule: "listGpuDevices", permission: "deny" },
    { rule: "list*", permission: "allow" },
    { rule: "startVirtualMachine", permission: "allow" },
    { rule: "*", permission: "deny" },
  ];
  const services = { Dhcp: "VpcVirtualRouter", NetworkACL: "VpcVirtualRouter" };
  return [
    thing("role", "tenant", { type: "User", permissions }),
    thing("networkOffering", "tier", { guestIpType: "Isolated", forVpc: true, specifyVlan: true, services }),
    thing("networkOffering", "l2", { guestIpType: "L2", specifyVlan: true }),
    thing("serviceOffering", "2c-8g", { storageTags: ["system"] }),
    thing("setting", "api", { name: "integration.api.port", value: "0" }),
    thing("template", "ubuntu", { isPublic: true }),
    thing("vpc", "vpc", { cidr: "10.0.0.0/16" }),
    { ...thing("cloudstackProvider", "cloud", cloud), ignoreChanges: ["timeout"] },
  ];
}

/** A provider that nothing is made by. */
export const cloud = { apiUrl: "http://127.0.0.1:9/client/api", apiKey: "one", secretKey: "only for tests" };

/** The landscape with some resources changed, by type and name, and others added. */
export function changed(changes: Record<string, Props>, ...more: Description[]): Description[] {
  const found = new Set<string>();
  const resources = landscape().map((one) => {
    const key = Object.keys(types).find((name) => types[name as keyof typeof types] === one.type);
    const change = changes[`${key} ${one.name}`];
    if (change === undefined) return one;
    found.add(`${key} ${one.name}`);
    const { dependencies, ...props } = change as Props & { dependencies?: Dependencies };
    return { ...one, props: { ...one.props, ...props }, dependencies: { ...one.dependencies, ...dependencies } };
  });
  const missed = Object.keys(changes).filter((key) => !found.has(key));
  if (missed.length > 0) throw new Error(`not in the landscape: ${missed.join(", ")}`);
  return [...resources, ...more];
}
