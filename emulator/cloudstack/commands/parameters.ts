import type { RowOf, TableName } from "../models/tables.ts";

type Kind = "text" | "integer" | "boolean" | "date" | "list" | "map" | "ref" | "refs";

/** One parameter of a command: its type, and for ids the table they point into. */
export interface Parameter<T, Required extends boolean = boolean> {
  readonly kind: Kind;
  readonly required: Required;
  readonly table?: TableName;
  /** Never set: carries the type of the decoded value. */
  readonly value?: T;
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** What a command's `run` gets: one property for each parameter, undefined when the caller left it out. */
export type Arguments<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T, infer R> ? (true extends R ? T : T | undefined) : never;
};

function optional<T>(kind: Kind, table?: TableName): Parameter<T, false> {
  return table ? { kind, required: false, table } : { kind, required: false };
}

export const text = optional<string>("text");
/** INTEGER, LONG and SHORT of the API. */
export const integer = optional<number>("integer");
export const boolean = optional<boolean>("boolean");
/** Milliseconds since the epoch. */
export const date = optional<number>("date");
/** Comma-separated; the elements are not trimmed. */
export const list = optional<readonly string[]>("list");
/** `name[i].key=value`: one record for each index, in the order of the indexes. */
export const map = optional<readonly Readonly<Record<string, string>>[]>("map");

/** The id of a row, live or removed; an id that never existed is refused before the command runs. */
export function ref<N extends TableName>(table: N): Parameter<RowOf<N>, false> {
  return optional("ref", table);
}

/** A comma-separated list of ids. */
export function refs<N extends TableName>(table: N): Parameter<readonly RowOf<N>[], false> {
  return optional("refs", table);
}

export function required<T>(parameter: Parameter<T, false>): Parameter<T, true> {
  return { ...parameter, required: true } as Parameter<T, true>;
}

/** What every list takes; paging and nothing else is done for the command. */
export const listParameters = { keyword: text, page: integer, pagesize: integer };

/** Whose things a list shows; see `visibleAccounts`. */
export const scopeParameters = {
  account: text,
  domainid: ref("domains"),
  isrecursive: boolean,
  listall: boolean,
};

/** For whom a thing is made; see `ownerOf`. */
export const ownerParameters = { account: text, domainid: ref("domains") };

/** `details[0].a=1&details[0].b=2` as one record. */
export function flattened(maps: readonly Readonly<Record<string, string>>[] | undefined): Record<string, string> {
  return Object.assign({}, ...(maps ?? []));
}

/** `tags[0].key=a&tags[0].value=b` as pairs. */
export function keyValues(maps: readonly Readonly<Record<string, string>>[] | undefined): [string, string][] {
  return (maps ?? []).map((entry) => [entry.key ?? "", entry.value ?? ""]);
}
