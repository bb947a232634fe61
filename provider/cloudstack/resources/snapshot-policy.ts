import { ProviderError } from "../../core/errors.ts";
import { id, integer, oneOf, text, type Values } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { liveOf, regularLifecycle, send } from "../regular.ts";
import { call, type Description, defineResource, rows } from "../resource.ts";
import { paramsOf } from "../wire.ts";

/** In the order of the numbers by which answers name them. */
const intervals = ["hourly", "daily", "weekly", "monthly"] as const;

const inputs = {
  volumeId: id("storage:Volume", { onChange: "replace", doc: "Id of the volume; it must have been attached once." }),
  intervalType: oneOf(intervals, {
    onChange: "replace",
    encode: (interval) => interval.toUpperCase(),
    decode: ({ intervaltype }) => intervals[Number(intervaltype)],
    doc: "How often. A volume has one policy per interval.",
  }),
  schedule: text({
    min: 1,
    doc: "When: hourly MM, daily MM:HH, weekly MM:HH:D (1 = Sunday), monthly MM:HH:DD.",
    rule: (schedule) =>
      /^\d{1,2}(:\d{1,2}){0,2}$/.test(schedule) ? undefined : "a schedule is MM, MM:HH, MM:HH:D or MM:HH:DD",
  }),
  timezone: text({ min: 1, doc: "Time zone of the schedule, for example Asia/Seoul." }),
  maxSnapshots: integer({ min: 1, param: "maxsnaps", doc: "Snapshots kept; the oldest goes." }),
} as const;

const write = call("createSnapshotPolicy", { answer: "snapshotpolicy" });

const description: Description<typeof inputs, Record<never, never>> = {
  token: "cloudstack:storage:SnapshotPolicy",
  doc: "Snapshots of a volume on a schedule.",
  deleteBeforeReplace: true,
  inputs,
  outputs: {},

  api: {
    // A second create for the same volume and interval overwrites the first: it serves as update, and is safe to repeat.
    create: write,
    read: rows("listSnapshotPolicies"),
    delete: call("deleteSnapshotPolicies"),
  },
};

export const snapshotPolicy = defineResource({
  ...description,

  async create(context, given) {
    return knowingTimezone(context, given, await regularLifecycle(description).create(context, given));
  },

  async update(context, _id, { after }) {
    return knowingTimezone(context, after, liveOf(description, await send(context, write, paramsOf(inputs, after))));
  },
});

/** @throws ProviderError where the schedule is kept in another zone: one that it does not know the server takes for GMT, in silence */
function knowingTimezone(context: Context<Client>, { timezone }: Values<typeof inputs>, live: Live): Live {
  const { timezone: kept } = live.values;
  if (kept === undefined || kept === timezone) return live;
  throw new ProviderError({
    what: "schedule of cloudstack:storage:SnapshotPolicy",
    where: context.urn,
    value: timezone,
    rule: `the server does not know it, and takes it for ${kept}`,
    remedy: "name a zone of the time zone database in its own letters, such as Asia/Seoul",
  });
}
