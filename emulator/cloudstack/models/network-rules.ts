/** What makes a new guest network acceptable (`NetworkServiceImpl.createGuestNetwork`, `VpcManagerImpl`). */
import { describeNetwork, describeVpc, describeZone } from "./descriptions.ts";
import { fail, invalid } from "./errors.ts";
import type { PhysicalNetwork, Zone } from "./infrastructure.ts";
import {
  blockOf,
  type Cidr,
  formatCidr,
  isPrivate,
  isWithin,
  overlap,
  parseAddress,
  parseCidr,
  prefixOf,
} from "./ipv4.ts";
import type { Network, Vpc } from "./network.ts";
import type { NetworkOffering } from "./offerings.ts";
import { settingInForce } from "./settings.ts";
import { isDynamic, parseVlanRanges } from "./vlan.ts";
import type { World } from "./world.ts";

export interface Addressing {
  readonly gateway?: string;
  readonly netmask?: string;
  readonly cidr?: string;
  readonly startIp?: string;
  readonly endIp?: string;
}

interface WantedAddresses {
  readonly gateway?: string | undefined;
  readonly netmask?: string | undefined;
  readonly startip?: string | undefined;
  readonly endip?: string | undefined;
}

/** Checks the addresses that a call gives and works out the block. @throws {ApiError} 431 */
export function addressingOf(offering: NetworkOffering, zone: Zone, wanted: WantedAddresses): Addressing {
  const { gateway, netmask, startip, endip = startip } = wanted;
  const isShared = offering.guestType === "Shared";
  if (isShared && startip === undefined) throw invalid("Either IPv4 or IPv6 start and end address are mandatory");
  if (startip !== undefined && parseAddress(startip) === undefined)
    throw invalid("Invalid format for the startIp parameter");
  if (endip !== undefined && parseAddress(endip) === undefined) throw invalid("Invalid format for the endIp parameter");
  if (gateway === undefined || netmask === undefined) {
    if (startip !== undefined) throw invalid("gateway and netmask should be defined when startIP/endIP are passed in");
    return offering.guestType === "Isolated" ? defaultBlock(zone) : {};
  }
  const block = blockFrom(gateway, netmask);
  const range = startip !== undefined && endip !== undefined ? { startIp: startip, endIp: endip } : {};
  return { gateway, netmask, cidr: formatCidr(block), ...(isShared ? range : {}) };
}

function blockFrom(gateway: string, netmask: string): Cidr {
  const address = parseAddress(gateway);
  if (address === undefined) throw invalid("Invalid gateway");
  const prefix = prefixOf(netmask);
  if (prefix === undefined) throw invalid("Invalid netmask");
  const block = blockOf(address, prefix);
  if (address === block.base || address === block.base + 2 ** (32 - prefix) - 1) {
    throw invalid("Invalid gateway IP provided. Either the IP is broadcast or network IP.");
  }
  return block;
}

/** An isolated network that names no addresses takes the zone's guest block. */
function defaultBlock(zone: Zone): Addressing {
  const [address = "", prefix = "24"] = zone.guestCidr.split("/");
  const gateway = address.replace(/\.\d+$/, ".1");
  const mask = (0xffffffff << (32 - Number(prefix))) >>> 0;
  const netmask = [24, 16, 8, 0].map((shift) => (mask >>> shift) & 255).join(".");
  return { gateway, netmask, cidr: zone.guestCidr };
}

/** @throws {ApiError} 431 when the VLAN is missing, not allowed, dynamic or in use. */
export function checkVlan(
  world: World,
  place: { readonly zone: Zone; readonly physical: PhysicalNetwork; readonly offering: NetworkOffering },
  vlan: number | undefined,
  bypassOverlap: boolean,
): void {
  const { zone, physical, offering } = place;
  if (vlan === undefined) {
    if (offering.specifyVlan) throw invalid("Vlan has to be specified; corresponding offering says specifyVlan=true");
    return;
  }
  if (!offering.specifyVlan) throw invalid("Can't specify vlan; corresponding offering says specifyVlan=false");
  const bypassesRange = bypassOverlap && offering.guestType === "Shared";
  if (!bypassesRange && isDynamic(parseVlanRanges(physical.vlans), vlan)) {
    throw invalid(
      `The VLAN tag to use for new guest network, ${vlan} is already being used for dynamic vlan allocation for the guest network in zone ${zone.name}`,
    );
  }
  if (!bypassOverlap && world.tables.networks.where("vlan", vlan).some((other) => other.zoneId === zone.id)) {
    throw invalid(
      `Network with vlan ${vlan} already exists or overlaps with other network vlans in zone ${describeZone(zone)}`,
    );
  }
}

