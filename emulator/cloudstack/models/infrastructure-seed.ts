import type { Seed, SeedStoragePool } from "../seed.ts";
import { stableUuid } from "./random.ts";
import { seededAt } from "./seeding.ts";
import type { World } from "./world.ts";

const gib = 2 ** 30;

/** The zone with its pod, cluster, hosts, networks and storage. */
export function seedInfrastructure({ tables }: World, seed: Seed): void {
  const fixed = (name: string) => ({ uuid: stableUuid(name), created: seededAt });
  const zone = tables.zones.insert({ ...fixed("zone"), ...seed.zone, hypervisor: seed.hypervisor });
  const inZone = { zoneId: zone.id };
  const pod = tables.pods.insert({ ...fixed("pod"), ...inZone, ...seed.pod });
  const inPod = { ...inZone, podId: pod.id };
  const cluster = tables.clusters.insert({
    ...fixed("cluster"),
    ...inPod,
    ...seed.cluster,
    hypervisor: seed.hypervisor,
  });
  const inCluster = { ...inPod, clusterId: cluster.id };
  for (const { name, ip, cores, cpuSpeedMhz, memoryGib, tags = [] } of seed.hosts) {
    const size = { cores, cpuSpeedMhz, memoryBytes: memoryGib * gib };
    tables.hosts.insert({ ...fixed(`host/${name}`), ...inCluster, name, ip, ...size, state: "Up", tags });
  }
  const physical = tables.physicalNetworks.insert({ ...fixed("physical"), ...inZone, ...seed.physicalNetwork });
  tables.publicRanges.insert({ ...fixed("public"), ...inZone, physicalNetworkId: physical.id, ...seed.publicRange });
  for (const pool of seed.primaryStorage) {
    tables.storagePools.insert({ ...fixed(`pool/${pool.name}`), ...inCluster, ...poolFrom(pool) });
  }
}

const poolTypes: Readonly<Record<string, string>> = { "nfs:": "NetworkFilesystem", "rbd:": "RBD" };

function poolFrom({ name, url, sizeGib, tags = [], iops }: SeedStoragePool) {
  const { protocol, hostname, pathname } = new URL(url);
  const type = poolTypes[protocol] ?? "SharedMountPoint";
  return {
    name,
    type,
    host: hostname,
    path: protocol === "rbd:" ? pathname.slice(1) : pathname,
    sizeBytes: sizeGib * gib,
    tags,
    ...(iops ? { iops } : {}),
  };
}
