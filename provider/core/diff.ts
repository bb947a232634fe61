/** Differences between two sets of inputs, property by property, and what each of them does to the thing that exists. */
import { join } from "./errors.ts";
import type { Field, Fields, OnChange } from "./fields.ts";
import { isList, isObject, type Plain, type PlainObject, UNKNOWN } from "./values.ts";

export interface Change {
  /** Property path; elements of lists by their place in the new list, deleted ones by their place in the old list. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  readonly effect: Exclude<OnChange, "ignored">;
}

/** The changes from `before` to `after`; both are inputs as `check` returned them, without secret wrappers. */
export function diff(fields: Fields, before: PlainObject, after: PlainObject): Change[] {
  return diffObject(fields, before, after, "", undefined);
}

function diffObject(
  fields: Fields,
  before: PlainObject,
  after: PlainObject,
  path: string,
  inherited: OnChange | undefined,
): Change[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const effect = field.options.onChange ?? inherited ?? "update";
    // Where a property is not written down, as in older state, its default is what the thing has.
    const valueIn = (values: PlainObject) => values[name] ?? field.options.default;
    const [old, now] = [valueIn(before), valueIn(after)];
    if (effect === "ignored" || isOpen(field, old, now)) return [];
    return diffValue(field, old, now, join(path, name), effect);
  });
}

/** Whether nothing follows from one of the two being absent. */
function isOpen({ presence, options }: Field, before: Plain | undefined, after: Plain | undefined): boolean {
  if (isEmpty(after)) return options.serverChooses === true;
  // Required and never told: an import could not know it, and the program is taken at its word.
  return isEmpty(before) && presence === "required" && options.from === false && options.decode === undefined;
}

function diffValue(
  field: Field,
  before: Plain | undefined,
  after: Plain | undefined,
  path: string,
  effect: Exclude<OnChange, "ignored">,
): Change[] {
  if (same(field, before, after)) return [];
  const { kind, options } = field;
  if (isEmpty(before)) return [{ path, kind: "add", effect }];
  if (isEmpty(after)) return [{ path, kind: "delete", effect: options.onRemoved ?? effect }];
  if (after === UNKNOWN) return [{ path, kind: "update", effect: options.onUnknown ?? effect }];
  if (kind.kind === "list" && isList(before) && isList(after)) {
    return diffList(kind, before, after, path, effect);
  }
  if (kind.kind === "object" && isObject(before) && isObject(after)) {
    return diffObject(kind.fields, before as PlainObject, after as PlainObject, path, effect);
  }
  if (kind.kind === "map" && isObject(before) && isObject(after)) {
    const [old, now] = [before as PlainObject, after as PlainObject];
    const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
    return [...keys].flatMap((key) => diffValue(kind.element, old[key], now[key], join(path, key), effect));
  }
  return [{ path, kind: "update", effect }];
}

function diffList(
  kind: { readonly element: Field; readonly set: boolean; readonly key: string | undefined },
  before: readonly Plain[],
  after: readonly Plain[],
  path: string,
  effect: Exclude<OnChange, "ignored">,
): Change[] {
  const identity = (element: Plain, index: number): unknown => {
    if (kind.key !== undefined && isObject(element)) return element[kind.key];
    return kind.set ? JSON.stringify(canonical(kind.element, element)) : index;
  };
  const old = new Map(before.map((element, index) => [identity(element, index), { element, index }]));
  const changes = after.flatMap((element, index) => {
    const key = identity(element, index);
    const partner = old.get(key);
    old.delete(key);
    return diffValue(kind.element, partner?.element, element, join(path, index), effect);
  });
  const gone = [...old.values()].map(({ index }): Change => ({ path: join(path, index), kind: "delete", effect }));
  return [...changes, ...gone];
}

/** Absent, null, the empty text, list and object all mean "not set". */
export function isEmpty(value: Plain | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (isList(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Whether two values mean the same: spelling, order of sets and unset parts do not matter. */
export function same(field: Field, a: Plain | undefined, b: Plain | undefined): boolean {
  if (a === UNKNOWN || b === UNKNOWN) return false;
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b);
  return JSON.stringify(canonical(field, a)) === JSON.stringify(canonical(field, b));
}

type Canonical = string | number | boolean | null | Canonical[] | { [key: string]: Canonical };

function canonical(field: Field, value: Plain | undefined): Canonical {
  if (isEmpty(value) || value === undefined) return null;
  if (value === UNKNOWN) return "unknown";
  const { kind } = field;
  if (kind.kind === "list" && isList(value)) {
    const elements = value.map((element) => canonical(kind.element, element));
    return kind.set || kind.key !== undefined ? elements.sort(byJson) : elements;
  }
  if (kind.kind === "map" && isObject(value)) {
    const entries = Object.entries(value as PlainObject).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(kind.element, inner)]));
  }
  if (kind.kind === "object" && isObject(value)) {
    const parts = Object.entries(kind.fields).map(
      ([name, part]) => [name, canonical(part, (value as PlainObject)[name])] as const,
    );
    return Object.fromEntries(parts.filter(([, part]) => part !== null));
  }
  if (kind.kind === "text" && typeof value === "string") return kind.canonical?.(value) ?? value;
  return value as Canonical;
}

function byJson(a: Canonical, b: Canonical): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
