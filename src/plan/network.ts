import type { Profile, Zone } from "../config/schema.ts";
import { type AclRule, aclOf, type Landscape } from "./acl.ts";
import { servingRange } from "./addresses.ts";
import { type Cidr, formatAddress, formatCidr, gatewayOf, netmaskOf, slotsOf } from "./cidr.ts";
import type { MachinePlan } from "./machines.ts";
import { physicalName, tenantName } from "./names.ts";
import { type Tags, tagsOf } from "./tags.ts";

export interface NetworkPlan {
  /** Name of the VPC. */
  name: string;
  cidr: string;
  tags: Tags;
  /** Tiers of the VPC, tenants' ones included. */
  tierCount: number;
  /** The platform's zones. */
  zones: ZonePlan[];
  /** What flows are resolved against, for tenants' zones too. */
  landscape: Landscape;
}

/** One VLAN: a tier of the VPC with its rules, or a bare layer-2 network. */
export type ZonePlan = TierPlan | SegmentPlan;

interface ZoneBasics {
  key: string;
  name: string;
  displayText: string;
  vlan: number;
  cidr: string;
  tags: Tags;
}

export interface TierPlan extends ZoneBasics {
  kind: "tier";
  gateway: string;
  netmask: string;
  publicLoadBalancing: boolean;
  rules: AclRule[];
}

export interface SegmentPlan extends ZoneBasics {
  kind: "l2";
}

export function planNetwork(profile: Profile, machines: readonly MachinePlan[]): NetworkPlan {
  const { platform, network, tenants } = profile;
  const landscape = landscapeOf(profile, machines);
  const tags = tagsOf(platform, "platform");
  return {
    name: physicalName("vpc", platform.name),
    cidr: formatCidr(network.cidr),
    tags,
    tierCount:
      network.zones.filter(({ kind }) => kind === "tier").length +
      tenants.filter(({ cidr }) => cidr !== undefined).length,
    zones: network.zones.map((zone) => planZone(platform.name, zone, tags, landscape)),
    landscape,
  };
}

function planZone(platform: string, zone: Zone, tags: Tags, landscape: Landscape): ZonePlan {
  const { key, vlan, cidr, kind, publicLoadBalancing } = zone;
  const basics = { key, name: physicalName("network", platform, key), displayText: key, vlan, tags };
  if (kind === "l2") return { ...basics, kind, cidr: formatCidr(cidr) };
  return planTier({ ...basics, cidr, publicLoadBalancing }, landscape);
}

/** A tier with what follows from its network: addresses of the router and the list of rules. */
export function planTier(
  { cidr, ...tier }: Omit<ZoneBasics, "cidr"> & { cidr: Cidr; publicLoadBalancing: boolean },
  landscape: Landscape,
): TierPlan {
  return {
    ...tier,
    kind: "tier",
    cidr: formatCidr(cidr),
    gateway: formatAddress(gatewayOf(cidr)),
    netmask: netmaskOf(cidr),
    rules: aclOf(tier.key, landscape),
  };
}

function landscapeOf({ network, tenants }: Profile, machines: readonly MachinePlan[]): Landscape {
  const zones = new Map(tenants.flatMap(({ key, cidr }) => (cidr === undefined ? [] : [[cidr.base, tenantName(key)]])));
  return {
    platformTiers: network.zones
      .filter(({ kind }) => kind === "tier")
      .map(({ key, cidr }) => ({ key, cidr: formatCidr(cidr) })),
    machines: machines.map(({ roles, gpu, legs }) => ({
      roles,
      hasGpu: gpu !== undefined,
      legs: legs.filter(({ kind }) => kind === "tier"),
    })),
    tenantBlock: formatCidr(network.tenants.cidr),
    slots: slotsOf(network.tenants.cidr, network.tenants.zonePrefix).map((slot) => {
      const zone = zones.get(slot.base);
      const serving = network.tenants.serve && { serving: formatCidr(servingRange(slot)) };
      return { ...(zone !== undefined && { zone }), ...serving };
    }),
  };
}
