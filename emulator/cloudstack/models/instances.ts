/** The life of an instance: starting, stopping, failing, destroying, expunging. */
import { affinitiesOf } from "./affinity.ts";
import { describeInstance } from "./descriptions.ts";
import { failBare } from "./errors.ts";
import { releaseGpus, stopGpus, takeGpus } from "./gpu-allocation.ts";
import { hostsWithoutDevices, libvirt, startWith } from "./host-devices.ts";
import type { Instance } from "./instance.ts";
import type { Network, Nic } from "./network.ts";
import { implement } from "./networks.ts";
import { chooseHost } from "./placement.ts";
import { choosePool } from "./pools.ts";
import { releaseFromTier } from "./public-rules.ts";
import { demandOf, hostRooms } from "./rooms.ts";
import { plugTier, routerOf, startNetworkRouter, unpluggedTiers } from "./routers.ts";
import { settingValue } from "./settings.ts";
import type { Volume } from "./volume.ts";
import type { World } from "./world.ts";

/** Set on every instance that was stopped or started by itself at least once. */
const reservedCapacityDetail = { "Message.ReservedCapacityFreed.Flag": "false" };

export function nicsOf({ tables }: Pick<World, "tables">, instance: Instance): Nic[] {
  return tables.nics.where("instanceId", instance.id).sort((a, b) => a.deviceId - b.deviceId);
}

export function networksOf(world: World, instance: Instance): Network[] {
  return nicsOf(world, instance).map((nic) => world.tables.networks.need(nic.networkId));
}

export function volumesOf({ tables }: Pick<World, "tables">, instance: Instance): Volume[] {
  return tables.volumes.where("instanceId", instance.id);
}

/** When a start is accepted: notes the tiers that it will plug the router into (see `routers.ts`). */
export function acceptStart(world: World, instance: Instance): void {
  const tiers = unpluggedTiers(world, networksOf(world, instance));
  world.tables.instances.update(instance, { plugs: tiers.map((tier) => tier.id) });
}

/** Whether this start also starts or plugs a router, and so takes longer. */
export function isFirstStart(world: World, instance: Instance): boolean {
  const isolated = networksOf(world, instance).filter((network) => network.vpcId === undefined);
  return (instance.plugs ?? []).length > 0 || isolated.some((network) => needsRouter(world, network));
}

/** Takes room on a host, its GPUs, and room in a storage pool. @throws {ApiError} 533 when there is none that fits. */
export function beginStart(world: World, instance: Instance, wantedHost?: number): void {
  const unfit = hostsWithoutDevices(world, instance);
  const place = wantedHost === undefined ? {} : { host: wantedHost };
  const wishes = { lastHost: instance.lastHostId, avoid: new Set(unfit.keys()), ...place };
  const host = chooseHost(hostRooms(world, instance), demandOf(world, instance), affinitiesOf(world, instance), wishes);
  if (host === undefined) {
    // Of a host that is asked for only its own reason counts: it may have the devices, and no room.
    const any = unfit.get(instance.lastHostId ?? 0) ?? [...unfit.values()][0];
    const reason = wantedHost === undefined ? any : unfit.get(wantedHost);
    throw reason === undefined ? noDestination(instance) : libvirt(reason);
  }
  takeGpus(world, instance, host.id);
  const { clusterId } = world.tables.hosts.need(host.id);
  for (const volume of volumesOf(world, instance)) {
    if (!placeVolume(world, instance, volume, clusterId)) throw noDestination(instance);
  }
  for (const network of networksOf(world, instance)) implement(world, network);
  world.tables.instances.update(instance, { state: "Starting", hostId: host.id, lastHostId: host.id });
}

/** The end of a start: routers are there, the instance runs. */
export function finishStart(world: World, instance: Instance): void {
  const { tables } = world;
  for (const id of instance.plugs ?? []) plugTier(world, tables.networks.need(id));
  for (const network of networksOf(world, instance)) {
    if (network.vpcId === undefined && needsRouter(world, network)) startNetworkRouter(world, network);
  }
  const { deployvm: _done, ...details } = instance.details;
  tables.instances.update(instance, {
    state: "Running",
    plugs: undefined,
    lastStart: startWith(instance, instance.hostId ?? 0),
    lastUpdated: world.clock.now(),
    details: { ...details, ...overcommitDetails(world, instance) },
  });
}

/** Where a cluster overcommits, its instances carry the factors they were started with. */
function overcommitDetails(world: World, { hostId }: Instance): Record<string, string> {
  const { clusterId } = world.tables.hosts.need(hostId ?? 0);
  const place = { scope: "cluster", scopeId: clusterId } as const;
  const { cpuOvercommit, memoryOvercommit } = world.tables.clusters.need(clusterId);
  if (cpuOvercommit <= 1 && memoryOvercommit <= 1) return {};
  return {
    cpuOvercommitRatio: settingValue(world, "cpu.overprovisioning.factor", place),
    memoryOvercommitRatio: settingValue(world, "mem.overprovisioning.factor", place),
  };
}

