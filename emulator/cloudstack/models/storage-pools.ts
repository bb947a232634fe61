/** The life of primary storage: added, in maintenance, deleted. */
import { ApiError, fail, failBare, invalid } from "./errors.ts";
import type { Cluster, StoragePool, Zone } from "./infrastructure.ts";
import { beginStart, finishStart, stop } from "./instances.ts";
import { type PoolUrl, parsePoolUrl, refused } from "./pool-url.ts";
import { javaNameUuid } from "./random.ts";
import type { World } from "./world.ts";

export const defaultProvider = "DefaultPrimary";

const gib = 2 ** 30;
/** What the emulated hosts say of a Ceph cluster or a file server. */
const reportedGib = 1024;

export interface NewPool {
  readonly name: string;
  readonly url: string;
  readonly zone: Zone;
  /** Absent: for the whole zone. */
  readonly cluster?: Cluster;
  readonly hypervisor: string;
  readonly provider: string;
  readonly tags: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  readonly krbdPath?: string | undefined;
}

/** Adds a pool and connects the hosts to it. @throws {ApiError} 530, whatever the reason */
export function addPool(world: World, order: NewPool): StoragePool {
  const { name, url, zone, cluster, hypervisor, provider, tags, details, krbdPath } = order;
  const place = parsePoolUrl(url, world.flavor);
  const uuid = freeUuid(world, place);
  connectHosts(world, order, place);
  return world.tables.storagePools.insert({
    uuid,
    zoneId: zone.id,
    ...(cluster === undefined ? {} : { podId: cluster.podId, clusterId: cluster.id }),
    scope: cluster === undefined ? "ZONE" : "CLUSTER",
    hypervisor,
    name,
    type: place.type,
    host: place.host,
    path: place.path,
    provider,
    state: "Up",
    sizeBytes: reportedGib * gib,
    tags,
    details,
    ...(krbdPath === undefined ? {} : { krbdPath }),
  });
}

/** The pool's id follows from host and path, so that the same pool cannot be added twice, whoever the Ceph user is. */
function freeUuid({ tables, random }: World, { type, host, path, identity }: PoolUrl): string {
  if (type === "SharedMountPoint") return random.uuid();
  const other = tables.storagePools.find((pool) => pool.host === host && pool.path === path);
  // Ceph pools are stored without the slash and looked for with it: they are only found by their id (recording 11).
  if (other !== undefined && type !== "RBD") {
    throw refused(`Storage pool ${path} already in use by another pod (id=${other.podId ?? "null"})`);
  }
  if (other !== undefined) throw refused("Another active pool with the same uuid already exists");
  return javaNameUuid(identity);
}

/**
 * Every host of the cluster or zone logs in; one that can is enough, and with a wrong key none can. The real reason is only
 * in the agents' logs (`CloudStackPrimaryDataStoreLifeCycleImpl.attachCluster`, `.attachZone`).
 */
function connectHosts(world: World, { zone, cluster, hypervisor }: NewPool, place: PoolUrl): void {
  const { tables } = world;
  const hosts = tables.hosts.filter(
    (host) =>
      host.state === "Up" &&
      host.zoneId === zone.id &&
      (cluster === undefined || host.clusterId === cluster.id) &&
      (hypervisor === "Any" || tables.clusters.need(host.clusterId).hypervisor === hypervisor),
  );
  if (cluster !== undefined && hosts.length === 0) {
    throw refused(`No host up to associate a storage pool with in cluster ${cluster.id}`);
  }
  const isOpen = place.type !== "RBD" || world.storageKeys.opens(place.path, place.user, place.secret);
  if (hosts.length > 0 && isOpen) return;
  throw refused(
    cluster === undefined
      ? "Failed to create storage pool as it is not accessible to hosts."
      : "Failed to access storage pool",
  );
}

/** Switches allocation on the pool off or on. @throws {ApiError} 431 in another state */
export function setEnabled({ tables }: World, pool: StoragePool, enabled: boolean): void {
  const from = enabled ? "Disabled" : "Up";
  if (pool.state !== from) {
    throw invalid(
      `Primary storage with id ${pool.id} cannot be ${enabled ? "enabled" : "disabled"}. Storage pool state : ${pool.state}`,
    );
  }
  tables.storagePools.update(pool, { state: enabled ? "Up" : "Disabled" });
}

/** @throws {ApiError} for a pool that is not up */
export function beginMaintenance({ tables }: World, pool: StoragePool): void {
  if (pool.state !== "Up") {
    throw invalid(`Primary storage with id ${pool.id} is not ready for migration, as the status is:${pool.state}`);
  }
  tables.storagePools.update(pool, { state: "PrepareForMaintenance" });
}

/** Stops what runs from the pool (`StoragePoolAutomationImpl.maintain`). */
export function finishMaintenance(world: World, pool: StoragePool): void {
  const { tables } = world;
  const ids = new Set(tables.volumes.where("poolId", pool.id).map((volume) => volume.instanceId));
  const running = tables.instances.filter((one) => ids.has(one.id) && one.state === "Running");
  for (const instance of running) stop(world, instance);
  tables.storagePools.update(pool, { state: "Maintenance", stoppedInstanceIds: running.map((one) => one.id) });
}

/** Ends the maintenance and starts again what it stopped; what finds no room stays stopped. */
export function endMaintenance(world: World, pool: StoragePool): void {
  const { tables } = world;
  if (pool.state === "Up") {
    throw failBare(530, `Primary storage with id ${pool.id} is not ready to complete migration, as the status is:Up`);
  }
  const stopped = pool.stoppedInstanceIds ?? [];
  tables.storagePools.update(pool, { state: "Up", stoppedInstanceIds: undefined });
  for (const id of stopped) {
    const instance = tables.instances.get(id);
    if (instance?.removed !== undefined || instance?.state !== "Stopped") continue;
    try {
      beginStart(world, instance);
      finishStart(world, instance);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
}

/**
 * Removes a pool that is in maintenance and empty. The server takes the id from a deleted pool, so that it can be added
 * again: nothing finds it by that id any more, not even a list. @throws {ApiError} 431 or 530
 */
export function deletePool({ tables }: World, pool: StoragePool, forced: boolean): void {
  if (pool.state !== "Maintenance") {
    throw invalid(`Unable to delete storage due to it is not in Maintenance state, id: ${pool.id}`);
  }
  const volumes = tables.volumes.where("poolId", pool.id);
  if (forced) {
    if (volumes.some((volume) => volume.state !== "Destroy")) {
      throw fail("runtime", `Cannot delete pool ${pool.name} as there are associated non-destroyed vols for this pool`);
    }
    for (const volume of volumes) tables.volumes.remove(volume);
  } else if (volumes.length > 0) {
    throw fail("runtime", `Cannot delete pool ${pool.name} as there are associated volumes for this pool`);
  }
  tables.storagePools.erase(pool);
}
