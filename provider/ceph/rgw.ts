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
  const powers = powersOf(row);
  if (powers !== undefined) log("warning", `${uid} is ${powers}: the next change takes that away`);
  const quotas = await api.list("rgw/user/{uid}/quota", { path: { uid }, signal });
  return { ...row, uid, user_quota: isRow(quotas) ? quotas.user_quota : undefined };
}

/** What of the gateway a user may administer, which opens every tenant's data to it: `users=*` shows everybody's keys. */
export function powersOf(row: Row): string | undefined {
  if (row.system === true || row.system === "true") return "a system user, which may do everything";
  const caps = capsOf(row);
  if (caps.length === 0) return undefined;
  return `an administrator of the gateway (${caps.map(({ type, perm }) => `${type}=${perm}`).join(", ")})`;
}

function capsOf({ caps }: Row): { type: string; perm: string }[] {
  return rowsOf(caps).map(({ type, perm }) => ({ type: String(type), perm: String(perm) }));
}

/** @throws ProviderError when a user that is to be taken over may administer the gateway */
export function refuseAdministrator(row: Row): void {
  const powers = powersOf(row);
  if (powers === undefined) return;
  throw new ProviderError({
    what: "take-over of an object gateway user",
    value: String(row.uid),
    rule: `it is ${powers}`,
    remedy:
      "`radosgw-admin user modify --uid … --system=0` and `radosgw-admin caps rm --uid … --caps=…` first, or use another user",
  });
}

/** Takes away what `radosgw-admin caps add` has given. */
export async function removeCaps({ api, signal }: Context<Client>, row: Row): Promise<void> {
  for (const query of capsOf(row)) {
    await api.send("DELETE", "rgw/user/{uid}/capability", { path: { uid: String(row.uid) }, query, signal });
  }
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
