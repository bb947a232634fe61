import { id, integer, oneOf, text } from "../../core/fields.ts";
import { liveOf, send } from "../regular.ts";
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

  async update(context, _id, { after }) {
    return liveOf(description, await send(context, write, paramsOf(inputs, after)));
  },
};

export const snapshotPolicy = defineResource(description);
