import { describeVolume } from "../models/descriptions.ts";
import { ApiError, fail, invalid } from "../models/errors.ts";
import { detach, placeVolume, volumesOf } from "../models/instances.ts";
import { checkLimits } from "../models/limits.ts";
import type { DiskOffering } from "../models/offerings.ts";
import { defined } from "../models/values.ts";
import type { Volume } from "../models/volume.ts";
import { async, asyncCreate, type Call, type Command, type JobShape, listing, success, sync } from "./command.ts";
import { dataDiskSize } from "./deploy.ts";
import { fits, mentions } from "./filters.ts";
import { checkUse } from "./offering-scope.ts";
import {
  boolean,
  integer,
  list,
  listParameters,
  map,
  ownerParameters,
  ref,
  required,
  scopeParameters,
  text,
} from "./parameters.ts";
import { checkAccountAccess, ownerOf, visibleAccounts } from "./scope.ts";
import { hasTags } from "./tag-fields.ts";
import { volumeFields } from "./volume-fields.ts";

const gib = 2 ** 30;
const mostDevices = 15;
const notAttached = "Please specify a volume that is not attached to any VM.";

export function volumeJob(name: string): JobShape {
  return { className: `user.volume.${name}VolumeCmd`, byAdmin: true, instance: "Volume", showsInstance: true };
}

export function queuesOf(volume: Volume): readonly string[] {
  return volume.instanceId === undefined
    ? [`volume:${volume.id}`]
    : [`volume:${volume.id}`, `instance:${volume.instanceId}`];
}

/** The volume, when it is there and the caller may act on it. */
export function existing(call: Pick<Call, "tables" | "caller">, volume: Volume): Volume {
  if (volume.removed !== undefined) throw invalid(`Unable to find UUID for id [${volume.id}] of type [Volume]`);
  checkAccountAccess(call, volume.accountId);
  return volume;
}

const createVolume = asyncCreate({
  name: "createVolume",
  audience: "user",
  parameters: {
    ...ownerParameters,
    name: text,
    customid: text,
    diskofferingid: required(ref("diskOfferings")),
    zoneid: required(ref("zones")),
    size: integer,
  },
  reply: "volume",
  job: volumeJob("Create"),
  create(call) {
    const { tables, world, args } = call;
    const owner = ownerOf(call);
    const offering = args.diskofferingid;
    if (offering.state === "Inactive") throw invalid(`Please specify a valid disk offering.`);
    checkUse(tables, owner, args.zoneid, { kind: "disk", offering });
    const size = dataDiskSize(offering, args.size);
    checkLimits(world, owner, [
      ["volume", 1],
      ["primary_storage", size],
    ]);
    const uuid = args.customid ?? world.random.uuid();
    return tables.volumes.insert({
      uuid,
      name: args.name ?? `DATA-${uuid}`,
      type: "DATADISK",
      size,
      provisioningType: offering.provisioningType,
      diskOfferingId: offering.id,
      accountId: owner.id,
      domainId: owner.domainId,
      zoneId: args.zoneid.id,
      state: "Allocated",
      deleteProtection: false,
    });
  },
  finish: volumeFields,
  failed: (volume, { tables }) => tables.volumes.remove(volume),
});

const attachVolume = async({
  name: "attachVolume",
  audience: "user",
  parameters: { id: required(ref("volumes")), virtualmachineid: required(ref("instances")), deviceid: integer },
  reply: "volume",
  job: volumeJob("Attach"),
  target: (call) => existing(call, call.args.id),
  queues: (volume, { args }) => [`volume:${volume.id}`, `instance:${args.virtualmachineid.id}`],
  finish(volume, call) {
    const { tables, world, args } = call;
    const instance = args.virtualmachineid;
    if (volume.instanceId !== undefined) throw invalid(notAttached);
    if (instance.removed !== undefined || (instance.state !== "Running" && instance.state !== "Stopped")) {
      throw invalid("Please specify a VM that is either running or stopped.");
    }
    if (instance.accountId !== volume.accountId) {
      throw invalid("The volume and the VM do not belong to the same account");
    }
    const cluster = tables.hosts.get(instance.hostId ?? instance.lastHostId)?.clusterId;
    if (!placeVolume(world, instance, volume, cluster)) {
      // `VolumeOrchestrator.createVolume`
      throw fail(
        "runtime",
        `Unable to find suitable primary storage when creating volume [${describeVolume(volume)}].`,
      );
    }
    const deviceId = freeDevice(volumesOf(world, instance), args.deviceid);
    tables.volumes.update(volume, { instanceId: instance.id, deviceId, attached: world.clock.now() });
    return volumeFields(volume, call);
  },
});

