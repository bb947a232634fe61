/** Buckets and their lifecycle rules. */
import { boolean, integer, object, type Row, text, type Values } from "../core/fields.ts";
import type { Context } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { CephError } from "./client/errors.ts";
import { isRow, rowsOf } from "./wire.ts";

const days = (doc: string) => integer({ optional: true, min: 1, unit: "days", doc });

export const lifecycleRule = object(
  "LifecycleRule",
  {
    id: text({ min: 1, doc: "Name of the rule." }),
    prefix: text({ optional: true, max: 1024, doc: "Only objects whose names begin so. Not given = all." }),
    enabled: boolean({ default: true, doc: "Whether the rule is in force." }),
    expirationDays: days("Objects are deleted after so many days."),
    noncurrentExpirationDays: days("Old versions are deleted so many days after they have been replaced."),
    abortIncompleteUploadDays: days("Unfinished uploads are removed after so many days."),
    transitionDays: days("Objects move to `transitionStorageClass` after so many days."),
    transitionStorageClass: text({ optional: true, doc: "Storage class that objects move to." }),
  },
  {
    rule: (rule) => {
      const { expirationDays, noncurrentExpirationDays, abortIncompleteUploadDays, transitionDays } = rule;
      if ((transitionDays === undefined) !== (rule.transitionStorageClass === undefined))
        return "transitionDays and transitionStorageClass belong together";
      const actions = [expirationDays, noncurrentExpirationDays, abortIncompleteUploadDays, transitionDays];
      return actions.every((action) => action === undefined) ? "says nothing to do" : undefined;
    },
  },
);
export type LifecycleRule = Values<{ rule: typeof lifecycleRule }>["rule"];

/** `TENANT/BUCKET` where the owner belongs to a tenant. */
export function bucketReference(name: string, owner: string): string {
  const tenant = tenantOf(owner);
  return tenant === undefined ? name : `${tenant}/${name}`;
}

export function tenantOf(owner: string): string | undefined {
  return owner.includes("$") ? owner.slice(0, owner.indexOf("$")) : undefined;
}

/**
 * The bucket with its settings, or undefined if the gateway's list lacks it. The dashboard asks for settings with the keys of the
 * owner: where that one is suspended, only what the list tells comes, and `unseen` is true.
 */
export async function findBucket({ api, signal }: Context<Client>, reference: string): Promise<Row | undefined> {
  const all = rowsOf(await api.list("rgw/bucket", { version: "1.1", query: { stats: "true" }, signal }));
  const listed = all.find(({ bid }) => bid === reference);
  if (listed === undefined) return undefined;
  const row = await api.list("rgw/bucket/{bucket}", { path: { bucket: reference }, signal }).catch(async (error) => {
    const uid = String(listed.owner);
    const owner = await api.list("rgw/user/{uid}", { path: { uid }, signal });
    if (!isRow(owner) || Number(owner.suspended) !== 1) throw error;
    return { ...listed, unseen: true };
  });
  if (!isRow(row)) return undefined;
  const objects = Object.values((listed.usage ?? {}) as Record<string, { num_objects?: number }>);
  return { ...row, bid: reference, num_objects: objects.reduce((sum, part) => sum + Number(part.num_objects ?? 0), 0) };
}

export function isLocked({ lock_enabled: locked }: Row): boolean {
  return locked === true || locked === "true";
}

/** The rules of a bucket as the dashboard tells them: XML turned into JSON, every value a text, one rule or a list. */
export function rulesOf({ lifecycle }: Row): LifecycleRule[] | undefined {
  const configuration = isRow(lifecycle) ? (lifecycle.LifecycleConfiguration ?? lifecycle) : undefined;
  if (!isRow(configuration)) return undefined;
  const rules = configuration.Rule ?? configuration.Rules;
  const rows = isRow(rules) ? [rules] : rowsOf(rules);
  return rows.length === 0 ? undefined : rows.map(ruleOf);
}

function ruleOf(row: Row): LifecycleRule {
  const part = (name: string, inner: string) => (isRow(row[name]) ? (row[name] as Row)[inner] : undefined);
  const numberOf = (raw: unknown) => (raw === undefined || raw === null ? undefined : Number(raw));
  const textOf = (raw: unknown) => (raw === undefined || raw === null || raw === "" ? undefined : String(raw));
  const rule = {
    id: String(row.ID ?? ""),
    prefix: textOf(part("Filter", "Prefix") ?? row.Prefix),
    enabled: row.Status === "Enabled",
    expirationDays: numberOf(part("Expiration", "Days")),
    noncurrentExpirationDays: numberOf(part("NoncurrentVersionExpiration", "NoncurrentDays")),
    abortIncompleteUploadDays: numberOf(part("AbortIncompleteMultipartUpload", "DaysAfterInitiation")),
    transitionDays: numberOf(part("Transition", "Days")),
    transitionStorageClass: textOf(part("Transition", "StorageClass")),
  };
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as LifecycleRule;
}

/**
 * The lifecycle as every update of a bucket must send it, because one that is not sent is deleted; undefined where the dashboard
 * knows none. Rules that are not the program's, and parts that no property speaks of, stay as they are.
 */
export function lifecycleToKeep(row: Row): string | undefined {
  if (!("lifecycle" in row)) return undefined;
  const configuration = isRow(row.lifecycle) ? row.lifecycle.LifecycleConfiguration : undefined;
  const rules = isRow(configuration) ? configuration.Rule : undefined;
  const list = isRow(rules) ? [rules] : rowsOf(rules);
  return list.length === 0 ? "{}" : JSON.stringify({ Rules: list.map(withoutNull) });
}

/** An element without content comes as null, and would go back as the word None. */
function withoutNull(value: unknown): unknown {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map(withoutNull);
  if (!isRow(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutNull(inner)]));
}

/**
 * The whole lifecycle as an update of the bucket takes it; no rules remove it. A path of its own (`PUT /api/rgw/bucket/lifecycle`)
 * came with Ceph 20 only: to 19 that is a bucket of this name.
 * @throws CephError where the dashboard knows none
 */
export function lifecycleText(row: Row | undefined, rules: readonly LifecycleRule[]): string {
  if (row !== undefined && !("lifecycle" in row)) {
    const text = "this dashboard knows no lifecycle of buckets";
    throw new CephError({ kind: "version", endpoint: "PUT /api/rgw/bucket/{bucket}", text });
  }
  return rules.length === 0 ? "{}" : JSON.stringify({ Rules: rules.map(documentOf) });
}

function documentOf(rule: LifecycleRule): Row {
  const { transitionDays, transitionStorageClass, expirationDays, noncurrentExpirationDays } = rule;
  const { abortIncompleteUploadDays } = rule;
  return {
    ID: rule.id,
    Status: rule.enabled ? "Enabled" : "Disabled",
    Filter: { Prefix: rule.prefix ?? "" },
    ...(expirationDays === undefined ? {} : { Expiration: { Days: expirationDays } }),
    ...(noncurrentExpirationDays === undefined
      ? {}
      : { NoncurrentVersionExpiration: { NoncurrentDays: noncurrentExpirationDays } }),
    ...(abortIncompleteUploadDays === undefined
      ? {}
      : { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortIncompleteUploadDays } }),
    ...(transitionDays === undefined
      ? {}
      : { Transition: { Days: transitionDays, StorageClass: transitionStorageClass } }),
  };
}
