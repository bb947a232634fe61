/** Another disk offering for a volume, which may move it to another pool (`VolumeApiServiceImpl.changeDiskOfferingForVolume`). */
import { ApiError, fail, failBare, invalid } from "../models/errors.ts";
import type { StoragePool } from "../models/infrastructure.ts";
import type { Instance } from "../models/instance.ts";
import { checkLimits } from "../models/limits.ts";
import type { DiskOffering } from "../models/offerings.ts";
import { choosePool, takes } from "../models/pools.ts";
import type { Volume } from "../models/volume.ts";
import type { World } from "../models/world.ts";
import { async, type Command } from "./command.ts";
import { checkUse } from "./offering-scope.ts";
import { boolean, integer, ref, required } from "./parameters.ts";
import { volumeFields } from "./volume-fields.ts";
import { checkShrinking, existing, queuesOf, volumeJob } from "./volumes.ts";

const gib = 2 ** 30;

const changeOfferingForVolume = async({
  name: "changeOfferingForVolume",
  audience: "user",
  parameters: {
    id: required(ref("volumes")),
    diskofferingid: required(ref("diskOfferings")),
    size: integer,
    automigrate: boolean,
    shrinkok: boolean,
  },
  reply: "volume",
  job: volumeJob("ChangeOfferingFor"),
  target: (call) => existing(call, call.args.id),
  queues: queuesOf,
  finish(volume, call) {
    const { tables, world, args } = call;
    const offering = args.diskofferingid;
    if (offering.state === "Inactive") throw invalid("Requested disk offering has been removed.");
    const owner = tables.accounts.need(volume.accountId);
    checkUse(tables, owner, tables.zones.need(volume.zoneId), { kind: "disk", offering });
    const size = newSize(volume, offering, args.size);
    if (offering.id === volume.diskOfferingId && (!offering.isCustomized || size === volume.size)) {
      throw invalid(`Volume ${volume.name} is already having disk offering ${offering.uuid}`);
    }
    const instance = tables.instances.get(volume.instanceId);
    if (size !== volume.size) checkSize(world, { volume, size, instance, shrinkOk: args.shrinkok === true });
    checkLimits(world, owner, [["primary_storage", Math.max(0, size - volume.size)]]);

    const after = { ...volume, diskOfferingId: offering.id, size };
    const pool = tables.storagePools.get(volume.poolId);
    const target = pool && poolFor(world, { after, pool, instance, moves: args.automigrate === true });
    tables.volumes.update(volume, { diskOfferingId: offering.id, size, ...(target && { poolId: target.id }) });
    return volumeFields(volume, call);
  },
});

/** Bytes. A fixed size is the offering's, whatever is asked for. */
function newSize(volume: Volume, offering: DiskOffering, sizeGib: number | undefined): number {
  if (offering.computeOnly && offering.sizeGib === 0) return volume.size;
  if (!offering.isCustomized) return offering.sizeGib * gib;
  if (sizeGib === undefined) throw invalid("The new disk offering requires that a size be specified.");
  return sizeGib * gib;
}

interface Resize {
  readonly volume: Volume;
  readonly size: number;
  readonly instance: Instance | undefined;
  readonly shrinkOk: boolean;
}

function checkSize(world: World, { volume, size, instance, shrinkOk }: Resize): void {
  if (hasSnapshots(world, instance)) {
    throw invalid("A volume that is attached to a VM with any VM snapshots cannot be resized.");
  }
  if (size <= 0) throw invalid("Requested size out of range");
  checkShrinking(volume, size, shrinkOk);
}

interface Move {
  /** The volume as it is to be. */
  readonly after: Volume;
  readonly pool: StoragePool;
  readonly instance: Instance | undefined;
  readonly moves: boolean;
}

/** Where the volume lies afterwards: in its own pool if that suits the offering, else in another one. @throws {ApiError} */
function poolFor(world: World, { after, pool, instance, moves }: Move): StoragePool {
  if (takes(world, pool, after)) return pool;
  const { uuid } = after;
  if (!moves) {
    throw invalid(
      `Failed to change offering for volume ${uuid} since automigrate is set to false but volume needs to migrated`,
    );
  }
  const host = world.tables.hosts.get(instance?.hostId ?? instance?.lastHostId);
  const target = choosePool(world, after, host?.clusterId ?? pool.clusterId);
  if (target === undefined) {
    throw failBare(
      530,
      `Volume change offering operation failed for volume ID: ${uuid} as no suitable pool(s) found for migrating to support new disk offering`,
    );
  }
  try {
    checkMovable(world, after, instance);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw fail(
      "runtime",
      `Volume change offering operation failed for volume ID: ${uuid} migration failed to storage pool ${target.id} due to ${error.message}`,
    );
  }
  return target;
}

/** `VolumeApiServiceImpl.migrateVolume`: on KVM the instance must be stopped, or the volume detached. */
function checkMovable(world: World, volume: Volume, instance: Instance | undefined): void {
  if (world.tables.diskOfferings.get(volume.diskOfferingId)?.encrypt === true) {
    throw invalid("Migration of encrypted volumes is unsupported");
  }
  if (hasSnapshots(world, instance)) {
    throw invalid("Volume cannot be migrated, please remove all VM snapshots for VM to which this volume is attached");
  }
  if (instance?.state !== "Running") return;
  throw invalid(
    instance.hypervisor === "KVM"
      ? "KVM does not support volume live migration due to the limited possibility to refresh VM XML domain. Therefore, to live migrate a volume between storage pools, one must migrate the VM to a different host as well to force the VM XML domain update. Use 'migrateVirtualMachineWithVolumes' instead."
      : "Volume needs to be detached from VM",
  );
}

function hasSnapshots({ tables }: World, instance: Instance | undefined): boolean {
  return instance !== undefined && tables.vmSnapshots.where("instanceId", instance.id).length > 0;
}

export const volumeOfferingCommands: readonly Command[] = [changeOfferingForVolume];
