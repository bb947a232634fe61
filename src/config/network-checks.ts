import { type Cidr, contains, formatCidr, overlap } from "../plan/cidr.ts";
import type { Facts, ZoneFacts } from "./facts.ts";
import type { Path } from "./mistakes.ts";

/** A rule across fields that a place of the profile breaks. */
export interface Finding {
  at: Path;
  rule: string;
  remedy?: string;
}

export type Check = (facts: Facts) => Finding[];

/** Each later thing whose value an earlier one has already, with that earlier one. */
export function repeated<T>(things: readonly T[], pick: (thing: T) => unknown): { thing: T; earlier: T }[] {
  const seen = new Map<unknown, T>();
  return things.flatMap((thing) => {
    const value = pick(thing);
    const earlier = seen.get(value);
    if (value === undefined) return [];
    if (earlier !== undefined) return [{ thing, earlier }];
    seen.set(value, thing);
    return [];
  });
}

function nameOf(zone: ZoneFacts): string {
  return zone.tenant === undefined ? `zone ${zone.key ?? zone.at.at(-1)?.toString()}` : `tenant ${zone.tenant}`;
}

const keysOnce: Check = ({ zones, tenants }) => [
  ...repeated(
    zones.filter(({ tenant }) => tenant === undefined),
    ({ key }) => key,
  ).map(({ thing }) => ({ at: [...thing.at, "key"], rule: "two zones have this key; a key names one zone" })),
  ...repeated(tenants, ({ key }) => key).map(({ thing }) => ({
    at: [...thing.at, "key"],
    rule: "two tenants have this key; a key names one tenant",
  })),
];

const vlanOnce: Check = ({ zones }) =>
  repeated(zones, ({ vlan }) => vlan).map(({ thing, earlier }) => ({
    at: [...thing.at, "vlan"],
    rule: `a VLAN carries one zone; ${nameOf(earlier)} has this one already`,
    remedy: "choose an id that no zone uses",
  }));

const vlanOutsideDynamicRanges: Check = ({ zones, dynamicVlans }) =>
  zones.flatMap(({ at, vlan }) => {
    const range = dynamicVlans.find(({ first, last }) => vlan !== undefined && vlan >= first && vlan <= last);
    if (range === undefined) return [];
    const rule = `a fixed VLAN lies outside the ranges that CloudStack gives out by itself: ${range.first}-${range.last}`;
    return [{ at: [...at, "vlan"], rule, remedy: "choose an id outside, or correct infrastructure.dynamicVlans" }];
  });

const cidrsApart: Check = ({ zones }) =>
  zones.flatMap((zone, index) => {
    const other = zones
      .slice(0, index)
      .find(({ cidr }) => cidr !== undefined && zone.cidr !== undefined && overlap(cidr, zone.cidr));
    if (other?.cidr === undefined) return [];
    const rule = `zones do not overlap; ${nameOf(other)} has ${formatCidr(other.cidr)}`;
    return [{ at: [...zone.at, "cidr"], rule, remedy: "choose a free network" }];
  });

/** Beside the network's own and the broadcast address: the router and one machine. */
const longestPrefix = 30;

const zonesHoldMachines: Check = ({ zones }) =>
  zones.flatMap(({ at, cidr }): Finding[] => {
    if (cidr === undefined || cidr.prefix <= longestPrefix) return [];
    const rule = `a zone has room for its router and a machine: a prefix of at most ${longestPrefix}`;
    return [{ at: [...at, "cidr"], rule, remedy: "choose a larger network" }];
  });

const tiersInsideVpc: Check = ({ zones, vpc, tenantBlock }) => {
  const outside = (cidr: Cidr | undefined) => vpc !== undefined && cidr !== undefined && !contains(vpc, cidr);
  const rule = `a tier lies inside the VPC, network.cidr${vpc === undefined ? "" : ` = ${formatCidr(vpc)}`}`;
  const findings = zones
    .filter(({ kind, cidr }) => kind === "tier" && outside(cidr))
    .map(({ at }): Finding => ({ at: [...at, "cidr"], rule }));
  return outside(tenantBlock) ? [...findings, { at: ["network", "tenants", "cidr"], rule }] : findings;
};

const tenantsInsideBlock: Check = ({ zones, tenantBlock: block, tenantPrefix: prefix }) => {
  if (block === undefined || prefix === undefined) return [];
  if (prefix < block.prefix) {
    const rule = `a tenant's zone fits into the block ${formatCidr(block)}: a prefix from ${block.prefix} to 28`;
    return [{ at: ["network", "tenants", "zonePrefix"], rule }];
  }
  return zones.flatMap(({ at, cidr, tenant }): Finding[] => {
    if (cidr === undefined) return [];
    const where = [...at, "cidr"];
    if (tenant === undefined) {
      const rule = `a platform zone lies outside the tenants' block ${formatCidr(block)}`;
      return overlap(block, cidr) ? [{ at: where, rule }] : [];
    }
    if (contains(block, cidr) && cidr.prefix === prefix) return [];
    const rule = `a tenant's zone is a /${prefix} inside the tenants' block ${formatCidr(block)}`;
    return [{ at: where, rule, remedy: "take a free slot of the block, or widen network.tenants.cidr" }];
  });
};

const onePublicTier: Check = ({ zones }) => {
  const open = zones.filter(({ publicLoadBalancing }) => publicLoadBalancing === true);
  const place = ({ at }: ZoneFacts) => [...at, "publicLoadBalancing"];
  if (open.length === 0) {
    const rule = "one zone has publicLoadBalancing: true, for the gateways";
    return zones.length > 0 ? [{ at: ["network", "zones"], rule }] : [];
  }
  return [
    ...open
      .filter(({ kind }) => kind === "l2")
      .map((zone) => ({ at: place(zone), rule: "a layer-2 zone has no router, so the world cannot reach it" })),
    ...open
      .slice(1)
      .map((zone) => ({ at: place(zone), rule: "CloudStack allows public load balancing in one tier of a VPC" })),
  ];
};

const vpcOutsidePublicRange: Check = ({ vpc, publicRange }) =>
  vpc !== undefined && publicRange !== undefined && overlap(vpc, publicRange)
    ? [{ at: ["network", "cidr"], rule: `the VPC does not overlap the public range ${formatCidr(publicRange)}` }]
    : [];

export const networkChecks: readonly Check[] = [
  keysOnce,
  vlanOnce,
  vlanOutsideDynamicRanges,
  cidrsApart,
  zonesHoldMachines,
  tiersInsideVpc,
  tenantsInsideBlock,
  onePublicTier,
  vpcOutsidePublicRange,
];
