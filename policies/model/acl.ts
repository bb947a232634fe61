import type { PackSettings } from "../core/settings.ts";
import type { Subject } from "../core/subject.ts";
import type { Surroundings } from "../core/world.ts";
import { contains, overlap, type Range, rangeOf } from "./address.ts";
import { cidrOf, zoneOf } from "./networks.ts";
import { type Owner, ownerOf } from "./owner.ts";
import { type AclList, type AclRule, type Network, types } from "./types.ts";

/** A tier and the list of rules that stands at its border. */
export interface Tier {
  network: Subject<Network>;
  list: Subject<AclList>;
  /** The zone of the plan that it is. */
  zone: string | undefined;
  range: Range | undefined;
  owner: Owner;
}

/** What rules about tiers look at: the tier, and the list, which may change while its tier does not. */
export const tierTypes = [types.network, types.aclList] as const;

/**
 * The tiers that a network or a list is about: the network with its list, or the list with the networks that the server
 * knows to use it. A list that nobody uses yet is judged when a network takes it.
 * @throws Undecided
 */
export async function tiersOf(subject: Subject<Network | AclList>, world: Surroundings): Promise<Tier[]> {
  if (subject.type === types.aclList) {
    const list = subject as Subject<AclList>;
    const networks = await world.users<Network>(list, types.network, "aclId");
    return Promise.all(networks.map((network) => tierOf(network, list, world)));
  }
  const network = subject as Subject<Network>;
  const lists = await world.referents<AclList>(network, "aclId", types.aclList, [network.raw.aclId]);
  return Promise.all(lists.map((list) => tierOf(network, list, world)));
}

async function tierOf(network: Subject<Network>, list: Subject<AclList>, world: Surroundings): Promise<Tier> {
  const cidr = cidrOf(network);
  return {
    network,
    list,
    zone: zoneOf(network, world.settings),
    range: cidr === undefined ? undefined : rangeOf(cidr),
    owner: await ownerOf(network, world),
  };
}

/** A rule that lets something pass, as far as one of its networks goes. */
export interface Allowance {
  rule: AclRule;
  cidr: string;
  /** Undefined where `cidr` is no IPv4 network: then nobody can say what it lets pass. */
  range: Range | undefined;
}

/** What a list lets pass in a direction. Earlier denials do not count: whoever writes an allow means it. */
export function allowances({ props: { rules } }: Subject<AclList>, trafficType: "ingress" | "egress"): Allowance[] {
  return rules
    .filter((rule) => rule.action === "allow" && rule.trafficType === trafficType)
    .flatMap((rule) =>
      (rule.cidrs.length === 0 ? [anywhere] : rule.cidrs).map((cidr) => ({ rule, cidr, range: rangeOf(cidr) })),
    );
}

export const anywhere = "0.0.0.0/0";

/** Whether the rule lets pass one TCP port and nothing else. */
export function isOnlyTcp({ protocol, startPort, endPort }: AclRule, port: number): boolean {
  return protocol.toLowerCase() === "tcp" && startPort === port && (endPort ?? startPort) === port;
}

/** Whether the rule lets pass a TCP or UDP port. */
export function covers({ protocol, startPort, endPort }: AclRule, port: number): boolean {
  // Protocols have numbers as well, and 0 is all of them to the router's iptables.
  const name = /^\d+$/.test(protocol) ? String(Number(protocol)) : protocol.toLowerCase();
  if (!["tcp", "udp", "all", "0", "6", "17"].includes(name)) return false;
  return startPort === undefined || (startPort <= port && port <= (endPort ?? startPort));
}

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap((cidr) => rangeOf(cidr) ?? []);

/** Whether a range reaches beyond private addresses: 0.0.0.0/0, but 0.0.0.0/1 and 8.0.0.0/7 as well. */
export function reachesTheWorld(range: Range | undefined): boolean {
  return range === undefined || !privateRanges.some((one) => contains(one, range));
}

/** The plan's range of a zone. */
export function zoneRange({ plan }: PackSettings, zone: string): Range | undefined {
  const cidr = plan.zones[zone]?.cidr;
  return cidr === undefined ? undefined : rangeOf(cidr);
}

export function tenantsRange({ plan }: PackSettings): Range {
  return rangeOf(plan.tenants.cidr) ?? { first: 0, last: -1 };
}

/** Whether a range touches tenants' addresses. */
export function touchesTenants(range: Range | undefined, settings: PackSettings): boolean {
  return range === undefined || overlap(range, tenantsRange(settings));
}

/** The rule in a few words. */
export function ruleText({ number, protocol, startPort, endPort }: AclRule, cidr: string): string {
  const ports =
    startPort === undefined
      ? ""
      : ` ${startPort}${endPort === undefined || endPort === startPort ? "" : `-${endPort}`}`;
  return `${number}: ${protocol}${ports}, ${cidr}`;
}
