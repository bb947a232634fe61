import type { Seed, SeedStoragePool } from "../seed.ts";
import { discoverGpus } from "./gpu-discovery.ts";
import { parsePoolUrl } from "./pool-url.ts";
import { javaNameUuid, stableUuid } from "./random.ts";
import { seededAt } from "./seeding.ts";
import { defaultProvider } from "./storage-pools.ts";
import { defined } from "./values.ts";
import type { World } from "./world.ts";

const gib = 2 ** 30;

/** The zone with its pod, cluster, hosts, networks and storage. */
export function seedInfrastructure(world: World, seed: Seed): void {
  const { tables } = world;
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
  for (const { name, ip, cores, cpuSpeedMhz, memoryGib, tags = [], gpus, arch, hypervisorVersion } of seed.hosts) {
    const size = { cores, cpuSpeedMhz, memoryBytes: memoryGib * gib, ...defined({ gpus, arch, hypervisorVersion }) };
    const host = tables.hosts.insert({ ...fixed(`host/${name}`), ...inCluster, name, ip, ...size, state: "Up", tags });
    discoverGpus(world, host, fixed);
  }
  const physical = tables.physicalNetworks.insert({ ...fixed("physical"), ...inZone, ...seed.physicalNetwork });
  tables.publicRanges.insert({ ...fixed("public"), ...inZone, physicalNetworkId: physical.id, ...seed.publicRange });
  for (const pool of seed.primaryStorage) {
    tables.storagePools.insert({ created: seededAt, ...inCluster, ...poolFrom(pool, seed.hypervisor) });
  }
}

/** `rbd://10.0.6.1/pool`, `nfs://…`; a seeded pool needs no credentials. */
function poolFrom({ name, url, sizeGib, tags = [], isLocal, iops }: SeedStoragePool, hypervisor: string) {
  const { type, host, path, identity } = parsePoolUrl(url, "cloudstack");
  return {
    uuid: javaNameUuid(identity),
    name,
    type: isLocal ? "Filesystem" : type,
    host,
    path,
    scope: isLocal ? ("HOST" as const) : ("CLUSTER" as const),
    hypervisor,
    provider: defaultProvider,
    state: "Up" as const,
    sizeBytes: sizeGib * gib,
    tags,
    details: {},
    ...(iops ? { iops } : {}),
  };
}
