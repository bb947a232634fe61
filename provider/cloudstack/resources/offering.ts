/** What service and disk offerings have in common. */
import type { Row } from "../../core/fields.ts";
import type { Mark } from "../../core/mark.ts";
import { isObject } from "../../core/values.ts";
import type { Leftover } from "../regular.ts";

const markKey = "pulumi.mark";
/** CloudStack keeps the domains and zones of an offering among its details, as internal numbers. */
const internalKeys = new Set([markKey, "domainid", "zoneid"]);

/** An offering carries our mark among its details. Our own detail is number 99, so that the user's keep theirs. */
export function markIn(details: "serviceofferingdetails" | "details"): Leftover<unknown> {
  return {
    mark: (mark) =>
      details === "details"
        ? { [`details[99].${markKey}`]: mark.text }
        : { [`${details}[99].key`]: markKey, [`${details}[99].value`]: mark.text },
    isOurs: (row: Row, mark: Mark) => isObject(row[details]) && row[details][markKey] === mark.text,
  };
}

/** The details that are neither ours nor CloudStack's own. */
export function othersIn(details: unknown): Record<string, string> | undefined {
  const entries = isObject(details) ? Object.entries(details).filter(([key]) => !internalKeys.has(key)) : [];
  return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

/** A list of ids that restricts an offering; without it, it is for everyone. `word` says so in an update. */
export function everyone(param: string, word: string) {
  return { param, cleared: word, onChange: "update" } as const;
}

/** CloudStack answers 0 where a size is not set. */
export function positive(raw: unknown): number | undefined {
  return typeof raw === "number" && raw > 0 ? raw : undefined;
}
