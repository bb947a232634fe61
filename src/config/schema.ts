import { z } from "zod";
import * as field from "./fields.ts";

/** The whole profile. Strict everywhere: an unknown key is a mistake, never a wish that nobody hears. */

const dataClasses = ["classified", "sensitive", "open"] as const;
export const roles = {
  tenant: ["serve", "train", "data"],
  gate: ["validate", "process"],
  sharedAi: ["train", "infer", "schedule", "registry", "storage"],
  edge: ["gateway", "router"],
} as const;
/** What a machine is for. Flows, addresses and replicas go by it. */
export type Role = (typeof roles)[keyof typeof roles][number];

const platform = z.strictObject({
  name: field.prefix.describe(
    "First part of every name that the whole server or zone can see: domains, offerings, the VPC.",
  ),
  environment: field.key.describe("Tag `env`, e.g. demo."),
  networkDomain: field.domainName.describe("DNS domain of the guests. A change replaces the VPC and all in it."),
  owner: field.text("the owner is a person or team", /^\S(.{0,98}\S)?$/).describe("Tag `owner`."),
  dataClass: z.enum(dataClasses).describe("Tag `data-class` of what tenants share: the N2SF grades C, S and O."),
  timezone: field
    .text("a time zone of the tz database, e.g. Asia/Seoul", /^[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_-]+)*$/)
    .describe("Time zone of every guest."),
  protectData: z
    .boolean("true or false")
    .describe("True keeps data volumes from being destroyed, by Pulumi and by CloudStack."),
});

const zone = z.strictObject({
  key: field.key,
  vlan: field.vlan.describe(
    "Fixed VLAN id, outside the physical network's dynamic range. A change replaces the network.",
  ),
  cidr: field.cidr.describe("A change replaces the network and what stands in it."),
  kind: z
    .enum(["tier", "l2"])
    .default("tier")
    .describe("tier: routed and filtered by the VPC. l2: a bare segment; guests bring their own addresses."),
  publicLoadBalancing: z
    .boolean("true or false")
    .default(false)
    .describe("True for the one tier that the world reaches: CloudStack allows one per VPC."),
});

const network = z.strictObject({
  cidr: field.cidr.describe("The VPC. Every tier lies inside."),
  tenants: z
    .strictObject({
      cidr: field.cidr.describe("The block that tenants' zones are cut from."),
      zonePrefix: field
        .whole("a prefix length from 16 to 28", 16, 28)
        .describe("Prefix length of every tenant's zone."),
    })
    .describe("Rules of the platform's zones name this block, so that a new tenant changes none of them."),
  zones: z.array(zone).min(1, "at least one zone").describe("The platform's zones; a tenant's stands with the tenant."),
});

const machineFields = {
  name: field.hostName.describe("Host name, and the machine's identity: a new name is a new machine."),
  cpus: field.whole("a whole number of vCPUs from 1 to 256", 1, 256).describe("A change stops and starts the machine."),
  memory: field.size.describe("A change stops and starts the machine."),
  disk: field.diskSize.prefault("20 GiB").describe("Root disk. A change replaces the machine."),
  addresses: z
    .array(field.address)
    .default([])
    .describe("Fixed addresses, at most one for each zone of the machine. Default: by role and number."),
  data: z
    .strictObject({
      size: field.diskSize.describe("Grows in place, never shrinks."),
      folders: z.array(field.folder).min(1, "at least one folder").describe("Where the guest finds it."),
    })
    .optional()
    .describe("A volume of its own for data: it outlives the machine."),
};

function rolesOf<const R extends readonly [string, ...string[]]>(allowed: R) {
  return z
    .array(z.enum(allowed))
    .min(1, `at least one of ${allowed.join(", ")}`)
    .describe("What the machine is for.");
}

function machinesOf<const R extends readonly [string, ...string[]]>(allowed: R) {
  const machine = z.strictObject({
    ...machineFields,
    roles: rolesOf(allowed),
    zones: z
      .array(field.key)
      .min(1, "at least one zone")
      .describe("Keys of the zones that it stands in. The first one carries the default route."),
  });
  return z.strictObject({ machines: z.array(machine).min(1, "at least one machine") });
}

const tenantMachine = z.strictObject({ ...machineFields, roles: rolesOf(roles.tenant) });

const tenant = z.strictObject({
  key: field.key.describe("The tenant's identity: a new key is a new tenant."),
  name: field.text("a display name of up to 80 characters", /^\S(.{0,78}\S)?$/),
  dataClass: z.enum(dataClasses).describe("Tag `data-class` of all that the tenant owns."),
  vlan: field.vlan,
  cidr: field.cidr.describe("One slot of network.tenants.cidr."),
  storage: field.diskSize.describe("Quota for data (P1.3). Root disks come on top."),
  limits: z
    .strictObject({
      machines: field.whole("a whole number of machines from 1", 1, 10_000).optional(),
      cpus: field.whole("a whole number of vCPUs from 1", 1, 100_000).optional(),
      memory: field.size.optional(),
    })
    .default({})
    .describe("What the tenant may use at most. Default: exactly what its machines need."),
  machines: z.array(tenantMachine).min(1, "at least one machine"),
});

const infrastructure = z.strictObject({
  zone: field.text("the name of a CloudStack zone"),
  hypervisor: z.enum(["KVM", "VMware", "XenServer", "Simulator"]),
  template: field.text("the name of a template that is ready in the zone"),
  cpuSpeedMhz: field.whole("MHz from 100 to 10000", 100, 10_000).describe("Per vCPU, not above the hosts' own speed."),
  vpcOffering: field.text("the name of a VPC offering"),
  dynamicVlans: z
    .array(field.vlanRange)
    .default([])
    .describe("VLAN ranges that the physical network gives out by itself: no zone may lie there."),
  physicalNetworkId: z
    .uuid("the physical network's UUID")
    .optional()
    .describe("For layer-2 zones where CloudStack has several guest networks."),
  publicRange: field.cidr.optional().describe("The zone's public addresses: the VPC must not overlap them."),
});

const document = z.strictObject({
  vms: field.whole("a whole number from 0", 0, 100_000),
  vcpus: field.whole("a whole number from 0", 0, 100_000),
  memory: field.size,
  gpuCards: field.whole("a whole number from 0", 0, 100_000),
});

export const profileSchema = z.strictObject({
  platform,
  document: document.optional().describe("The design document's own sums, printed beside ours."),
  network,
  tenants: z.array(tenant).min(1, "at least one tenant"),
  gate: machinesOf(roles.gate).describe("Layer 2, the quality gate (P2)."),
  sharedAi: machinesOf(roles.sharedAi).describe("Layer 3, the shared AI platform (P3)."),
  edge: machinesOf(roles.edge).describe("Layer 4, the service edge (P4)."),
  infrastructure: infrastructure.describe("What the zone calls its own. Sites override this part."),
});

/** A profile in which everything is checked and parsed: sizes in GiB, networks and addresses as numbers. */
export type Profile = z.output<typeof profileSchema>;
export type Tenant = Profile["tenants"][number];
export type Zone = Profile["network"]["zones"][number];
export type TenantMachine = Tenant["machines"][number];
export type PlatformMachine = Profile["gate" | "sharedAi" | "edge"]["machines"][number];
