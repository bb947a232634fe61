import { z } from "zod";
import * as field from "./fields.ts";
import { machinesOf, type Role, roles, tenantMachine } from "./machine-schema.ts";
import { infrastructure } from "./site-schema.ts";
import { storage } from "./storage-schema.ts";

export { type Role, roles } from "./machine-schema.ts";

/** The whole profile. Strict everywhere: an unknown key is a mistake, never a wish that nobody hears. */

const dataClasses = ["classified", "sensitive", "open"] as const;
const platform = z.strictObject({
  name: field.prefix.describe(
    "First part of every name that the whole server or zone can see: domains, offerings, the VPC.",
  ),
  environment: field.key.describe("Tag `env`, e.g. demo."),
  networkDomain: field.domainName.describe("DNS domain of the guests. A change replaces the VPC and all in it."),
  owner: field
    .text("a person or team, up to 100 characters without spaces around them", /^\S(.{0,98}\S)?$/)
    .describe("Tag `owner`."),
  dataClass: z.enum(dataClasses).describe("Tag `data-class` of what tenants share: the N2SF grades C, S and O."),
  timezone: field.timeZone.describe("Time zone of every guest."),
  survivesOneHost: z
    .boolean("true or false")
    .default(true)
    .describe("True refuses a plan in which the failure of one host takes down a machine with HA for good (T6)."),
  liveMigration: z
    .boolean("true or false")
    .default(false)
    .describe("True refuses a plan in which a machine cannot move to another host while it runs (T6)."),
  protectData: z
    .boolean("true or false")
    .describe("True keeps data volumes from being destroyed, by Pulumi and by CloudStack."),
});

const zone = z.strictObject({
  key: field.platformKey.describe(
    "What the zone is called in names, and by machines. From the one called management, if there is one, come SSH and measurements (P7).",
  ),
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
      serve: z
        .boolean("true or false")
        .default(true)
        .describe("Whether tenants run models of their own: the edge then reaches their serving machines (P4.4)."),
    })
    .describe("Rules of the platform's zones name this block, so that a new tenant changes none of them."),
  zones: z.array(zone).min(1, "at least one zone").describe("The platform's zones; a tenant's stands with the tenant."),
});

const tenant = z.strictObject({
  key: field.tenantKey.describe("The tenant's identity: a new key is a new tenant."),
  name: field.text("a display name of up to 80 characters", /^\S(.{0,78}\S)?$/),
  dataClass: z.enum(dataClasses).describe("Tag `data-class` of all that the tenant owns."),
  vlan: field.vlan
    .optional()
    .describe(
      "With cidr: the tenant's own zone. A tenant without machines needs none. Slices of GPU cards are dealt out in the order of these ids: a tenant that comes later takes a larger one, and moves nobody.",
    ),
  cidr: field.cidr.optional().describe("One slot of network.tenants.cidr."),
  storage: field.diskSize.describe("Quota for data (P1.3). Root disks come on top."),
  apiToken: z.boolean("true or false").default(false).describe("A token for the platform's API (O1), a secret output."),
  bucket: z
    .boolean("true or false")
    .default(false)
    .describe(
      "In Ceph the quota is a bucket's for documents, not a block pool's (T5). In the database of documents it holds anyway.",
    ),
  fallback: field.hostName
    .optional()
    .describe("Inference machine that answers when the tenant's own model does not (P4.3). Default: any."),
  gpu: z
    .strictObject({
      dedicated: field.size.describe("GPU memory that is the tenant's at any time."),
      jobs: field.whole("a whole number of jobs from 1 to 100", 1, 100).describe("Training jobs side by side."),
      priority: z.enum(["critical", "high", "normal", "low"]).default("normal").describe("Class of its jobs (P5.5)."),
      burst: field.size.optional().describe("GPU memory that it may borrow up to while others leave it idle."),
    })
    .optional()
    .describe("Quota in the shared GPU pool (P5.4)."),
  limits: z
    .strictObject({
      machines: field.whole("a whole number of machines from 1", 1, 10_000).optional(),
      cpus: field.whole("a whole number of vCPUs from 1", 1, 100_000).optional(),
      memory: field.memorySize.optional(),
    })
    .default({})
    .describe("What the tenant may use at most. Default: exactly what its machines need."),
  machines: z.array(tenantMachine).default([]).describe("Its own machines, in its own zone (P1.2). May be none (O1)."),
});

