/**
 * Owners are named by their account's name, and accounts can be renamed. What belongs to a renamed account belongs to the same
 * one as before: it must not be replaced, although its property `account` has changed.
 */
import type { Context, Replaced, Resource } from "../core/resource.ts";
import type { PlainObject } from "../core/values.ts";
import type { Client } from "./client/client.ts";

/** Renames that this process has planned, perhaps only in a preview: old names to new ones, within a domain. */
const renames = new WeakMap<Client, Map<string, string>>();

/** To be called when a rename of an account is planned: whatever it owns is planned after it. */
export function noteRename(api: Client, before: PlainObject, after: PlainObject): void {
  if (typeof before.name !== "string" || typeof after.name !== "string" || before.name === after.name) return;
  const ofClient = renames.get(api) ?? new Map<string, string>();
  renames.set(api, ofClient.set(`${before.domainId}/${before.name}`, after.name));
}

export function isPlannedRename(api: Client, { path, state, before, after }: Replaced): boolean {
  const planned = renames.get(api)?.get(`${before.domainId ?? state.domainId}/${before.account}`);
  return path === "account" && planned !== undefined && planned === after.account;
}

/** Whether another `account` is only another name of the owner: by a rename of this run, or of one that was broken off. */
export function isOwnersNewName(resource: Pick<Resource<Client>, "read">) {
  return async (context: Context<Client>, change: Replaced): Promise<boolean> => {
    const { path, id, state, before, after } = change;
    if (path !== "account" || typeof after.account !== "string") return false;
    if (isPlannedRename(context.api, change)) return true;
    const live = await resource.read(context, id, { ...state, ...before, account: after.account });
    return live?.values.account === after.account;
  };
}
