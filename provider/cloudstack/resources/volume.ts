import { ProviderError } from "../../core/errors.ts";
import { boolean, id, integer, text } from "../../core/fields.ts";
import type { Change, Context, Live } from "../../core/resource.ts";
import type { PlainObject } from "../../core/values.ts";
import type { Client, Row } from "../client/client.ts";
import { isAnswerLost } from "../client/errors.ts";
import { owner, tags } from "../fields.ts";
import { endRestart } from "../instance/restart.ts";
import { createOnce } from "../leftover.ts";
import { liveOf, readAgain, readRow, regularLifecycle } from "../regular.ts";
import { call, type Description, defineResource, rows } from "../resource.ts";
import { neverShrinks, neverSmaller, staying, together } from "../rules.ts";
import { changeOffering } from "../storage/offering.ts";
import { markedById, taggable } from "../taggable.ts";
import { paramsOf } from "../wire.ts";

const gib = 2 ** 30;

const inputs = {
  name: text({ min: 1, doc: "Shown to users." }),
  diskOfferingId: id("storage:DiskOffering", {
    onChange: "stops",
    doc: "Id of the disk offering. A change keeps the data: it moves to a pool with the tags of the new offering, where its own lacks them, and only for such a move its instance must stop.",
  }),
  zoneId: id("infrastructure:Zone", { onChange: "replace" }),
  sizeGib: integer({
    optional: true,
    serverChooses: true,
    min: 1,
    param: "size",
    unit: "GiB",
    decode: ({ size }) => (typeof size === "number" ? Math.round(size / gib) : undefined),
    doc: "Size, where the offering leaves it open. It can grow while in use, and never shrinks.",
  }),
  instanceId: id("compute:Instance", {
    optional: true,
    param: false,
    from: "virtualmachineid",
    doc: "Id of the instance it is attached to. Attached, moved and detached in place, while the instance runs.",
  }),
  deviceId: integer({
    optional: true,
    serverChooses: true,
    min: 1,
    param: false,
    from: "deviceid",
    doc: "Its place among the instance's disks (3 is the CD drive). Default: the first free one.",
  }),
  deleteProtection: boolean({
    optional: true,
    serverChooses: true,
    param: false,
    from: "deleteprotection",
    doc: "The server refuses to delete it; set to false first.",
  }),
  ...owner,
  tags,
} as const;

