/** What a public address may be used for at the same time (`NetworkModelImpl`, `RulesManagerImpl`, `FirewallManagerImpl`). */
import { describeAddress, describeNetwork } from "./descriptions.ts";
import { failBare, invalid } from "./errors.ts";
import type { Instance } from "./instance.ts";
import type { Network, Nic, PublicIp } from "./network.ts";
import type { Tables } from "./tables.ts";
import type { World } from "./world.ts";

/** Ports that a rule of either kind holds, or is to hold, on an address. */
interface Ports {
  readonly purpose: "PortForwarding" | "LoadBalancing";
  readonly protocol: string;
  readonly publicPort: number;
  readonly publicEndPort: number;
  /** Of forwarded ports: who is let in; empty is everybody. */
  readonly sources: readonly string[];
}

interface HeldPorts extends Ports {
  readonly id: number;
  readonly uuid: string;
  readonly networkId: number;
  readonly state: string;
}

function heldPorts(tables: Tables, ip: PublicIp): HeldPorts[] {
  return [
    ...tables.portForwardingRules.where("publicIpId", ip.id).map((rule) => ({
      ...rule,
      purpose: "PortForwarding" as const,
      state: "Active",
      sources: rule.cidrList?.split(",") ?? [],
    })),
    ...tables.loadBalancerRules.where("publicIpId", ip.id).map((rule) => ({
      ...rule,
      purpose: "LoadBalancing" as const,
      protocol: "tcp",
      publicEndPort: rule.publicPort,
      sources: [],
    })),
  ];
}

export function hasRules(tables: Tables, ip: PublicIp): boolean {
  return heldPorts(tables, ip).length > 0;
}

type Service = "StaticNat" | "Lb" | "PortForwarding";

/** What the address does already (`NetworkModelImpl.getIpToServices`). */
function servicesOf(tables: Tables, ip: PublicIp): string[] {
  return Object.entries({
    SourceNat: ip.sourceNat,
    StaticNat: ip.staticNat !== undefined,
    Lb: tables.loadBalancerRules.where("publicIpId", ip.id).length > 0,
    PortForwarding: tables.portForwardingRules.where("publicIpId", ip.id).length > 0,
  }).flatMap(([service, isUsed]) => (isUsed ? [service] : []));
}

/**
 * Whether the address may do this on the network, too (`NetworkModelImpl.checkIpForService`): without the offering's conserve
 * mode it does one thing only. Before 4.20 a balancer's creation failed with 530 and no reason (apache/cloudstack#8313, #9455).
 * @throws {ApiError} 431
 */
function checkService(tables: Tables, ip: PublicIp, network: Network, wanted: Service): void {
  const { guestType, conserveMode, services } = tables.networkOfferings.need(network.offeringId);
  const [used, ...others] = servicesOf(tables, ip);
  if (guestType !== "Isolated" || used === undefined) return;
  if (!services.some(({ name }) => name === wanted)) {
    throw invalid(`There is no new provider for IP ${ip.address} of service ${wanted}!`);
  }
  if (conserveMode) return;
  if (others.length > 0) throw invalid(`There are multiple services used ip ${ip.address}.`);
  if (used !== wanted) throw invalid(`The IP ${ip.address} is already used as ${used} rather than ${wanted}`);
}

/**
 * A port is forwarded once for each protocol and source (`FirewallManagerImpl.detectRulesConflict`); beside a balancer neither counts.
 * @throws {ApiError} 537 when another rule has one of the ports
 */
export function checkPortsFree(tables: Tables, ip: PublicIp, wanted: Ports): void {
  for (const rule of heldPorts(tables, ip)) {
    if (wanted.publicEndPort < rule.publicPort || wanted.publicPort > rule.publicEndPort) continue;
    const bothForward = rule.purpose === "PortForwarding" && wanted.purpose === "PortForwarding";
    if (bothForward && (rule.protocol !== wanted.protocol || !haveCommon(rule.sources, wanted.sources))) continue;
    const { id, networkId, purpose, state, uuid } = rule;
    const described = `FirewallRule ${JSON.stringify({ id, networkId, purpose, state, uuid })}`;
    throw failBare(
      537,
      `The range specified, ${wanted.publicPort}-${wanted.publicEndPort}, conflicts with rule ${described} which has ${rule.publicPort}-${rule.publicEndPort}`,
    );
  }
}

/** As texts: a network and a part of it have nothing in common, and neither has everybody with anybody (`detectConflictingCidrs`). */
function haveCommon(some: readonly string[], others: readonly string[]): boolean {
  return some.length + others.length === 0 || some.some((source) => others.includes(source));
}

