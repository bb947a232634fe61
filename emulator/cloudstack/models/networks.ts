/** The life of a guest network after it was created. */
import { failBare } from "./errors.ts";
import type { Network } from "./network.ts";
import { isCorrupted, removeRouter, routerOf, unplug } from "./routers.ts";
import { nextFree, parseVlanRanges } from "./vlan.ts";
import type { World } from "./world.ts";

/** Gives a network without a fixed VLAN one of the dynamic range. @throws {ApiError} 533 when the range is used up. */
export function implement(world: World, network: Network): void {
  if (network.state !== "Allocated") return;
  const physical = world.tables.physicalNetworks.need(network.physicalNetworkId);
  const inZone = world.tables.networks.where("physicalNetworkId", physical.id);
  const taken = new Set(inZone.map((other) => other.vlan).filter((vlan) => vlan !== undefined));
  const vlan = nextFree(parseVlanRanges(physical.vlans), taken);
  if (vlan === undefined) {
    throw failBare(533, `Unable to allocate vnet as a part of network ${network.uuid} implement `);
  }
  world.tables.networks.update(network, { state: "Implemented", vlan });
}

/** @throws {ApiError} 530 while instances are on the network, expunged ones excepted, or when its router is corrupted. */
export function checkRemovable(world: World, network: Network): void {
  const cards = world.tables.nics.where("networkId", network.id);
  if (cards.some((nic) => nic.instanceId !== undefined) || isCorrupted(world, network)) {
    throw failBare(530, "Failed to delete network");
  }
}

/** Takes the network away with everything that serves it. */
export function removeNetwork(world: World, network: Network): void {
  const { tables } = world;
  for (const rule of tables.loadBalancerRules.where("networkId", network.id)) tables.loadBalancerRules.remove(rule);
  for (const rule of tables.portForwardingRules.where("networkId", network.id)) tables.portForwardingRules.remove(rule);
  for (const ip of tables.publicIps.where("networkId", network.id)) {
    if (ip.vpcId === undefined) tables.publicIps.remove(ip);
    else tables.publicIps.update(ip, { networkId: undefined, staticNat: undefined });
  }
  unplug(world, network);
  const router = routerOf(world, { networkId: network.id });
  if (router !== undefined) removeRouter(world, router);
  tables.networks.remove(network);
}