/** An instance that was started or stopped by a call of its own carries a mark among its details. */
export function markStarted({ tables }: World, instance: Instance): void {
  tables.instances.update(instance, { details: { ...instance.details, ...reservedCapacityDetail } });
}

export function stop(world: World, instance: Instance): void {
  stopGpus(world, instance);
  world.tables.instances.update(instance, {
    state: "Stopped",
    hostId: undefined,
    plugs: undefined,
    lastUpdated: world.clock.now(),
  });
}

/** Leaves a failed deployment as CloudStack does: listed in Error, on its networks, its disks gone. */
export function failDeployment(world: World, instance: Instance): void {
  const { tables } = world;
  stop(world, instance);
  releaseGpus(world, instance);
  tables.instances.update(instance, { state: "Error" });
  for (const volume of volumesOf(world, instance)) tables.volumes.remove(volume);
}

/**
 * Gives up its host, its GPUs and its data disks. The root disk, network cards, addresses and the host name stay until the instance
 * is expunged.
 */
export function destroy(world: World, instance: Instance): void {
  stop(world, instance);
  releaseGpus(world, instance);
  world.tables.instances.update(instance, { state: "Destroyed" });
  for (const volume of volumesOf(world, instance)) if (volume.type === "DATADISK") detach(world, volume);
}

/** Takes back that the instance was destroyed; its data disks stay detached. */
export function recover(world: World, instance: Instance): void {
  world.tables.instances.update(instance, { state: "Stopped", lastUpdated: world.clock.now() });
}

/** Removes the instance with all that only it used. */
export function expunge(world: World, instance: Instance): void {
  const { tables } = world;
  for (const volume of volumesOf(world, instance)) {
    if (volume.type === "ROOT") tables.volumes.remove(volume);
    else detach(world, volume);
  }
  for (const nic of nicsOf(world, instance)) tables.nics.remove(nic);
  releaseRules(world, instance);
  for (const snapshot of tables.vmSnapshots.where("instanceId", instance.id)) tables.vmSnapshots.remove(snapshot);
  tables.instances.update(instance, { state: "Expunging", affinityGroupIds: [] });
  tables.instances.remove(instance);
}

/** What was destroyed, or failed, longer ago than `expunge.delay`: it is expunged without anybody asking. */
export function overdue(world: World): Instance[] {
  const before = world.clock.now() - Number(settingValue(world, "expunge.delay")) * 1000;
  const { instances } = world.tables;
  return [...instances.where("state", "Destroyed"), ...instances.where("state", "Error")].filter(
    (instance) => (instance.lastUpdated ?? instance.created) < before,
  );
}

export function detach(world: World, volume: Volume): void {
  world.tables.volumes.update(volume, { instanceId: undefined, deviceId: undefined, attached: undefined });
}

/** Puts a volume into a pool that this cluster sees, when it is not in one yet. False: no pool takes it. */
export function placeVolume(world: World, instance: Instance, volume: Volume, clusterId?: number): boolean {
  const pool = volume.poolId ?? choosePool(world, volume, clusterId)?.id;
  if (pool === undefined) return false;
  world.tables.volumes.update(volume, { poolId: pool, state: "Ready", hypervisor: instance.hypervisor });
  return true;
}

function releaseRules(world: World, instance: Instance): void {
  const { tables } = world;
  for (const rule of tables.portForwardingRules.where("instanceId", instance.id)) {
    tables.portForwardingRules.remove(rule);
    releaseFromTier(world, tables.publicIps.need(rule.publicIpId));
  }
  for (const rule of tables.loadBalancerRules.filter(({ members }) =>
    members.some((one) => one.instanceId === instance.id),
  )) {
    const members = rule.members.filter((member) => member.instanceId !== instance.id);
    tables.loadBalancerRules.update(rule, { members });
  }
  for (const ip of tables.publicIps.filter(({ staticNat }) => staticNat?.instanceId === instance.id)) {
    tables.publicIps.update(ip, { staticNat: undefined });
    releaseFromTier(world, ip);
  }
}

/** Whether the services of a network outside a VPC come from a router that is not there yet. */
function needsRouter(world: World, network: Network): boolean {
  const { services } = world.tables.networkOfferings.need(network.offeringId);
  const isRouted = services.some(({ providers }) => providers.includes("VirtualRouter"));
  return isRouted && routerOf(world, { networkId: network.id }) === undefined;
}

function noDestination(instance: Instance): Error {
  const hint =
    instance.affinityGroupIds.length === 0
      ? ""
      : ", Please check the affinity groups provided, there may not be sufficient capacity to follow them";
  return failBare(533, `No destination found for a deployment for ${describeInstance(instance)}${hint}`);
}
