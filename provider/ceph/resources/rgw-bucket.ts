import { boolean, integer, list, oneOf, type Row, text, type Values } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import {
  bucketReference,
  findBucket,
  isLocked,
  lifecycleRule,
  lifecycleToKeep,
  rulesOf,
  setLifecycle,
} from "../buckets.ts";
import type { Client } from "../client/client.ts";
import { isCephError } from "../client/errors.ts";
import { defineResource } from "../resource.ts";
import { checkBucket } from "../rules.ts";

const inputs = {
  name: text({
    min: 3,
    max: 63,
    onChange: "replace",
    param: "bucket",
    rule: (name) =>
      /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(name) ? undefined : "must be lower-case letters, digits, dots and hyphens",
    doc: "Unique in its tenant.",
  }),
  owner: text({
    min: 1,
    param: "uid",
    from: "owner",
    doc: "Uid of the user that owns it, `USER` or `TENANT$USER`. Changes to another user of the same tenant in place.",
  }),
  placementTarget: text({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    from: "placement_rule",
    doc: "Placement target, and with it the pools of the objects.",
  }),
  versioning: boolean({
    optional: true,
    serverChooses: true,
    param: false,
    decode: ({ versioning }) => versioning === "Enabled",
    doc: "Keep old versions of objects. Switched off, those that are there stay.",
  }),
  lockEnabled: boolean({
    default: false,
    onChange: "replace",
    doc: "Objects cannot be changed or deleted for a time; brings versioning with it.",
  }),
  lockMode: oneOf(["GOVERNANCE", "COMPLIANCE"], {
    optional: true,
    decode: (row) => (isLocked(row) ? (String(row.lock_mode).toUpperCase() as "GOVERNANCE") : undefined),
    doc: "GOVERNANCE: users with a special permission may delete; COMPLIANCE: nobody may.",
  }),
  lockRetentionDays: integer({
    optional: true,
    min: 1,
    max: 36500,
    unit: "days",
    param: "lock_retention_period_days",
    decode: (row) => (isLocked(row) ? Number(row.lock_retention_period_days) : undefined),
    doc: "How long each object is locked.",
  }),
  lifecycle: list(lifecycleRule, {
    optional: true,
    key: "id",
    param: false,
    decode: rulesOf,
    doc: "What happens to objects with time. Needs Ceph 19.2 or newer.",
  }),
  purgeObjectsOnDelete: boolean({
    default: false,
    param: false,
    from: false,
    doc: "Delete the bucket with all its objects. Otherwise only an empty one can be deleted.",
  }),
} as const;

export const rgwBucket = defineResource({
  token: "ceph:rgw:RgwBucket",
  doc: "A bucket of the object gateway. Import by `BUCKET` or `TENANT/BUCKET`. Its objects are never removed unless `purgeObjectsOnDelete` says so.",
  inputs,
  outputs: {
    bucketId: text({ from: "id", doc: "The gateway's id of the bucket." }),
    tenant: text({ optional: true, doc: "Tenant of the bucket, if it has one." }),
  },
  check: checkBucket,

  reference: ({ name, owner }) => bucketReference(name, owner),
  find: findBucket,
  id: ({ bid }) => String(bid),

  async make(context, given) {
    const { api, signal } = context;
    const { name, owner: uid, placementTarget, lockEnabled } = given;
    const body = { bucket: name, uid, placement_target: placementTarget, lock_enabled: lockEnabled, ...lockOf(given) };
    await api.send("POST", "rgw/bucket", { body, signal });
    if (given.versioning === true && !lockEnabled)
      await apply(context, given, await findBucket(context, bucketReference(name, uid)));
    if (given.lifecycle !== undefined) await setLifecycle(context, { name, owner: uid, rules: given.lifecycle });
  },

  async change(context, row, { after, changed }) {
    const settings = ["owner", "versioning", "lockMode", "lockRetentionDays"] as const;
    if (settings.some((name) => changed.has(name))) await apply(context, after, row);
    if (changed.has("lifecycle")) {
      await setLifecycle(context, { name: after.name, owner: after.owner, rules: after.lifecycle ?? [] });
    }
  },

  async remove({ api, signal }, { bid }, { purgeObjectsOnDelete }) {
    const purge = purgeObjectsOnDelete === true;
    const path = { bucket: String(bid) };
    try {
      // Where the API knows this parameter, its default is to remove all objects.
      await api.send("DELETE", "rgw/bucket/{bucket}", { path, query: { purge_objects: String(purge) }, signal });
    } catch (error) {
      // Newer dashboards have lost it again, and never delete a bucket with objects.
      const isUnknown = isCephError(error) && /purge_objects|Unexpected query string/i.test(error.facts.text);
      if (!isUnknown || purge) throw error;
      await api.send("DELETE", "rgw/bucket/{bucket}", { path, signal });
    }
  },

  // The gateway's list does not tell tags, so there is no room for a mark. One that is equal and empty is what an interrupted
  // create leaves.
  leftover: { isUsed: ({ num_objects: objects }) => Number(objects ?? 0) > 0 },
});

function lockOf({ lockEnabled, lockMode, lockRetentionDays }: Values<typeof inputs>) {
  return lockEnabled ? { lock_mode: lockMode, lock_retention_period_days: lockRetentionDays } : {};
}

/** One update sets all: what it does not name it takes back, encryption and lifecycle among it, or refuses for want of it, the lock. */
async function apply(
  { api, signal }: Context<Client>,
  given: Values<typeof inputs>,
  row: Row | undefined,
): Promise<void> {
  const lifecycle = row && lifecycleToKeep(row);
  const body = {
    bucket_id: row?.id,
    ...(lifecycle === undefined ? {} : { lifecycle }),
    uid: given.owner,
    ...(given.versioning === undefined ? {} : { versioning_state: given.versioning ? "Enabled" : "Suspended" }),
    encryption_state: row?.encryption === "Enabled",
    ...lockOf(given),
  };
  const path = { bucket: bucketReference(given.name, given.owner) };
  await api.send("PUT", "rgw/bucket/{bucket}", { path, body, signal });
}