/** The network that a rule on an address is for. @throws {ApiError} 431 with this text when there is none */
export function servedNetwork(network: Network | undefined, missing: string): Network {
  if (network === undefined) throw invalid(missing);
  if (network.removed !== undefined) throw invalid("Unable to find network by id");
  return network;
}

/** Whether the address serves the network or, one of its VPC, may come to serve it, by doing this. @throws {ApiError} 431 */
export function checkServes(tables: Tables, ip: PublicIp, network: Network, wanted: Service): void {
  if (ip.networkId === undefined && (ip.vpcId === undefined || ip.vpcId !== network.vpcId)) {
    throw invalid(`Ip address ${describeAddress(ip)} is not assigned to the network ${describeNetwork(network)}`);
  }
  checkService(tables, ip, network, wanted);
}

/** @throws {ApiError} 431 or 537 when static NAT is not possible. */
export function checkStaticNat(tables: Tables, ip: PublicIp, instance: Instance, card: Nic): void {
  if (ip.sourceNat) throw invalid(`Can't enable static, ip address ${describeAddress(ip)} is a sourceNat ip address`);
  if (ip.staticNat === undefined) {
    for (const [kind, rules] of [
      ["PortForwarding", tables.portForwardingRules.where("publicIpId", ip.id)],
      ["LoadBalancing", tables.loadBalancerRules.where("publicIpId", ip.id)],
    ] as const) {
      if (rules.length === 0) continue;
      throw failBare(
        537,
        `Failed to enable static nat for the ip address ${describeAddress(ip)} as it already has ${kind} rules assigned`,
      );
    }
  } else if (ip.staticNat.instanceId !== instance.id) {
    throw failBare(
      537,
      `Failed to enable static for the ip address ${describeAddress(ip)} and vm id=${instance.id} as it's already assigned to antoher vm`,
    );
  }
  const other = tables.publicIps.find(
    ({ staticNat }) => staticNat?.instanceId === instance.id && staticNat.guestIp === card.ipAddress,
  );
  if (other !== undefined) {
    throw invalid(
      `Failed to enable static nat on the  ip ${ip.address} with Id ${ip.uuid} as the vm ${instance.instanceName} with Id ${instance.uuid} is already associated with another public ip ${other.address} with id ${other.uuid}`,
    );
  }
}

/** Whether static NAT or a rule of a public address leads to this card. */
export function hasPublicRules(tables: Tables, nic: Nic): boolean {
  const leadsHere = (rule: { instanceId: number }) => rule.instanceId === nic.instanceId;
  return (
    tables.portForwardingRules.where("networkId", nic.networkId).some(leadsHere) ||
    tables.loadBalancerRules.where("networkId", nic.networkId).some((rule) => rule.members.some(leadsHere)) ||
    tables.publicIps.where("networkId", nic.networkId).some(({ staticNat }) => staticNat && leadsHere(staticNat))
  );
}

/** Gives the card another address; what leads to it from outside follows. */
export function moveAddress(tables: Tables, nic: Nic, address: string | undefined): void {
  tables.nics.update(nic, { ipAddress: address });
  if (address === undefined) return;
  for (const ip of tables.publicIps.where("networkId", nic.networkId)) {
    const { staticNat } = ip;
    if (staticNat === undefined || staticNat.instanceId !== nic.instanceId) continue;
    tables.publicIps.update(ip, { staticNat: { ...staticNat, guestIp: address } });
  }
  for (const rule of tables.portForwardingRules.where("networkId", nic.networkId)) {
    if (rule.instanceId === nic.instanceId) tables.portForwardingRules.update(rule, { guestIp: address });
  }
  for (const rule of tables.loadBalancerRules.where("networkId", nic.networkId)) {
    const members = rule.members.map((one) => (one.instanceId === nic.instanceId ? { ...one, ip: address } : one));
    tables.loadBalancerRules.update(rule, { members });
  }
}

/** An address of a VPC serves a tier only as long as something uses it there. */
export function releaseFromTier({ tables }: World, ip: PublicIp): void {
  if (ip.vpcId === undefined || ip.staticNat !== undefined || hasRules(tables, ip)) return;
  tables.publicIps.update(ip, { networkId: undefined });
}

/**
 * Gives the address back with everything that uses it, and its tags (`NetworkServiceImpl.releaseIpAddress`). Addresses that go
 * with their VPC, network or account leave their tags to the next holder.
 */
export function releaseAddress({ tables }: World, ip: PublicIp): void {
  for (const rule of tables.portForwardingRules.where("publicIpId", ip.id)) tables.portForwardingRules.remove(rule);
  for (const rule of tables.loadBalancerRules.where("publicIpId", ip.id)) tables.loadBalancerRules.remove(rule);
  for (const tag of tables.tags.where("resourceUuid", ip.uuid)) tables.tags.remove(tag);
  tables.publicIps.remove(ip);
}
