import { knows } from "../models/flavor.ts";
import { gpuUse } from "../models/gpu-capacity.ts";
import type { Cluster, Zone } from "../models/infrastructure.ts";
import { parseAddress } from "../models/ipv4.ts";
import { allocatedBytes, overprovisioning } from "../models/pools.ts";
import { useOf } from "../models/rooms.ts";
import { parseVlanRanges } from "../models/vlan.ts";
import type { World } from "../models/world.ts";
import { type Command, listing } from "./command.ts";
import { percent } from "./numbers.ts";
import { boolean, integer, listParameters, ref, text } from "./parameters.ts";

const mib = 2 ** 20;

/** One line of the capacity listing. */
interface Capacity {
  readonly type: number;
  readonly name: string;
  readonly used: number;
  readonly total: number;
  /** Only for what is allocated to instances: memory, CPU, GPUs, cores. */
  readonly allocated?: number;
}

/** What hosts have and give: memory, MHz, cores and GPUs. */
function hostCapacities(world: World, zone: Zone, cluster: Cluster | undefined): Capacity[] {
  const hosts = world.tables.hosts.filter(
    (host) => host.zoneId === zone.id && (!cluster || host.clusterId === cluster.id),
  );
  const totals = { memory: 0, mhz: 0, cores: 0, usedMemory: 0, usedMhz: 0, usedCores: 0 };
  for (const host of hosts) {
    const { cpuOvercommit, memoryOvercommit } = world.tables.clusters.need(host.clusterId);
    const use = useOf(world, host);
    totals.memory += host.memoryBytes * memoryOvercommit;
    totals.mhz += host.cores * host.cpuSpeedMhz * cpuOvercommit;
    totals.cores += host.cores;
    totals.usedMemory += use.memoryMib * mib;
    totals.usedMhz += use.mhz;
    totals.usedCores += use.cores;
  }
  const gpus = gpuUse(world, hosts);
  const both = (used: number) => ({ used, allocated: used });
  return [
    { type: 0, name: "MEMORY", ...both(totals.usedMemory), total: totals.memory },
    { type: 1, name: "CPU", ...both(totals.usedMhz), total: totals.mhz },
    { type: 19, name: "GPU", ...both(gpus.used), total: gpus.total },
    { type: 90, name: "CPU_CORE", ...both(totals.usedCores), total: totals.cores },
  ];
}

function storageCapacities(world: World, zone: Zone, cluster: Cluster | undefined): Capacity[] {
  const { tables } = world;
  const pools = tables.storagePools.filter(
    (pool) => pool.zoneId === zone.id && (!cluster || pool.clusterId === cluster.id),
  );
  const size = pools.reduce((sum, pool) => sum + pool.sizeBytes, 0);
  const promised = pools.reduce((sum, pool) => sum + pool.sizeBytes * overprovisioning(world, pool), 0);
  const allocated = pools.reduce((sum, pool) => sum + allocatedBytes(world, pool), 0);
  return [
    { type: 2, name: "STORAGE", used: 0, total: size },
    { type: 3, name: "STORAGE_ALLOCATED", used: allocated, total: promised },
    { type: 6, name: "SECONDARY_STORAGE", used: 0, total: 0 },
  ];
}

function networkCapacities({ tables }: World, zone: Zone): Capacity[] {
  const inZone = { zoneId: zone.id };
  const publicTotal = tables.publicRanges.where("zoneId", zone.id).reduce((sum, range) => sum + addressCount(range), 0);
  const privateTotal = tables.pods.where("zoneId", zone.id).reduce((sum, pod) => sum + addressCount(pod), 0);
  const shared = tables.networks.where("zoneId", inZone.zoneId).filter((network) => network.guestType === "Shared");
  const vlans = tables.physicalNetworks
    .where("zoneId", zone.id)
    .flatMap((network) => parseVlanRanges(network.vlans))
    .reduce((sum, range) => sum + range.last - range.first + 1, 0);
  const dynamic = tables.networks
    .where("zoneId", zone.id)
    .filter((network) => network.vlan !== undefined && !tables.networkOfferings.need(network.offeringId).specifyVlan);
  return [
    {
      type: 4,
      name: "VIRTUAL_NETWORK_PUBLIC_IP",
      used: tables.publicIps.where("zoneId", zone.id).length,
      total: publicTotal,
    },
    { type: 5, name: "PRIVATE_IP", used: 0, total: privateTotal },
    { type: 7, name: "VLAN", used: dynamic.length, total: vlans },
    {
      type: 8,
      name: "DIRECT_ATTACHED_PUBLIC_IP",
      used: shared.reduce((sum, network) => sum + tables.nics.where("networkId", network.id).length, 0),
      total: shared.reduce((sum, network) => sum + addressCount(network), 0),
    },
  ];
}

/** How many addresses lie between the two, both counted. */
function addressCount({ startIp, endIp }: { readonly startIp?: string; readonly endIp?: string }): number {
  const start = parseAddress(startIp ?? "");
  const end = parseAddress(endIp ?? "");
  return start === undefined || end === undefined ? 0 : end - start + 1;
}

const listCapacity = listing({
  name: "listCapacity",
  audience: "root-admin",
  parameters: {
    ...listParameters,
    zoneid: ref("zones"),
    clusterid: ref("clusters"),
    type: integer,
    sortby: text,
    fetchlatest: boolean,
  },
  reply: "capacity",
  rows({ world, tables, args }) {
    const zone = args.zoneid ?? tables.zones.find(() => true);
    if (!zone) return [];
    const ofHosts = hostCapacities(world, zone, args.clusterid);
    const ofStorage = storageCapacities(world, zone, args.clusterid);
    // A cluster has no networks of its own. GPUs are only in listings of all types.
    const rest = args.clusterid ? [] : networkCapacities(world, zone);
    const all = [...ofHosts, ...ofStorage, ...rest]
      .filter(({ name }) => knows(world, name))
      .sort((a, b) => a.type - b.type);
    const wanted = args.type === undefined ? all : all.filter((one) => one.type === args.type && one.name !== "GPU");
    const share = (one: Capacity) => (one.total === 0 ? 0 : one.used / one.total);
    const sorted = args.sortby === "usage" ? [...wanted].sort((a, b) => share(b) - share(a)) : wanted;
    return sorted.map((capacity) => ({ ...capacity, zone, cluster: args.clusterid }));
  },
  render: ({ type, name, used, total, allocated, zone, cluster }) => ({
    type,
    name,
    zoneid: zone.uuid,
    zonename: zone.name,
    ...(cluster ? { clusterid: cluster.uuid, clustername: cluster.name } : {}),
    capacityallocated: allocated,
    capacityused: used,
    capacitytotal: total,
    percentused: percent(used, total),
  }),
});

export const capacityCommands: readonly Command[] = [listCapacity];