/** @throws {ApiError} when the VPC cannot take this tier. */
export function checkTier(
  world: World,
  vpc: Vpc,
  offering: NetworkOffering,
  { cidr, gateway }: Addressing,
  networkDomain: string | undefined,
): void {
  const tiers = world.tables.networks.where("vpcId", vpc.id);
  const most = Number(settingInForce(world, "vpc.max.networks"));
  if (tiers.length >= most) throw fail("runtime", `Number of networks per VPC cannot surpass [${most}].`);
  const block = parseCidr(cidr ?? "");
  if (block === undefined || gateway === undefined) {
    throw invalid("Gateway/netmask are required when create network for VPC");
  }
  const whole = parseCidr(vpc.cidr);
  if (whole === undefined || !isWithin(block, whole)) {
    throw invalid(`Network cidr ${cidr} is not within vpc ${describeVpc(vpc)} cidr`);
  }
  const crossed = tiers.find((tier) => overlaps(tier, block));
  if (crossed !== undefined) {
    throw invalid(
      `Network cidr ${cidr} crosses other network cidr ${describeNetwork(crossed)} belonging to the same vpc ${describeVpc(vpc)}`,
    );
  }
  if (networkDomain !== undefined && networkDomain.toLowerCase() !== vpc.networkDomain.toLowerCase()) {
    throw invalid(`Network domain of the new network should match network domain of vpc ${describeVpc(vpc)}`);
  }
  checkTierOffering(world, vpc, offering, tiers);
}

function checkTierOffering(world: World, vpc: Vpc, offering: NetworkOffering, tiers: readonly Network[]): void {
  const services = offering.services.map(({ name }) => name);
  if (offering.guestType !== "Isolated" || !services.includes("SourceNat")) {
    throw invalid("Only network offerings of type Isolated with service SourceNat are valid for vpc ");
  }
  const ofVpc = world.tables.vpcOfferings.need(vpc.offeringId).services;
  for (const { name, providers } of offering.services) {
    const allowed = ofVpc.find((service) => service.name === name)?.providers ?? [];
    const foreign = providers.find((provider) => !allowed.includes(provider));
    if (foreign !== undefined) {
      throw invalid(`Service/provider combination ${name}/${foreign} is not supported by VPC ${describeVpc(vpc)}`);
    }
  }
  if (!services.includes("Lb")) return;
  // Several tiers may share one offering with public load balancing; a second offering with it is refused.
  const other = tiers.find((tier) => {
    const theirs = world.tables.networkOfferings.need(tier.offeringId);
    return theirs !== offering && theirs.services.some(({ name }) => name === "Lb");
  });
  if (other !== undefined) {
    throw invalid(
      `Public LB service is already supported by network ${describeNetwork(other)} in VPC ${describeVpc(vpc)}`,
    );
  }
}

/**
 * Whether a network may change to another offering (`NetworkServiceImpl.updateGuestNetwork`, `NetworkModelImpl.canUpgrade`).
 * @throws {ApiError} with the reason
 */
export function checkUpgrade(world: World, network: Network, to: NetworkOffering): void {
  const { tables } = world;
  const from = tables.networkOfferings.need(network.offeringId);
  if (to.removed !== undefined) throw invalid("Unable to find network offering with specified id");
  if (to.state !== "Enabled") {
    throw invalid("Network offering with specified id is not in Enabled state, can't upgrade to it");
  }
  if (from.forVpc !== to.forVpc) {
    throw invalid(`Can't update as the new offering is ${to.forVpc ? "a vpc offering " : "not a vpc offering"}`);
  }
  const isAlike =
    from.guestType === to.guestType &&
    from.specifyVlan === to.specifyVlan &&
    from.specifyIpRanges === to.specifyIpRanges &&
    (to.tags === undefined || from.tags?.toLowerCase() === to.tags.toLowerCase());
  if (!isAlike) {
    throw invalid(`Can't upgrade from network offering ${from.uuid} to ${to.uuid}; check logs for more information`);
  }
  const lost = from.services.map(({ name }) => name).filter((name) => !to.services.some((one) => one.name === name));
  if (lost.length > 0) {
    throw fail(
      "runtime",
      `The new offering:${to.name} will remove the following services [${lost.join(", ")}]along with all the related configuration currently in use. will not proceed with the network update.set forced parameter to true for forcing an update.`,
    );
  }
  if (network.vpcId === undefined) return;
  const others = tables.networks.where("vpcId", network.vpcId).filter(({ id }) => id !== network.id);
  checkTierOffering(world, tables.vpcs.need(network.vpcId), to, others);
}

function overlaps(network: Network, block: Cidr): boolean {
  const theirs = parseCidr(network.cidr ?? "");
  return theirs !== undefined && overlap(theirs, block);
}

/** @throws {ApiError} 431 when an isolated network would use public addresses. */
export function checkGuestBlock(offering: NetworkOffering, cidr: string | undefined): void {
  if (offering.guestType !== "Isolated" || cidr === undefined) return;
  const block = parseCidr(cidr);
  if (block === undefined || !isPrivate(block)) {
    throw invalid(`Virtual Guest Cidr ${cidr} is not RFC 1918 or 6598 compliant`);
  }
}
