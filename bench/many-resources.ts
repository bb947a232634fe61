import { unknownValue } from "../policies/core/sdk.ts";
import { urnOf } from "../policies/core/subject.ts";
import { types } from "../policies/model/types.ts";
import type { Sent } from "./pack-process.ts";

const machinesPerTenant = 20;
/** Tenants' zones of this many tenants, for the pack's own entry of the configuration. */
export const settings = {
  "strata-pack": {
    plan: {
      zones: { ai: { vlan: 50, cidr: "10.0.5.0/25" }, service: { vlan: 55, cidr: "10.0.5.128/25" } },
      tenants: { vlans: [1000, 3000], cidr: "10.64.0.0/10" },
      gatePort: 443,
      servePort: 8080,
      publicPort: 443,
    },
  },
  "availability-survives-host": { hosts: [{ count: 1000, cores: 64, memoryGib: 512 }] },
};

type Props = Sent["props"];

/** Resources of as many equal tenants as make up the number, and their role, all as they should be in a preview from nothing. */
export function manyResources(count: number): Sent[] {
  const made: Sent[] = [];
  for (let number = 1; made.length < count; number += 1) made.push(...tenant(number));
  return [role, ...made.slice(0, count)];
}

function resource(type: keyof typeof types, name: string, props: Props, refers: Record<string, string> = {}): Sent {
  const ids = Object.fromEntries(Object.keys(refers).map((property) => [property, unknownValue]));
  const dependencies = Object.fromEntries(Object.entries(refers).map(([property, urn]) => [property, [urn]]));
  return { urn: urnOf(types[type], name), type: types[type], name, props: { name, ...ids, ...props }, dependencies };
}

/** What tenants may do, the same for all. */
const role = resource("role", "strata-tenant", {
  type: "User",
  permissions: [
    { rule: "listVirtualMachines", permission: "allow" },
    { rule: "*", permission: "deny" },
  ],
});

function tenant(number: number): Sent[] {
  const key = `t${number}`;
  const name = `strata-tenant-${key}`;
  const domain = resource("domain", name, {});
  const tags = { env: "demo", layer: "tenant-enclave", owner: "platform-admin", "data-class": "open", tenant: key };
  const owned = { account: name, tags };
  const shared = sharedOf(key, name, domain.urn, owned);
  const urn = (type: keyof typeof types) => urnOf(types[type], name);
  const machines = Array.from({ length: machinesPerTenant }, (_, index) => `${key}-m${index + 1}-01`).flatMap((one) => {
    const instance = resource(
      "instance",
      one,
      { ...owned, rootDiskSizeGib: 20, userData, nics: [{ networkId: unknownValue }] },
      { serviceOfferingId: urn("serviceOffering") },
    );
    instance.dependencies.nics = [urn("network")];
    const refers = { diskOfferingId: urn("diskOffering"), instanceId: instance.urn };
    return [instance, resource("volume", `${one}-data`, { ...owned, sizeGib: 1 }, refers)];
  });
  return [domain, ...shared, ...machines];
}

const deny = (number: number, trafficType: string) => {
  return { number, action: "deny", trafficType, protocol: "all", cidrs: ["0.0.0.0/0"], description: "default deny" };
};
const limits = { instances: 50, volumes: 99, cpus: 99, memoryMib: 999_999, primaryStorageGib: 999, gpus: 0 };
/** About as much as the profiles' machines have. */
const userData = `#cloud-config\n${"write_files:\n  - path: /etc/service.conf\n    content: port 9100\n".repeat(60)}`;

function sharedOf(key: string, name: string, domain: string, owned: Props): Sent[] {
  const number = Number(key.slice(1));
  const pool = `tenant-${key}-data`;
  const inDomain = { domainId: domain };
  const gateway = `10.${64 + (number >> 8)}.${number % 256}.1`;
  return [
    resource("account", name, { accountType: "user" }, { ...inDomain, roleId: role.urn }),
    resource("limits", `${name}-domain`, { limits }, inDomain),
    resource("limits", `${name}-account`, { account: name, limits }, inDomain),
    resource("aclList", name, {
      vpcId: unknownValue,
      exclusive: true,
      rules: [deny(9000, "ingress"), deny(9001, "egress")],
    }),
    resource(
      "network",
      name,
      { ...owned, vlan: 999 + number, gateway, netmask: "255.255.255.0", vpcId: unknownValue },
      { aclId: urnOf(types.aclList, name) },
    ),
    resource("cephPool", pool, { size: 3, quotaGib: 25, applications: ["rbd"] }),
    resource("cephUser", name, { entity: `client.tenant-${key}`, caps: { osd: `profile rbd pool=${pool}` } }),
    resource("storagePool", name, { pool, user: `client.tenant-${key}`, secretKey: key, storageTags: [name] }),
    {
      ...resource("diskOffering", name, { storageTags: [name], domainIds: [unknownValue] }),
      dependencies: { domainIds: [domain] },
    },
    resource("serviceOffering", name, { cpuNumber: 2, memoryMib: 4096, offerHa: true, storageTags: ["system"] }),
  ];
}
