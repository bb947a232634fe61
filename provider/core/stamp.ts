/**
 * What a create writes into the state about itself, in properties of no schema. The engine keeps it, as it does all properties
 * whose names begin with "__", out of what it shows.
 *
 * - A number of its own. The state may hold one object twice: a replacement that broke off leaves its old object in the state as
 *   "to be deleted", and when the program is set back, the next create finds that object and takes it over. The id cannot tell the
 *   two records apart, and deleting the older one would take the newer one's object along.
 * - The server, so that another one, asked by mistake, does not count as proof that everything is gone.
 */
import { randomBytes } from "node:crypto";
import { ProviderError } from "./errors.ts";
import type { PlainObject, ValueObject } from "./values.ts";

const creationKey = "__creation";
const serverKey = "__server";

/** For the state of what a create makes or takes over. */
export function newStamp(server: string | undefined): PlainObject {
  return { [creationKey]: randomBytes(8).toString("hex"), ...(server !== undefined && { [serverKey]: server }) };
}

/** What of a state is stamped on: in imports the server at most, in states from before there were stamps nothing. */
export function stampIn(state: ValueObject): PlainObject {
  const entries = [creationKey, serverKey].map((key) => [key, state[key]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** For the state of what was not made here, or before there were stamps: the server, where that is not in it yet. */
export function serverStamp(state: ValueObject, server: string | undefined): PlainObject {
  return server === undefined || serverKey in stampIn(state) ? {} : { [serverKey]: server };
}

/** Which create a state stems from; empty where that is not known. */
export function creationOf(state: ValueObject): string {
  return String(stampIn(state)[creationKey] ?? "");
}

/** @throws ProviderError when the state was made on another server than the one that is asked now, where both are known */
export function needSameServer(what: string, urn: string, state: ValueObject, server: string | undefined): void {
  const made = stampIn(state)[serverKey];
  if (made === undefined || server === undefined || made === server) return;
  throw new ProviderError({
    what,
    where: urn,
    value: server,
    rule: `this stack was made on another server (${made}), and what this one lacks is not gone there`,
    remedy:
      "check the address that the provider is configured with: nothing was changed and nothing forgotten. If the old server is no more, neither is what was on it: `pulumi state delete` each of it, or `pulumi stack rm --force` for all",
  });
}
