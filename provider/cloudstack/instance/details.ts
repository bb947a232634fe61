/** Details of instances: a bag in which the program's settings lie beside those of the server. */
import { isObject } from "../../core/values.ts";
import type { Row } from "../client/client.ts";
import { flatParams, type Params } from "../wire.ts";

type Details = Readonly<Record<string, string>>;

/** Written by the server for itself; it keeps them when others are replaced (recording 06). */
const serverOwn = /^(cpuOvercommitRatio|memoryOvercommitRatio|deployvm|Message\.)/;

/** The size of an instance with a custom offering lies among its details, and is changed by scaling. */
const sizes = ["cpuNumber", "cpuSpeed", "memory"];

const rootDisk = "rootdisksize";

/** The details of an answer that are not the server's own. */
export function detailsOf({ details }: Row): Record<string, string> | undefined {
  const entries = isObject(details) ? Object.entries(details).filter(([key]) => !serverOwn.test(key)) : [];
  return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

/** The details that are no property of their own. */
export function settingsOf(row: Row): Record<string, string> | undefined {
  const { [rootDisk]: _, ...settings } = detailsOf(row) ?? {};
  return Object.keys(settings).length === 0 ? undefined : settings;
}

/** Size of the root disk in GiB, where it is not simply the template's; a resize keeps it up to date (recording 06). */
export function rootDiskOf(row: Row): number | undefined {
  const size = Number(detailsOf(row)?.[rootDisk]);
  return size > 0 ? size : undefined;
}

/** Those of `details` that the program names. */
export function named(details: unknown, names: unknown): Details | undefined {
  if (!isObject(details) || !isObject(names)) return undefined;
  return Object.fromEntries(Object.entries(details).filter(([key]) => key in names)) as Details;
}

/** The sizes that differ from those that are there. */
export function changedSizes(row: Row, wanted: Details = {}): Details {
  const present = detailsOf(row) ?? {};
  const changed = sizes.filter((key) => wanted[key] !== undefined && wanted[key] !== present[key]);
  return changed.length === 0
    ? {}
    : Object.fromEntries(sizes.flatMap((key) => (wanted[key] ? [[key, wanted[key]]] : [])));
}

/**
 * What brings the details from those of the row to the wanted ones. An update replaces them all, so what others have set is sent
 * along; `before` tells which ones the program has given up. Undefined: nothing to do.
 */
export function detailUpdate(row: Row, before: Details = {}, wanted: Details = {}): Params | undefined {
  const present = detailsOf(row) ?? {};
  const kept = Object.entries(present).filter(([key]) => !(key in before) || key in wanted);
  const result = { ...Object.fromEntries(kept), ...wanted };
  const keys = new Set([...Object.keys(present), ...Object.keys(result)]);
  if ([...keys].every((key) => sizes.includes(key) || present[key] === result[key])) return undefined;
  return Object.keys(result).length === 0 ? { cleanupdetails: true } : flatParams("details", result);
}