const placementRule = z.strictObject({
  key: field.key.describe("E.g. aa-001: part of the affinity group's name."),
  kind: z.enum(["apart", "together"]).describe("Each on a host of its own, or all on one."),
  strict: z.boolean("true or false").describe("False: a wish, which gives way where it cannot be had (T3)."),
  roles: z
    .array(z.enum(Object.values(roles).flat() as [Role, ...Role[]]))
    .min(1, "at least one role")
    .describe("Machines of which roles."),
});

// It lands in lists of apt and in an environment of systemd, which read more than its letters; and in user data, which is no secret.
const mirror = field.text(
  "the plain address of a mirror, without a password in it, e.g. https://mirror.ai.internal/ubuntu",
  /^https?:\/\/[\w.~:/?[\]%&+,;=-]+$/,
);

const guests = z.strictObject({
  software: z
    .boolean("true or false")
    .default(false)
    .describe("True sets machines up for their roles: packages, configuration, services. False leaves them bare."),
  mirrors: z
    .strictObject({
      apt: mirror.optional().describe("Of Ubuntu's archive."),
      pypi: mirror.optional().describe("Of the Python package index."),
    })
    .optional()
    .describe("Where packages come from that the machines' template does not bring; guests reach no Internet."),
});

const alerts = z.strictObject({
  smtpHost: field.host("host name or address of the mail server; its port goes to smtpPort"),
  smtpPort: field.whole("a port from 1 to 65535", 1, 65_535).default(25),
  sender: field.mailAddress,
  recipients: z.array(field.mailAddress).min(1, "at least one recipient"),
});

const document = z.strictObject({
  vms: field.whole("a whole number from 0", 0, 100_000),
  vcpus: field.whole("a whole number from 0", 0, 100_000),
  memory: field.size,
  gpuCards: field.whole("a whole number from 0", 0, 100_000),
});

export const profileSchema = z.strictObject({
  platform: platform.describe("What holds for everything: names, tags, protection."),
  document: document.optional().describe("The design document's own sums, printed beside ours."),
  network: network.describe("The VPC and its zones, each with a VLAN of its own (P7)."),
  tenants: z.array(tenant).min(1, "at least one tenant").describe("Layer 1, the tenants' enclaves (P1)."),
  gate: machinesOf(roles.gate)
    .extend({
      unapprovedDays: field
        .whole("a whole number of days from 1 to 3650", 1, 3650)
        .default(30)
        .describe("After so many days data that nobody has approved is deleted (P2.6). Needs guests.software."),
    })
    .optional()
    .describe("Layer 2, the quality gate (P2)."),
  sharedAi: machinesOf(roles.sharedAi).describe("Layer 3, the shared AI platform (P3)."),
  edge: machinesOf(roles.edge).describe("Layer 4, the service edge (P4)."),
  guests: guests.prefault({}).describe("What runs inside the machines (T7)."),
  placement: z
    .array(placementRule)
    .default([])
    .describe(
      "Who stands apart and who together. Replicas of strict rules that are not named here stand apart anyway.",
    ),
  storage: storage.prefault({}).describe("Pools and their tiers (P6). They need infrastructure.ceph."),
  alerts: alerts.optional().describe("Where the server mails its alerts to (T11). Settings of the whole server."),
  infrastructure: infrastructure.describe("What the zone calls its own. Sites override this part."),
});

/** A profile in which everything is checked and parsed: sizes in GiB, networks and addresses as numbers. */
export type Profile = z.output<typeof profileSchema>;
export type Tenant = Profile["tenants"][number];
export type Zone = Profile["network"]["zones"][number];
export type TenantMachine = Tenant["machines"][number];
export type PlatformMachine = NonNullable<Profile["gate" | "sharedAi" | "edge"]>["machines"][number];
