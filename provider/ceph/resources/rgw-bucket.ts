import { listed, ProviderError } from "../../core/errors.ts";
import { boolean, integer, list, oneOf, type Row, text, type Values } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import {
  bucketReference,
  findBucket,
  isLocked,
  type LifecycleRule,
  lifecycleRule,
  lifecycleText,
  lifecycleToKeep,
  rulesOf,
} from "../buckets.ts";
import type { Client } from "../client/client.ts";
import { isCephError } from "../client/errors.ts";
import { knownToGateway, needClasses, targetOf } from "../placement.ts";
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
    decode: ({ placement_rule: rule }) => targetOf(rule) || undefined,
    doc: "Placement target, and with it the pools of the objects. A bucket stays where it was made: another target is another bucket, under another name.",
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
  unseen(row, known) {
    if (row.unseen !== true) return undefined;
    if (Object.keys(known).length > 0) return { ...known, owner: String(row.owner) };
    throw new ProviderError({
      what: "read of a bucket",
      value: String(row.bid),
      rule: `its owner ${row.owner} is suspended, and the dashboard looks into a bucket with the keys of its owner`,
      remedy: "let the owner in again for it (`suspended: false`, or `radosgw-admin user enable --uid …`)",
    });
  },

  async make(context, given) {
    const { api, signal } = context;
    const { name, owner: uid, placementTarget, lockEnabled, lifecycle } = given;
    const placed = placementTarget === undefined ? {} : await placementFor(context, placementTarget);
    if (placementTarget !== undefined) await needClasses(context, placementTarget, classesOf(lifecycle));
    const body = { bucket: name, uid, ...placed, lock_enabled: lockEnabled, ...lockOf(given) };
    await api.send("POST", "rgw/bucket", { body, signal });
    const row = await findBucket(context, bucketReference(name, uid));
    if (placementTarget !== undefined) seeThatItLiesIn(context, placementTarget, row);
    if (given.versioning === true || lifecycle !== undefined) await apply(context, given, row, lifecycle);
  },

  async change(context, row, { after, changed }) {
    const settings = ["owner", "versioning", "lockMode", "lockRetentionDays", "lifecycle"] as const;
    if (!settings.some((name) => changed.has(name))) return;
    await apply(context, after, row, changed.has("lifecycle") ? (after.lifecycle ?? []) : undefined);
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

function classesOf(rules: readonly LifecycleRule[] | undefined): string[] {
  return (rules ?? []).flatMap(({ transitionStorageClass: name }) => name ?? []);
}

/** A placement target is overlooked unless its zone group is named. @throws ProviderError for one that the gateway does not know */
async function placementFor(context: Context<Client>, target: string) {
  const { zonegroup, names } = await knownToGateway(context);
  if (names.includes(target)) return { zonegroup, placement_target: target };
  throw new ProviderError({
    what: "create of a bucket",
    where: context.urn,
    value: `placementTarget ${target}`,
    rule: `the object gateway knows ${listed(names)}`,
    remedy:
      "make it with RgwPlacementTarget, or with radosgw-admin; after that `radosgw-admin period update --commit`, or `ceph orch restart rgw.NAME` where the gateways have no realm",
  });
}

/** What cannot be put right later must be right from the start. */
function seeThatItLiesIn({ urn }: Context<Client>, target: string, row: Row | undefined): void {
  const actual = targetOf(row?.placement_rule);
  if (row === undefined || actual === target) return;
  throw new ProviderError({
    what: "create of a bucket",
    where: urn,
    value: `placementTarget ${target}`,
    rule: `the gateway has put it into ${actual}, where a bucket stays for good`,
    remedy: "delete the bucket, which is empty, and `pulumi up` again; look at `radosgw-admin zonegroup get`",
  });
}

/**
 * One update sets all: what it does not name it takes back, encryption and lifecycle among it, or refuses for want of it, the lock.
 * @param rules the lifecycle as it is to be; not given = as it is
 */
async function apply(
  context: Context<Client>,
  given: Values<typeof inputs>,
  row: Row | undefined,
  rules: readonly LifecycleRule[] | undefined,
): Promise<void> {
  const { api, signal } = context;
  await needClasses(context, row?.placement_rule, classesOf(rules));
  const lifecycle = rules === undefined ? row && lifecycleToKeep(row) : lifecycleText(row, rules);
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
