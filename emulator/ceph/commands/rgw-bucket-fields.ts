import type { Json } from "../../cloudstack/models/jobs.ts";
import { dashboardError } from "../models/errors.ts";
import { lifecycleJson } from "../models/lifecycle.ts";
import { isSince } from "../models/release.ts";
import { type Bucket, findBucket, findRgwUser, gatewayError, tenantOf } from "../models/rgw.ts";
import { aclXml } from "../models/rgw-acl.ts";
import type { Tables } from "../models/tables.ts";
import type { World } from "../models/world.ts";

/** A bucket in the list, or alone with what S3 says of it. */
export function bucketFields(world: World, bucket: Bucket, extent: "listed" | "whole"): { [key: string]: Json } {
  const { tenant, name } = bucket;
  const usage = { size: bucket.bytes, size_actual: bucket.bytes, num_objects: bucket.objects };
  const listed = {
    bucket: name,
    tenant,
    bid: tenant === "" ? name : `${tenant}/${name}`,
    id: bucket.bucketId,
    marker: bucket.bucketId,
    num_shards: 11,
    zonegroup: "default",
    placement_rule: bucket.placement,
    index_type: "Normal",
    owner: bucket.owner,
    creation_time: new Date(bucket.created).toISOString(),
    usage: bucket.objects > 0 ? { "rgw.main": usage } : {},
    bucket_quota: { enabled: false, check_on_raw: false, max_size: -1, max_size_kb: 0, max_objects: -1 },
  };
  if (extent === "listed") return listed;
  const { lockEnabled } = bucket;
  return {
    ...listed,
    encryption: bucket.encryption === undefined ? "Disabled" : "Enabled",
    versioning: bucket.versioning,
    mfa_delete: "Disabled",
    bucket_policy: bucket.policy === "" ? null : bucket.policy,
    acl: aclXml(bucket.owner, bucket.acl),
    lock_enabled: lockEnabled,
    lock_mode: lockEnabled ? (bucket.lockMode ?? "") : "compliance",
    lock_retention_period_days: lockEnabled ? bucket.lockDays : null,
    lock_retention_period_years: lockEnabled ? bucket.lockYears : null,
    ...(isSince(world.release, "squid") ? { lifecycle: lifecycleJson(bucket.lifecycle), lifecycle_progress: [] } : {}),
  };
}

export interface LockArgs {
  readonly lock_mode: string | undefined;
  readonly lock_retention_period_days: string | undefined;
  readonly lock_retention_period_years: string | undefined;
}

/** @throws in the words of `perform_validations` in `rgw_client.py` */
export function checkRetention(args: LockArgs): void {
  const days = Number(args.lock_retention_period_days || 0);
  const years = Number(args.lock_retention_period_years || 0);
  const refused = (text: string) => dashboardError(text, { component: "rgw" });
  if (![days, years].every((period) => Number.isInteger(period) && period >= 0)) {
    throw refused("Retention period must be a positive integer.");
  }
  const either = "Retention period requires either Days or Years.";
  if (days > 0 && years > 0) throw refused(`${either} You can't specify both at the same time.`);
  if (days === 0 && years === 0) throw refused(`${either} You must specify at least one.`);
  if (!["COMPLIANCE", "GOVERNANCE"].includes((args.lock_mode ?? "").toUpperCase())) {
    throw refused("Retention mode must be either COMPLIANCE or GOVERNANCE.");
  }
}

export function lockOf(args: LockArgs): { lockMode?: string; lockDays: number; lockYears: number } {
  return {
    ...(args.lock_mode ? { lockMode: args.lock_mode.toUpperCase() } : {}),
    lockDays: Number(args.lock_retention_period_days || 0),
    lockYears: Number(args.lock_retention_period_years || 0),
  };
}

/** Gives a bucket to another user, into that user's tenant. */
export function moveBucket(tables: Tables, bucket: Bucket, uid: string): void {
  if (!findRgwUser(tables, uid)) throw gatewayError(404, "NoSuchUser");
  const tenant = tenantOf(uid);
  const address = tenant === "" ? bucket.name : `${tenant}/${bucket.name}`;
  const there = findBucket(tables, address);
  if (there && there !== bucket) throw gatewayError(409, "BucketAlreadyExists");
  tables.buckets.update(bucket, { owner: uid, tenant });
}
