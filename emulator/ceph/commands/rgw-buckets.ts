import { dashboardError, type Failure, httpError, pythonError } from "../models/errors.ts";
import { lifecycleJson, lifecycleXml } from "../models/lifecycle.ts";
import { isSince } from "../models/release.ts";
import {
  type Bucket,
  findBucket,
  findRgwUser,
  gatewayError,
  needGateway,
  needOwner,
  newBucketId,
  type RgwUser,
  tenantOf,
} from "../models/rgw.ts";
import { isCannedAcl } from "../models/rgw-acl.ts";
import { placeBucket } from "../models/rgw-site.ts";
import type { Tables } from "../models/tables.ts";
import { endpoint } from "./endpoint.ts";
import { flag, required, text } from "./fields.ts";
import { bucketFields, checkRetention, type LockArgs, lockOf, moveBucket } from "./rgw-bucket-fields.ts";

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
    piecemeal: true,
    run({ world, tables, args }) {
      needGateway(tables);
      const owner = activeUser(tables, args.uid);
      const { uid, bucket: name } = args;
      const isLocked = args.lock_enabled ?? false;
      const make = () => {
        checkCount(tables, owner);
        const placement = placeBucket(tables, args.zonegroup, args.placement_target);
        const id = newBucketId(world, tables.buckets.nextId);
        return tables.buckets.insert(newBucket({ name, uid, id, placement, isLocked }));
      };
      // One's own bucket of that name is a success, and is changed like a new one.
      const bucket = world.store.transaction(() => ownBucket(tables, name, uid) ?? make());
      if (isLocked) world.store.transaction(() => lock(tables, bucket, args));
      world.store.transaction(() => {
        const encryption = args.encryption_state ? (args.encryption_type ?? "AES256") : bucket.encryption;
        tables.buckets.update(bucket, { ...documentsOf(bucket, args), encryption });
      });
      return null;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/rgw/bucket/{bucket}",
    scope: "rgw",
    fields: { bucket: required(text), daemon_name: text },
    run({ world, tables, args }) {
      const bucket = foundBucket(tables, args.bucket);
      needOwner(tables, bucket.owner);
      return bucketFields(world, bucket, "whole");
    },
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
    piecemeal: true,
    run({ world, tables, args }) {
      const step = (act: () => void) => world.store.transaction(act);
      const bucket = foundBucket(tables, args.bucket);
      if (args.bucket_id !== bucket.bucketId) throw gatewayError(400, "InvalidArgument");
      if (args.uid !== bucket.owner) step(() => moveBucket(tables, bucket, args.uid));
      const { versioning_state: versioning } = args;
      if (versioning) step(() => setVersioning(tables, bucket, versioning));
      if (bucket.lockEnabled) step(() => lock(tables, bucket, args));
      // What an update does not ask for is switched off: encryption, and where the dashboard knows it, the lifecycle.
      const encryption = args.encryption_state ? (args.encryption_type ?? bucket.encryption ?? "AES256") : undefined;
      step(() => tables.buckets.update(bucket, { ...documentsOf(bucket, args), encryption }));
      if (isSince(world.release, "squid")) step(() => setLifecycle(tables, bucket, args.lifecycle ?? "{}"));
      else if (args.lifecycle !== undefined) throw pythonError("TypeError", "unexpected keyword argument 'lifecycle'");
      return "";
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/rgw/bucket/{bucket}",
    scope: "rgw",
    fields: { bucket: required(text), purge_objects: text, daemon_name: text },
    run({ world, tables, args }) {
      const isKept = isSince(world.release, "tentacle");
      if (isKept && args.purge_objects !== undefined) {
        throw httpError(404, "Unexpected query string parameters: purge_objects");
      }
      const bucket = foundBucket(tables, args.bucket);
      if (isKept && bucket.objects > 0) throw notEmpty(args.bucket);
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
    since: "tentacle",
    fields: { bucket_name: required(text), owner: text, tenant: text, daemon_name: text },
    run: ({ tables, args }) => lifecycleJson(foundForOwner(tables, args).lifecycle),
  }),
  endpoint({
    method: "PUT",
    path: "/api/rgw/bucket/lifecycle",
    scope: "rgw",
    since: "tentacle",
    fields: { bucket_name: required(text), lifecycle: text, owner: text, tenant: text, daemon_name: text },
    run({ tables, args }) {
      setLifecycle(tables, foundForOwner(tables, args), args.lifecycle ?? "");
      return "";
    },
  }),
];

function notEmpty(name: string): Failure {
  const text = `Unable to delete bucket"${name}" - Bucket is not empty. Remove all objects before deletion.`;
  return dashboardError(text, { component: "rgw" });
}

interface NewBucket {
  readonly name: string;
  readonly uid: string;
  readonly id: string;
  readonly placement: string;
  readonly isLocked: boolean;
}

function newBucket({ name, uid, id, placement, isLocked }: NewBucket) {
  return {
    name,
    tenant: tenantOf(uid),
    bucketId: id,
    owner: uid,
    placement,
    versioning: isLocked ? "Enabled" : "Suspended",
    lockEnabled: isLocked,
    lockDays: 0,
    lockYears: 0,
    tags: "",
    policy: "",
    acl: "private",
    objects: 0,
    bytes: 0,
  } as const;
}

function lock(tables: Tables, bucket: Bucket, args: LockArgs): void {
  checkRetention(args);
  tables.buckets.update(bucket, lockOf(args));
}

/** Tags, policy and access list; empty ones change nothing. */
function documentsOf(
  bucket: Bucket,
  args: Readonly<Record<"tags" | "bucket_policy" | "canned_acl", string | undefined>>,
) {
  if (args.canned_acl && !isCannedAcl(args.canned_acl)) throw gatewayError(400, "InvalidArgument");
  return {
    tags: args.tags || bucket.tags,
    policy: args.bucket_policy || bucket.policy,
    acl: args.canned_acl || bucket.acl,
  };
}

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