/** The device that is asked for, or the first free one; number 3 is the CD drive. */
function freeDevice(volumes: readonly Volume[], wanted: number | undefined): number {
  const taken = new Set([3, ...volumes.map((volume) => volume.deviceId)]);
  if (wanted !== undefined) {
    if (taken.has(wanted)) throw invalid(`deviceId ${wanted} is used by vm`);
    return wanted;
  }
  for (let device = 1; device <= mostDevices; device += 1) if (!taken.has(device)) return device;
  throw invalid("All device Ids are used by vm");
}

const detachVolume = async({
  name: "detachVolume",
  audience: "user",
  parameters: { id: ref("volumes"), virtualmachineid: ref("instances"), deviceid: integer },
  reply: "volume",
  job: volumeJob("Detach"),
  target(call) {
    const { id, virtualmachineid, deviceid } = call.args;
    const onDevice = () =>
      virtualmachineid && volumesOf(call, virtualmachineid).find((volume) => volume.deviceId === deviceid);
    const volume = id ?? onDevice();
    if (volume === undefined) throw invalid("Please provide either a volume id, or a tuple(device id, instance id)");
    return existing(call, volume);
  },
  queues: queuesOf,
  finish(volume, call) {
    if (volume.instanceId === undefined) throw invalid("The specified volume is not attached to a VM.");
    if (volume.type === "ROOT") throw invalid("Please specify a data volume.");
    detach(call.world, volume);
    return volumeFields(volume, call);
  },
});

const resizeVolume = async({
  name: "resizeVolume",
  audience: "user",
  parameters: { id: required(ref("volumes")), size: integer, shrinkok: boolean, diskofferingid: ref("diskOfferings") },
  reply: "volume",
  job: volumeJob("Resize"),
  target: (call) => existing(call, call.args.id),
  queues: queuesOf,
  finish(volume, call) {
    const { tables, world, args } = call;
    const offering = args.diskofferingid;
    const size = offering === undefined ? (args.size ?? 0) * gib : dataDiskSize(offering, args.size);
    if (size <= 0) throw invalid("Requested size out of range");
    const current = tables.diskOfferings.get(volume.diskOfferingId);
    if (offering !== undefined && current !== undefined) checkSameTags(current, offering);
    checkShrinking(volume, size, args.shrinkok === true);
    const owner = tables.accounts.need(volume.accountId);
    checkLimits(world, owner, [["primary_storage", Math.max(0, size - volume.size)]]);
    tables.volumes.update(volume, { size, ...defined({ diskOfferingId: offering?.id }) });
    const instance = volume.type === "ROOT" ? tables.instances.get(volume.instanceId) : undefined;
    if (instance !== undefined) {
      tables.instances.update(instance, { details: { ...instance.details, rootdisksize: String(size / gib) } });
    }
    return volumeFields(volume, call);
  },
});

/** "Unsupported action": 432, in a job too (recording 07). @throws {ApiError} for a smaller size without the caller's word */
export function checkShrinking(volume: Volume, size: number, isFine: boolean): void {
  if (size >= volume.size || isFine) return;
  const text = `Going from existing size of ${volume.size} to size of ${size} would shrink the volume.Need to sign off by supplying the shrinkok parameter with value of true.`;
  throw new ApiError(text, 432, 9999, 432);
}

/** `VolumeApiServiceImpl.resizeVolume`: the volume stays in its pool, so the new offering must want the same tags. */
function checkSameTags({ tags: before = "" }: DiskOffering, { tags: after = "" }: DiskOffering): void {
  const sorted = (tags: string) => tags.split(",").sort().join();
  if (sorted(before) === sorted(after)) return;
  throw invalid(
    before === ""
      ? "There are no tags on the current disk offering. The new disk offering needs to have no tags, as well."
      : "The tags on the new and old disk offerings must match.",
  );
}

