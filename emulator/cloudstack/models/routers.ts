/**
 * Routers and the tiers they are plugged into.
 *
 * The trap of a real server: every start of an instance whose tier the router is not yet plugged into plugs it. Starts
 * that overlap plug it twice: all of them succeed, the router has two cards in one tier, and from then on neither the
 * tier nor its VPC can be deleted.
 */
import { addNic, takeAddress } from "./guest-addresses.ts";
import { formatAddress, parseAddress } from "./ipv4.ts";
import type { Network, Nic, Router, Vpc } from "./network.ts";
import { chooseHost } from "./placement.ts";
import { takePublicAddress } from "./public-addresses.ts";
import { stableUuid } from "./random.ts";
import { hostRooms, routerDemand } from "./rooms.ts";
import type { World } from "./world.ts";

/** A router never gets more cards in one tier than this, however many starts overlapped. */
const cardsAfterOverlap = 2;
const controlBase = 0xa9fe0000;

/** Networks of the system that no call creates: routers have a card in each. */
export const systemNetworks = { control: stableUuid("network/control"), public: stableUuid("network/public") };

/** The router of a VPC, or of an isolated network with one of its own. */
export function routerOf({ tables }: World, owner: { vpcId?: number; networkId?: number }): Router | undefined {
  return owner.vpcId === undefined
    ? tables.routers.where("networkId", owner.networkId)[0]
    : tables.routers.where("vpcId", owner.vpcId)[0];
}

/** Starts the router of a VPC and takes its source NAT address. */
export function startVpcRouter(world: World, vpc: Vpc): Router {
  const { zoneId, accountId, domainId } = vpc;
  const holder = { zoneId, accountId, domainId };
  const { address } = takePublicAddress(world, { ...holder, vpcId: vpc.id, sourceNat: true });
  return startRouter(world, { ...holder, vpcId: vpc.id, publicIp: address });
}

/** The tiers among these networks that no router is plugged into yet: starting an instance on them will plug one. */
export function unpluggedTiers(world: World, networks: readonly Network[]): Network[] {
  return networks.filter((network) => network.vpcId !== undefined && cardsIn(world, network).length === 0);
}

/** Plugs the VPC's router into the tier, once for every start that found it unplugged. */
export function plugTier(world: World, network: Network): void {
  const vpc = world.tables.vpcs.need(network.vpcId ?? 0);
  const router = routerOf(world, { vpcId: vpc.id }) ?? startVpcRouter(world, vpc);
  if (cardsIn(world, network).length < cardsAfterOverlap) plug(world, router, network);
}

/** Gives an isolated network outside a VPC its own router when the first instance starts on it. */
export function startNetworkRouter(world: World, network: Network): void {
  if (routerOf(world, { networkId: network.id })) return;
  const { zoneId, accountId, domainId } = network;
  const holder = { zoneId, accountId, domainId, networkId: network.id };
  const publicIp =
    network.guestType === "Isolated" ? takePublicAddress(world, { ...holder, sourceNat: true }).address : undefined;
  plug(world, startRouter(world, { ...holder, ...(publicIp === undefined ? {} : { publicIp }) }), network);
}

/** A tier with two router cards cannot be shut down any more. */
export function isCorrupted(world: World, network: Network): boolean {
  return cardsIn(world, network).length > 1;
}

export function unplug(world: World, network: Network): void {
  for (const card of cardsIn(world, network)) world.tables.nics.remove(card);
}

export function removeRouter({ tables }: World, router: Router): void {
  for (const card of tables.nics.where("routerId", router.id)) tables.nics.remove(card);
  tables.routers.remove(router);
}

function cardsIn({ tables }: World, network: Network): Nic[] {
  return tables.nics.where("networkId", network.id).filter((nic) => nic.routerId !== undefined);
}

function plug(world: World, router: Router, network: Network): void {
  const { tables } = world;
  addNic(tables, network, {
    routerId: router.id,
    // In an isolated network or tier the router is the gateway; in a shared one it takes an address like everybody.
    ipAddress: network.guestType === "Shared" ? takeAddress(tables, network, undefined) : network.gateway,
    isDefault: false,
    deviceId: tables.nics.where("routerId", router.id).length + 2,
  });
}

type NewRouter = Pick<Router, "zoneId" | "accountId" | "domainId"> &
  Partial<Pick<Router, "vpcId" | "networkId" | "publicIp">>;

function startRouter(world: World, router: NewRouter): Router {
  const { tables, random } = world;
  const linkLocalIp = formatAddress(controlBase + 256 + random.below(0xfeff - 256));
  const host = chooseHost(hostRooms(world), routerDemand, []);
  const row = tables.routers.insert({
    ...router,
    name: "",
    state: "Running",
    linkLocalIp,
    ...(host === undefined ? {} : { hostId: host.id }),
    ...(router.publicIp === undefined ? {} : { publicMac: publicMac(random.below(0xffff)) }),
  });
  return tables.routers.update(row, { name: `r-${row.id}-VM` });
}

function publicMac(count: number): string {
  return `1e:00:c7:00:${[count >>> 8, count & 255].map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`;
}

/** The control card's MAC address carries its address. */
export function controlMac(router: Router): string {
  const address = parseAddress(router.linkLocalIp) ?? 0;
  const parts = [24, 16, 8, 0].map((shift) => ((address >>> shift) & 255).toString(16).padStart(2, "0"));
  return ["0e", "00", ...parts].join(":");
}
