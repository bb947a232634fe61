/** Chooses primary storage for a volume. */
import type { StoragePool } from "./infrastructure.ts";
import { settingValue } from "./settings.ts";
import type { Volume } from "./volume.ts";
import type { World } from "./world.ts";

/** Storage on which the hypervisor can encrypt (`Storage.StoragePoolType`); on Ceph it cannot. */
const encryptable: ReadonlySet<string> = new Set(["NetworkFilesystem", "SharedMountPoint", "Filesystem"]);

/**
 * The pool for a volume, or undefined when none takes it: storage of the cluster before storage of the zone, the one with
 * the most room first (the real server draws lots).
 *
 * A pool must carry every tag of the offering. An offering without tags asks for nothing: its volumes go to any pool, tagged
 * ones too (`VolumeApiService.doesTargetStorageSupportDiskOffering`, `PrimaryDataStoreDaoImpl.findPoolsByTags`; recording
 * 13 has such a volume).
 */
export function choosePool(world: World, volume: Volume, clusterId?: number): StoragePool | undefined {
  const fitting = world.tables.storagePools
    .where("zoneId", volume.zoneId)
    .filter((pool) => reaches(pool, clusterId) && takes(world, pool, volume))
    .map((pool) => ({ pool, free: allocatableBytes(world, pool) }))
    .sort((a, b) => Number(a.pool.scope === "ZONE") - Number(b.pool.scope === "ZONE") || b.free - a.free);
  return fitting[0]?.pool;
}

/** Whether the pool has the tags and the room for a volume; what the volume takes of it already counts as room. */
export function takes(world: World, pool: StoragePool, volume: Volume): boolean {
  const { tables } = world;
  const offering = tables.diskOfferings.get(volume.diskOfferingId);
  const tags = (offering?.tags ?? "").split(",").filter((tag) => tag !== "");
  // Storage of one host is for offerings that ask for it (`StoragePoolAllocator` of local storage).
  if (pool.scope === "HOST" && offering?.storageType !== "local") return false;
  if (pool.state !== "Up" || !tags.every((tag) => pool.tags.includes(tag))) return false;
  if (offering?.encrypt && !encryptable.has(pool.type)) return false;
  const own = volume.poolId === pool.id ? tables.volumes.need(volume.id).size : 0;
  return allocatableBytes(world, pool) + own >= volume.size;
}

/** Whether hosts of this cluster (any, when it is not known yet) see the pool. */
function reaches(pool: StoragePool, clusterId: number | undefined): boolean {
  return pool.clusterId === undefined || clusterId === undefined || pool.clusterId === clusterId;
}

/** The factor by which more is promised than there is. */
export function overprovisioning(world: World, pool: StoragePool): number {
  return Number(settingValue(world, "storage.overprovisioning.factor", { scope: "storagepool", scopeId: pool.id }));
}

/** Bytes of all volumes in the pool. */
export function allocatedBytes({ tables }: Pick<World, "tables">, pool: StoragePool): number {
  return tables.volumes.where("poolId", pool.id).reduce((sum, volume) => sum + volume.size, 0);
}

/** Bytes that volumes can still get: past a share of what is promised the pool takes no more. */
function allocatableBytes(world: World, pool: StoragePool): number {
  const place = { scope: "zone", scopeId: pool.zoneId } as const;
  const share = Number(settingValue(world, "pool.storage.allocated.capacity.disablethreshold", place));
  return pool.sizeBytes * overprovisioning(world, pool) * share - allocatedBytes(world, pool);
}