const updateVolume = async({
  name: "updateVolume",
  audience: "user",
  parameters: { id: required(ref("volumes")), name: text, deleteprotection: boolean },
  reply: "volume",
  job: volumeJob("Update"),
  target: (call) => existing(call, call.args.id),
  queues: queuesOf,
  finish(volume, call) {
    const { name = volume.name, deleteprotection = volume.deleteProtection } = call.args;
    return volumeFields(call.tables.volumes.update(volume, { name, deleteProtection: deleteprotection }), call);
  },
});

function checkDeletable(volume: Volume): void {
  if (volume.instanceId !== undefined) throw invalid(notAttached);
  if (volume.deleteProtection) {
    throw invalid(
      `Volume [id = ${volume.uuid}, name = ${volume.name}] has delete protection enabled and cannot be deleted.`,
    );
  }
}

function remove({ tables }: Call, volume: Volume): void {
  for (const policy of tables.snapshotPolicies.where("volumeId", volume.id)) tables.snapshotPolicies.remove(policy);
  tables.volumes.remove(volume);
}

const deleteVolume = sync({
  name: "deleteVolume",
  audience: "user",
  parameters: { id: required(ref("volumes")) },
  run(call) {
    const volume = existing(call, call.args.id);
    checkDeletable(volume);
    remove(call, volume);
    return success;
  },
});

const destroyVolume = async({
  name: "destroyVolume",
  audience: "user",
  parameters: { id: required(ref("volumes")), expunge: boolean },
  reply: "volume",
  job: volumeJob("Destroy"),
  target: (call) => existing(call, call.args.id),
  queues: queuesOf,
  finish(volume, call) {
    checkDeletable(volume);
    const shown = volumeFields(call.tables.volumes.update(volume, { state: "Destroy" }), call);
    if (call.args.expunge) remove(call, volume);
    return shown;
  },
});

const recoverVolume = sync({
  name: "recoverVolume",
  audience: "user",
  parameters: { id: required(ref("volumes")) },
  reply: "volume",
  run(call) {
    const volume = existing(call, call.args.id);
    if (volume.state !== "Destroy") throw invalid("Please specify a volume in Destroy state.");
    const state = volume.poolId === undefined ? "Allocated" : "Ready";
    return volumeFields(call.tables.volumes.update(volume, { state }), call);
  },
});

/** Things of projects are listed by id, with their project, and beside all others for -1 (`buildACLSearchParameters`). */
function isAskedFor(
  { inProject }: Volume,
  { id, projectid: project }: { id?: unknown; projectid?: string | undefined },
) {
  if (project !== undefined && project !== "-1") throw invalid(`Unable to find project by id ${project}`);
  return inProject === undefined || id !== undefined || project === "-1";
}

const listVolumes = listing({
  name: "listVolumes",
  audience: "user",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    id: ref("volumes"),
    ids: list,
    name: text,
    state: text,
    type: text,
    diskofferingid: ref("diskOfferings"),
    tags: map,
    storageid: ref("storagePools"),
    virtualmachineid: ref("instances"),
    zoneid: ref("zones"),
    projectid: text,
  },
  reply: "volume",
  rows(call) {
    const { tables, args } = call;
    const accounts = visibleAccounts({ ...call, args: { ...args, id: args.id ?? args.ids } });
    const wanted = {
      id: args.id?.id,
      name: args.name,
      state: args.state,
      type: args.type?.toUpperCase(),
      diskOfferingId: args.diskofferingid?.id,
      instanceId: args.virtualmachineid?.id,
      zoneId: args.zoneid?.id,
      poolId: args.storageid?.id,
    };
    return tables.volumes
      .only(args.id)
      .filter(
        (volume) =>
          accounts.has(volume.accountId) &&
          isAskedFor(volume, args) &&
          fits(volume, wanted) &&
          (args.ids === undefined || args.ids.includes(volume.uuid)) &&
          mentions(args.keyword, volume.name) &&
          hasTags(tables, "Volume", volume, args.tags),
      );
  },
  render: volumeFields,
});

export const volumeCommands: readonly Command[] = [
  createVolume,
  attachVolume,
  detachVolume,
  resizeVolume,
  updateVolume,
  deleteVolume,
  destroyVolume,
  recoverVolume,
  listVolumes,
];
