import { dashboardError } from "../models/errors.ts";
import { lifecycleJson, lifecycleXml } from "../models/lifecycle.ts";
import { isSince } from "../models/release.ts";
import {
  type Bucket,
  findBucket,
  findRgwUser,
  gatewayError,
  needGateway,
  newBucketId,
  type RgwUser,
  tenantOf,
} from "../models/rgw.ts";
import type { Tables } from "../models/tables.ts";
import { endpoint } from "./endpoint.ts";
import { flag, required, text } from "./fields.ts";
import { bucketFields, checkRetention, lockOf, moveBucket } from "./rgw-bucket-fields.ts";

const locking = { lock_mode: text, lock_retention_period_days: text, lock_retention_period_years: text };
const more = {
  encryption_state: flag,
  encryption_type: text,
  key_id: text,
  tags: text,
  bucket_policy: text,
  canned_acl: text,
  daemon_name: text,
};

/** `class RgwBucket` of `controllers/rgw.py`. */
export const rgwBucketEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/rgw/bucket",
    scope: "rgw",
    version: "1.1",
    fields: { stats: flag, uid: text, daemon_name: text },
    run({ world, tables, args }) {
      needGateway(tables);
      const buckets = tables.buckets.filter(({ owner }) => !args.uid || owner === args.uid);
      return buckets.map((bucket) => (args.stats ? bucketFields(world, bucket, "listed") : addressOf(bucket)));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/rgw/bucket",
    scope: "rgw",
    fields: {
      bucket: required(text),
      uid: required(text),
      zonegroup: text,
      placement_target: text,
      lock_enabled: flag,
      ...locking,
      ...more,
    },
    lacks: ["replication"],
    run({ world, tables, args }) {
      needGateway(tables);
      const owner = activeUser(tables, args.uid);
      const existing = ownBucket(tables, args.bucket, args.uid);
      // One's own bucket of that name is a success, and stays as it is.
      if (existing) return null;
      const { uid, placement_target: placement = "default-placement" } = args;
      checkCount(tables, owner);
      if (placement !== "default-placement") throw gatewayError(400, "InvalidLocationConstraint");
      const isLocked = args.lock_enabled ?? false;
      if (isLocked) checkRetention(args);
      tables.buckets.insert({
        name: args.bucket,
        tenant: tenantOf(uid),
        bucketId: newBucketId(world, tables.buckets.nextId),
        owner: uid,
        placement,
        versioning: isLocked ? "Enabled" : "Suspended",
        lockEnabled: isLocked,
        ...lockOf(args),
        ...(args.encryption_state ? { encryption: args.encryption_type ?? "AES256" } : {}),
        tags: args.tags ?? "",
        policy: args.bucket_policy ?? "",
        acl: args.canned_acl ?? "private",
        objects: 0,
        bytes: 0,
      });
      return null;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/rgw/bucket/{bucket}",
    scope: "rgw",
    fields: { bucket: required(text), daemon_name: text },
    run: ({ world, tables, args }) => bucketFields(world, foundBucket(tables, args.bucket), "whole"),
  }),
  endpoint({
    method: "PUT",
    path: "/api/rgw/bucket/{bucket}",
    scope: "rgw",
    fields: {
      bucket: required(text),
      bucket_id: required(text),
      uid: required(text),
      versioning_state: text,
      lifecycle: text,
      ...locking,
      ...more,
    },
    lacks: ["mfa_delete", "mfa_token_serial", "mfa_token_pin", "replication"],
    run({ world, tables, args }) {
      const bucket = foundBucket(tables, args.bucket);
      if (args.bucket_id !== bucket.bucketId) throw gatewayError(400, "InvalidArgument");
      if (args.uid !== bucket.owner) moveBucket(tables, bucket, args.uid);
      if (args.versioning_state) setVersioning(tables, bucket, args.versioning_state);
      if (bucket.lockEnabled) {
        checkRetention(args);
        tables.buckets.update(bucket, lockOf(args));
      }
      // What an update does not ask for is switched off: encryption, and where the dashboard knows it, the lifecycle.
      tables.buckets.update(bucket, {
        encryption: args.encryption_state ? (args.encryption_type ?? bucket.encryption ?? "AES256") : undefined,
        tags: args.tags || bucket.tags,
        policy: args.bucket_policy || bucket.policy,
        acl: args.canned_acl || bucket.acl,
      });
      if (isSince(world.release, "squid")) setLifecycle(tables, bucket, args.lifecycle ?? "{}");
      return "";
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/rgw/bucket/{bucket}",
    scope: "rgw",
    fields: { bucket: required(text), purge_objects: text, daemon_name: text },
    run({ tables, args }) {
      const bucket = foundBucket(tables, args.bucket);
      // Everything in it goes too, unless that is forbidden in so many words.
      const purge = (args.purge_objects ?? "true").toLowerCase() === "true";
      if (bucket.objects > 0 && !purge) throw gatewayError(409, "BucketNotEmpty");
      if (bucket.objects > 0 && bucket.lockMode === "COMPLIANCE") throw gatewayError(403, "AccessDenied");
      tables.buckets.erase(bucket);
      return "";
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/rgw/bucket/lifecycle",
    scope: "rgw",
    since: "squid",
    fields: { bucket_name: required(text), owner: text, tenant: text, daemon_name: text },
    run: ({ tables, args }) => lifecycleJson(foundForOwner(tables, args).lifecycle),
  }),
  endpoint({
    method: "PUT",
    path: "/api/rgw/bucket/lifecycle",
    scope: "rgw",
    since: "squid",
    fields: { bucket_name: required(text), lifecycle: text, owner: text, tenant: text, daemon_name: text },
    run({ tables, args }) {
      setLifecycle(tables, foundForOwner(tables, args), args.lifecycle ?? "");
      return "";
    },
  }),
];

function addressOf({ tenant, name }: Bucket): string {
  return tenant === "" ? name : `${tenant}/${name}`;
}

function foundBucket(tables: Tables, address: string): Bucket {
  needGateway(tables);
  const bucket = findBucket(tables, address);
  if (!bucket) throw gatewayError(404, "NoSuchBucket");
  return bucket;
}

/** The gateway is asked in the name of the owner, so the owner must be right. */
function foundForOwner(
  tables: Tables,
  args: { readonly bucket_name: string; readonly owner: string | undefined; readonly tenant: string | undefined },
): Bucket {
  const plain = args.bucket_name.slice(args.bucket_name.indexOf("/") + 1);
  const bucket = foundBucket(tables, args.tenant ? `${args.tenant}/${plain}` : plain);
  if (args.owner !== undefined && args.owner !== bucket.owner) throw gatewayError(403, "AccessDenied", 400);
  return bucket;
}

/** @throws 409 when somebody else has it */
function ownBucket(tables: Tables, name: string, uid: string): Bucket | undefined {
  const tenant = tenantOf(uid);
  const bucket = findBucket(tables, tenant === "" ? name : `${tenant}/${name}`);
  if (bucket && bucket.owner !== uid) throw gatewayError(409, "BucketAlreadyExists");
  return bucket;
}

function activeUser(tables: Tables, uid: string): RgwUser {
  const user = findRgwUser(tables, uid);
  if (!user) throw gatewayError(404, "NoSuchUser");
  if (user.suspended) throw gatewayError(403, "UserSuspended");
  return user;
}

function checkCount(tables: Tables, { uid, maxBuckets }: RgwUser): void {
  const owned = tables.buckets.filter(({ owner }) => owner === uid).length;
  if (maxBuckets < 0 || (maxBuckets > 0 && owned >= maxBuckets)) throw gatewayError(400, "TooManyBuckets");
}

function setVersioning(tables: Tables, bucket: Bucket, state: string): void {
  if (state !== "Enabled" && state !== "Suspended") throw gatewayError(400, "MalformedXML");
  if (state === "Suspended" && bucket.lockEnabled) {
    throw dashboardError("Bucket versioning cannot be disabled/suspended on buckets with object lock enabled ", {
      status: 409,
      component: "rgw",
    });
  }
  tables.buckets.update(bucket, { versioning: state });
}

/** `{}` takes it away. @throws 400 when it is neither JSON nor XML of the right kind */
function setLifecycle(tables: Tables, bucket: Bucket, document: string): void {
  tables.buckets.update(bucket, { lifecycle: document === "{}" ? undefined : lifecycleXml(document) });
}