const outputs = {
  storage: text({
    optional: true,
    changesWith: ["diskOfferingId"],
    doc: "Name of the storage pool, once it was attached.",
  }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:storage:Volume",
  doc: "A data disk, and its attachment to an instance. Deleting it detaches and destroys it with its data.",
  inputs,
  outputs,
  isRunning: ({ instanceId }) => instanceId !== undefined,
  stopped: (name) => `the instance of ${name}, if the volume has to move to another pool,`,
  check: (given, before) => [
    ...together(given, "deviceId", "instanceId"),
    ...neverSmaller("sizeGib", "a volume", given, staying(inputs, given, before)),
  ],

  api: {
    read: rows("listVolumes"),
    delete: call("deleteVolume"),
  },

  leftover: markedById,

  create(context, inputs) {
    return createOnce(description, context, inputs, async () => {
      const { api, signal } = context;
      const parameters = { ...paramsOf(description.inputs, inputs), ...markedById.mark?.(context.mark) };
      const volume = await api.start("createVolume", parameters, { signal });
      if (volume.id === undefined) throw new Error("createVolume told no id");
      context.created(volume.id);
      // A volume can be attached as soon as it is accepted: storage is given to it only then.
      const { instanceId } = inputs;
      const result = instanceId ? await attach(context, volume.id, instanceId, inputs.deviceId) : await volume.result();
      if (inputs.deleteProtection) await protect(context, volume.id, true);
      const { values } = liveOf(description, (result.volume ?? {}) as Row);
      const { deleteProtection = false } = inputs;
      return { id: volume.id, values: { ...values, deleteProtection } };
    });
  },

  read,

  async update(context, id, change) {
    const { after, changed } = change;
    const now = readAgain(context, id, await read(context, id)).values;
    const isMoved = now.instanceId !== after.instanceId || (changed.has("deviceId") && after.instanceId !== undefined);
    if (!isMoved) return bringTo(context, id, now, change);
    if (now.instanceId !== undefined) await detach(context, id);
    await bringTo(context, id, now, change);
    if (after.instanceId) await attach(context, id, after.instanceId, after.deviceId);
    return readAgain(context, id, await read(context, id));
  },

  async delete(context, id, state) {
    if (state.instanceId !== undefined) await detach(context, id);
    await regularLifecycle(description).delete(context, id, state);
  },
};

export const volume = defineResource(taggable("Volume", description));

async function read(context: Context<Client>, id: string): Promise<Live | undefined> {
  const row = await readRow(context, rows("listVolumes"), id);
  const isGone = row === undefined || /^(Destroy|Expung)/.test(String(row.state));
  return isGone ? undefined : liveOf(description, row);
}

/** All but the attachment, from what it is now. */
async function bringTo(
  context: Context<Client>,
  id: string,
  now: PlainObject,
  { after, changed }: Change<typeof inputs>,
): Promise<Live> {
  const { api, signal } = context;
  await resize(context, id, now, after);
  // What an interrupted run of this very change left stopped.
  if (changed.has("diskOfferingId") && now.instanceId) await endRestart(context, String(now.instanceId));
  if (now.name !== after.name) await api.job("updateVolume", { id, name: after.name }, { signal });
  if (after.deleteProtection !== undefined && now.deleteProtection !== after.deleteProtection) {
    await protect(context, id, after.deleteProtection);
  }
  return readAgain(context, id, await read(context, id));
}

async function attach(
  context: Context<Client>,
  id: string,
  instanceId: string,
  deviceId: number | undefined,
): Promise<Row> {
  const { api, signal } = context;
  const parameters = { id, virtualmachineid: instanceId, deviceid: deviceId };
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await api.job("attachVolume", parameters, { signal });
    } catch (error) {
      // Attached already, or by a request whose answer was lost: what counts is where it comes to rest.
      const row = await atRest(context, id);
      if (row?.virtualmachineid === instanceId) return { volume: row };
      if (!isFirst || !isAnswerLost(error)) throw error;
    }
  }
}

async function detach(context: Context<Client>, id: string): Promise<void> {
  const { api, signal } = context;
  for (let isFirst = true; ; isFirst = false) {
    try {
      await api.job("detachVolume", { id }, { signal });
      return;
    } catch (error) {
      const row = await atRest(context, id);
      if (row?.virtualmachineid === undefined) return;
      if (!isFirst || !isAnswerLost(error)) throw error;
    }
  }
}

/** The volume once no job works on it any more. */
async function atRest({ api, signal }: Context<Client>, id: string): Promise<Row | undefined> {
  const look = () => api.reads.byId("listVolumes", { listall: "true" }, id, signal);
  const row = await look();
  if (row?.jobstatus !== 0) return row;
  await api.settled(row, { signal });
  return look();
}

/** @throws ProviderError for a smaller size: CloudStack would cut data off, if it did it at all. */
async function resize(
  context: Context<Client>,
  id: string,
  now: PlainObject,
  { sizeGib, diskOfferingId }: { sizeGib?: number | undefined; diskOfferingId: string },
): Promise<void> {
  const current = Number(now.sizeGib);
  if (sizeGib !== undefined && sizeGib < current) {
    throw new ProviderError({
      what: "resize cloudstack:storage:Volume",
      where: context.urn,
      value: `sizeGib: ${sizeGib}`,
      rule: neverShrinks("a volume", current),
      remedy: "give sizeGib its present size, or make a new volume and copy the data",
    });
  }
  if (now.diskOfferingId !== diskOfferingId) return changeOffering(context, id, { diskOfferingId, sizeGib });
  if (sizeGib === undefined || sizeGib === current) return;
  await context.api.job("resizeVolume", { id, size: sizeGib }, { signal: context.signal });
}

async function protect({ api, signal }: Context<Client>, id: string, deleteprotection: boolean): Promise<void> {
  await api.job("updateVolume", { id, deleteprotection }, { signal });
}
