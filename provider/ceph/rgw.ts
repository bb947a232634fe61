/** What the resources of the object gateway have in common. */
import { ProviderError } from "../core/errors.ts";
import type { Row } from "../core/fields.ts";
import type { Context } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { gibOf } from "./units.ts";
import { isRow, rowsOf } from "./wire.ts";

/** A user with its quota, or undefined if the gateway's list lacks it. */
export async function findRgwUser({ api, signal, log }: Context<Client>, uid: string): Promise<Row | undefined> {
  const uids = await api.list("rgw/user", { signal });
  if (!Array.isArray(uids) || !uids.includes(uid)) return undefined;
  const row = await api.list("rgw/user/{uid}", { path: { uid }, signal });
  if (!isRow(row)) return undefined;
  if (row.system === true || row.system === "true") {
    log("warning", `${uid} has been made a system user, which may do everything: the next change takes that away`);
  }
  const quotas = await api.list("rgw/user/{uid}/quota", { path: { uid }, signal });
  return { ...row, uid, user_quota: isRow(quotas) ? quotas.user_quota : undefined };
}

/** @throws ProviderError when a user that is to be taken over may do everything */
export function refuseSystemUser(row: Row): void {
  if (row.system !== true && row.system !== "true") return;
  throw new ProviderError({
    what: "take-over of an object gateway user",
    value: String(row.uid),
    rule: "it is a system user, which may do everything",
    remedy: "`radosgw-admin user modify --uid … --system=0` first, or use another user",
  });
}

/** The user's own quota; 0 = none. */
export function quotaOf({ user_quota: quota }: Row): { gib: number; objects: number } {
  if (!isRow(quota) || quota.enabled !== true) return { gib: 0, objects: 0 };
  const bytes = Number(quota.max_size ?? -1);
  const objects = Number(quota.max_objects ?? -1);
  return { gib: bytes > 0 ? (gibOf(bytes) ?? 0) : 0, objects: objects > 0 ? objects : 0 };
}

/** One part of the user's first S3 key; those of subusers are not its own. */
export const keyPartOf =
  (part: "access_key" | "secret_key") =>
  ({ keys, uid }: Row): string | undefined => {
    const all = rowsOf(keys);
    const own = all.find(({ user }) => user === uid) ?? all[0];
    return own?.[part] === undefined ? undefined : String(own[part]);
  };
