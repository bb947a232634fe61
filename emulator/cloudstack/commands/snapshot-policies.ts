import { invalid } from "../models/errors.ts";
import type { SnapshotInterval, SnapshotPolicy } from "../models/volume.ts";
import { type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits } from "./filters.ts";
import { integer, list, listParameters, ref, required, scopeParameters, text } from "./parameters.ts";
import { checkAccountAccess, visibleAccounts } from "./scope.ts";
import { tagFields } from "./tag-fields.ts";

const intervals: Readonly<Record<string, SnapshotInterval>> = { HOURLY: 0, DAILY: 1, WEEKLY: 2, MONTHLY: 3 };
/** What a schedule looks like, by interval: minute, hour, day. */
const schedules: Readonly<Record<SnapshotInterval, RegExp>> = {
  0: /^[0-5]?\d$/,
  1: /^[0-5]?\d:([01]?\d|2[0-3])$/,
  2: /^[0-5]?\d:([01]?\d|2[0-3]):[1-7]$/,
  3: /^[0-5]?\d:([01]?\d|2[0-3]):([1-9]|1\d|2[0-8])$/,
};

function render(policy: SnapshotPolicy, { tables }: Call): JsonObject {
  const volume = tables.volumes.need(policy.volumeId);
  const zone = tables.zones.need(volume.zoneId);
  const pool = tables.storagePools.get(volume.poolId);
  return {
    id: policy.uuid,
    volumeid: volume.uuid,
    volumename: volume.name,
    schedule: policy.schedule,
    intervaltype: policy.interval,
    maxsnaps: policy.maxSnapshots,
    timezone: policy.timezone,
    fordisplay: true,
    zone: [{ id: zone.uuid, name: zone.name, isnsxenabled: false, ismultiarch: false, routedmodeenabled: false }],
    storage: pool === undefined ? [] : [{ id: pool.uuid, name: pool.name }],
    tags: tagFields(tables, "SnapshotPolicy", policy),
  };
}

/** One policy for a volume and interval: a second call changes the first one's policy. */
const createSnapshotPolicy = sync({
  name: "createSnapshotPolicy",
  audience: "user",
  parameters: {
    volumeid: required(ref("volumes")),
    intervaltype: required(text),
    schedule: required(text),
    timezone: required(text),
    maxsnaps: required(integer),
  },
  reply: "snapshotpolicy",
  run(call) {
    const { tables, args } = call;
    const volume = args.volumeid;
    if (volume.removed !== undefined)
      throw invalid(`Failed to create snapshot policy, unable to find a volume with id ${volume.id}`);
    checkAccountAccess(call, volume.accountId);
    if (volume.state !== "Ready") {
      throw invalid(`VolumeId: ${volume.id} is not in Ready state but ${volume.state}. Cannot take snapshot.`);
    }
    if (tables.diskOfferings.get(volume.diskOfferingId)?.encrypt) {
      throw invalid(
        "Encrypted volumes don't support snapshot schedules, cannot create snapshot policy for the volume: " +
          volume.uuid,
      );
    }
    const interval = intervals[args.intervaltype.toUpperCase()];
    if (interval === undefined) throw invalid(`Unsupported interval type ${args.intervaltype}`);
    if (!schedules[interval].test(args.schedule)) {
      throw invalid(`Invalid schedule: ${args.schedule} for interval type: ${args.intervaltype}`);
    }
    if (args.maxsnaps < 1) throw invalid(`maxSnaps should be greater than or equal to 1`);
    const plan = { schedule: args.schedule, timezone: timezoneFrom(args.timezone), maxSnapshots: args.maxsnaps };
    const known = tables.snapshotPolicies.where("volumeId", volume.id).find((policy) => policy.interval === interval);
    const policy =
      known === undefined
        ? tables.snapshotPolicies.insert({ volumeId: volume.id, interval, ...plan })
        : tables.snapshotPolicies.update(known, plan);
    return render(policy, call);
  },
});

/** One that is not known, or is spelled in other letters, is GMT without a word (`java.util.TimeZone.getTimeZone`). */
function timezoneFrom(name: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
  } catch {
    return "GMT";
  }
  return name.split("/").every((part) => /^[A-Z]/.test(part)) ? name : "GMT";
}

const deleteSnapshotPolicies = sync({
  name: "deleteSnapshotPolicies",
  audience: "user",
  parameters: { id: ref("snapshotPolicies"), ids: list },
  run(call) {
    const { tables, args } = call;
    const named = (args.ids ?? []).map((uuid) => {
      const policy = tables.snapshotPolicies.byUuid(uuid);
      if (policy === undefined) throw invalid(`Policy id given: ${uuid} does not exist`);
      return policy;
    });
    const policies = args.id === undefined ? named : [args.id, ...named];
    if (policies.length === 0) throw invalid("Please provide either the id or the ids of the policies to delete");
    for (const policy of policies) {
      if (policy.removed !== undefined) throw invalid(`Policy id given: ${policy.id} does not exist`);
      checkAccountAccess(call, tables.volumes.need(policy.volumeId).accountId);
      tables.snapshotPolicies.remove(policy);
    }
    return success;
  },
});

const listSnapshotPolicies = listing({
  name: "listSnapshotPolicies",
  audience: "user",
  parameters: { ...listParameters, ...scopeParameters, id: ref("snapshotPolicies"), volumeid: ref("volumes") },
  reply: "snapshotpolicy",
  rows(call) {
    const { tables, args } = call;
    const accounts = visibleAccounts({ ...call, args: { ...args, id: args.id ?? args.volumeid } });
    const wanted = { id: args.id?.id, volumeId: args.volumeid?.id };
    return tables.snapshotPolicies
      .only(args.id)
      .filter((policy) => fits(policy, wanted) && accounts.has(tables.volumes.need(policy.volumeId).accountId));
  },
  render,
});

export const snapshotPolicyCommands: readonly Command[] = [
  createSnapshotPolicy,
  deleteSnapshotPolicies,
  listSnapshotPolicies,
];
