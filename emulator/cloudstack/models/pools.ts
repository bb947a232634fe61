import type { StoragePool } from "./infrastructure.ts";
import { settingValue } from "./settings.ts";
import type { Volume } from "./volume.ts";
import type { World } from "./world.ts";

/** The pool with the most room that carries the tags of the volume's offering, or undefined when none has room. */
export function choosePool(world: World, volume: Volume): StoragePool | undefined {
  const { tables } = world;
  const tags = (tables.diskOfferings.get(volume.diskOfferingId)?.tags ?? "").split(",").filter((tag) => tag !== "");
  const fitting = tables.storagePools
    .where("zoneId", volume.zoneId)
    // A pool with tags takes only what asks for one of them.
    .filter((pool) => tags.every((tag) => pool.tags.includes(tag)) && (tags.length > 0 || pool.tags.length === 0))
    .map((pool) => ({ pool, free: freeBytes(world, pool) }))
    .filter(({ free }) => free >= volume.size)
    .sort((a, b) => b.free - a.free);
  return fitting[0]?.pool;
}

function freeBytes(world: World, pool: StoragePool): number {
  const factor = Number(
    settingValue(world, "storage.overprovisioning.factor", { scope: "storagepool", scopeId: pool.id }),
  );
  const used = world.tables.volumes.where("poolId", pool.id).reduce((sum, volume) => sum + volume.size, 0);
  return pool.sizeBytes * factor - used;
}
