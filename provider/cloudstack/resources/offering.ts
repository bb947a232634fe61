/** What service and disk offerings have in common. */
import { id, list, type Row } from "../../core/fields.ts";
import type { Mark } from "../../core/mark.ts";
import { isObject } from "../../core/values.ts";
import type { Leftover } from "../regular.ts";

const markKey = "pulumi.mark";
/** CloudStack keeps the domains and zones of an offering among its details, as internal numbers. */
const internalKeys = new Set([markKey, "domainid", "zoneid"]);

/** A service offering carries our mark among its details. It is number 99 of them, so that the user's keep their numbers. */
export const markedByDetail: Leftover<unknown> = {
  mark: (mark) => ({
    "serviceofferingdetails[99].key": markKey,
    "serviceofferingdetails[99].value": mark.text,
  }),
  isOurs: ({ serviceofferingdetails: details }: Row, mark: Mark) => isObject(details) && details[markKey] === mark.text,
};

/** The details that are neither ours nor CloudStack's own. */
export function othersIn(details: unknown): Record<string, string> | undefined {
  const entries = isObject(details) ? Object.entries(details).filter(([key]) => !internalKeys.has(key)) : [];
  return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

/** Who sees an offering and where it may be used. An update takes a word for everyone and everywhere. */
export const visibility = {
  domainIds: list(id("identity:Domain", {}), {
    optional: true,
    set: true,
    param: "domainid",
    cleared: "public",
    onChange: "update",
    doc: "Domains whose accounts see it. Default: all.",
  }),
  zoneIds: list(id("infrastructure:Zone", {}), {
    optional: true,
    set: true,
    param: "zoneid",
    cleared: "all",
    onChange: "update",
    doc: "Zones it may be used in. Default: all.",
  }),
} as const;

/** CloudStack answers 0 where a size is not set. */
export function positive(raw: unknown): number | undefined {
  return typeof raw === "number" && raw > 0 ? raw : undefined;
}
