type Tree = Record<string, unknown>;

/** What a site has, not what it wants beside the profile's: a list of it is the whole list. */
const inventories = new Set(["infrastructure.hosts"]);

/**
 * Lays overrides over a tree. Maps merge deeply and `null` takes a key away. A list of things with keys merges by key:
 * a further list changes or appends, a map addresses by key (`tenants: { b: null }`). Any other list is replaced, and so
 * is that of the site's hosts: those of the profile are not there.
 */
export function merge(base: unknown, over: unknown, at = ""): unknown {
  if (inventories.has(at) && Array.isArray(over)) return over;
  if (isKeyed(base)) return mergeKeyed(base, over);
  if (!isTree(over)) return over;
  const merged: Tree = isTree(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value, at === "" ? key : `${at}.${key}`);
  }
  return merged;
}

function mergeKeyed(base: Tree[], over: unknown): unknown {
  const changes = isKeyed(over) ? over.map((thing) => [identity(thing), thing] as const) : entriesOf(over);
  if (changes === undefined) return over;
  const field = base.every((thing) => "key" in thing) ? "key" : "name";
  const things: unknown[] = [...base];
  const said = new Set<string | undefined>();
  for (const [key, change] of changes) {
    // Twice in one list is a mistake, and shall be seen as one.
    const found = said.has(key) ? -1 : things.findIndex((thing) => identity(thing) === key);
    said.add(key);
    const place = found === -1 ? things.length : found;
    if (change === null) things.splice(place, 1);
    else things[place] = isTree(change) ? merge(things[place], { [field]: key, ...change }) : change;
  }
  return things;
}

/** A thing that is to be taken out of a list in which it is not. */
export interface Absence {
  /** As people write it: `tenants[b].machines[ai-b-ml-01]`. */
  path: string;
  /** The keys that lead to it, its own the last. */
  segments: readonly string[];
  /** What there is instead. */
  there: string[];
}

/** What overrides would take away from nowhere: a misspelt tenant would stay, and nobody be told. */
export function absencesOf(base: unknown, over: unknown, path = "", segments: readonly string[] = []): Absence[] {
  const things = isKeyed(base) ? new Map(base.map((thing) => [identity(thing) ?? "", thing])) : undefined;
  const isList = things !== undefined && isKeyed(over);
  const changes = isList ? over.map((thing) => [identity(thing) ?? "", thing] as const) : (entriesOf(over) ?? []);
  return changes.flatMap(([key, change]) => {
    const here = things ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const leading = [...segments, key];
    const former = things ? things.get(key) : isTree(base) ? base[key] : undefined;
    if (change !== null) return absencesOf(former, change, here, leading);
    return things === undefined || things.has(key)
      ? []
      : [{ path: here, segments: leading, there: [...things.keys()] }];
  });
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  return isTree(value) ? Object.entries(value) : undefined;
}

/** What tells the things of a list apart: their key or, for machines, their name. */
export function identity(thing: unknown): string | undefined {
  if (!isTree(thing)) return undefined;
  const value = thing.key ?? thing.name;
  return typeof value === "string" ? value : undefined;
}

function isKeyed(value: unknown): value is Tree[] {
  return Array.isArray(value) && value.length > 0 && value.every((thing) => identity(thing) !== undefined);
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
