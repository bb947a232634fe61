import type { AclRule } from "../../src/plan/acl.ts";
import { type Cidr, contains, formatCidr, parseCidr } from "../../src/plan/cidr.ts";
import { type Flow, flows, type Party } from "../../src/plan/flows.ts";
import type { ZonePlan } from "../../src/plan/network.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { type LinkReport, type NetworkReport, platformOwner, type VmReport, world } from "./report.ts";

/** Every VLAN of the plan: the platform's in the order of the profile, then the tenants'. */
export function networksOf({ network, tenants }: Plan, vms: readonly VmReport[]): NetworkReport[] {
  const report = (zone: ZonePlan, owner: string): NetworkReport => ({
    key: zone.key,
    name: zone.name,
    vlan: zone.vlan,
    cidr: zone.cidr,
    kind: zone.kind,
    owner,
    public: zone.kind === "tier" && zone.publicLoadBalancing,
    rules: zone.kind === "tier" ? zone.rules : [],
    inside: insideOf(zone.key, vms),
  });
  return [
    ...network.zones.map((zone) => report(zone, platformOwner)),
    ...tenants.flatMap(({ name, zone }) => (zone === undefined ? [] : [report(zone, name)])),
  ];
}

/**
 * What the rules let through between networks, read back from the rules themselves: both ends must allow it.
 * So this shows what will be enforced, and not what somebody meant.
 */
export function linksOf(networks: readonly NetworkReport[]): LinkReport[] {
  return networks.flatMap((to) =>
    allowed(to, "ingress").flatMap(({ rule, flow }) => {
      if (flow.from === world)
        return linkOf(flow, { key: world, cidrs: rule.cidrs }, { key: to.key, cidrs: [to.cidr] });
      return networks
        .filter((from) => from !== to)
        .flatMap((from) => {
          const counterpart = allowed(from, "egress").find((other) => other.flow === flow);
          const sources = intersect(rule.cidrs, from.cidr);
          const destinations = intersect(counterpart?.rule.cidrs ?? [], to.cidr);
          if (sources.length === 0 || destinations.length === 0) return [];
          return linkOf(flow, { key: from.key, cidrs: sources }, { key: to.key, cidrs: destinations });
        });
    }),
  );
}

interface End {
  key: string;
  cidrs: string[];
}

function linkOf({ name, port, source }: Flow, from: End, to: End): LinkReport[] {
  const ends = { sources: from.cidrs, destinations: to.cidrs };
  return [{ from: from.key, to: to.key, protocol: "tcp", port, name, source, ...ends }];
}

function allowed({ rules }: NetworkReport, trafficType: AclRule["trafficType"]): { rule: AclRule; flow: Flow }[] {
  return rules
    .filter((rule) => rule.action === "allow" && rule.trafficType === trafficType)
    .map((rule) => ({ rule, flow: flowOf(rule) }));
}

/** A rule has the number of its flow, plus one for egress. */
function flowOf({ number, trafficType, description }: AclRule): Flow {
  const flow = flows.find((candidate) => candidate.number === (trafficType === "egress" ? number - 1 : number));
  if (flow === undefined) throw new RangeError(`rule ${number} (${description}) comes from no flow`);
  return flow;
}

/** The parts of the networks that lie in the given one. */
function intersect(cidrs: readonly string[], within: string): string[] {
  const frame = parsed(within);
  return cidrs.flatMap((text) => {
    const cidr = parsed(text);
    if (contains(frame, cidr)) return formatCidr(cidr);
    return contains(cidr, frame) ? formatCidr(frame) : [];
  });
}

function parsed(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new RangeError(`"${text}" is no network`);
  return cidr;
}

/** Flows whose two ends are neighbours in the network. */
function insideOf(key: string, vms: readonly VmReport[]): NetworkReport["inside"] {
  const neighbours = vms.filter(({ nics }) => nics.some(({ zone }) => zone === key));
  const plays = (vm: VmReport, party: Party) => typeof party === "object" && vm.roles.includes(party.role);
  return flows
    .filter(({ from, to }) =>
      neighbours.some((one) => plays(one, from) && neighbours.some((other) => other !== one && plays(other, to))),
    )
    .map(({ name, port, source }) => ({ name, port, source }));
}
