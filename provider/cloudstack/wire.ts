/** Between our properties and CloudStack's parameters and answers. */
import type { Field, Fields, Row } from "../core/fields.ts";
import { isObject, type Plain, type PlainObject } from "../core/values.ts";

/** Request parameters; undefined ones are left out. */
export type Params = Record<string, string | number | boolean | undefined>;

/** The request parameters of the given fields, in CloudStack's names. `names`: only these properties. */
export function paramsOf(fields: Fields, values: Readonly<Record<string, unknown>>, names?: Iterable<string>): Params {
  const chosen = new Set(names ?? Object.keys(values));
  const params: Params = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!chosen.has(name) || field.options.param === false) continue;
    const value = values[name];
    const sent = value === undefined || value === null ? field.options.cleared : encode(field, value as Plain);
    if (sent !== undefined) Object.assign(params, isObject(sent) ? sent : { [wireName(name, field)]: sent });
  }
  return params;
}

function wireName(name: string, field: Field): string {
  return typeof field.options.param === "string" ? field.options.param : name.toLowerCase();
}

/** `encode` of a field may return an object: then it holds whole parameters, as map parameters need. */
function encode(field: Field, value: Plain): unknown {
  if (field.options.encode !== undefined) return field.options.encode(value);
  return Array.isArray(value) ? value.join(",") : value;
}

/** What an answer says about the given fields; what it does not mention is absent. */
export function valuesOf(fields: Fields, row: Row): PlainObject {
  const values: Record<string, Plain> = {};
  for (const [name, field] of Object.entries(fields)) {
    const { decode, from } = field.options;
    if (from === false && decode === undefined) continue;
    const value = decode === undefined ? read(field, row[from || wireName(name, field)]) : decode(row);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** CloudStack answers some numbers and lists as text; empty text means that nothing is set. */
function read(field: Field, raw: unknown): Plain | undefined {
  if (raw === undefined || raw === null || raw === "") return undefined;
  const { kind } = field;
  switch (kind.kind) {
    case "integer":
    case "number":
      return Number.isNaN(Number(raw)) ? undefined : Number(raw);
    case "boolean":
      return raw === true || raw === "true";
    case "list": {
      const elements = Array.isArray(raw) ? raw : String(raw).split(",");
      return elements.flatMap((element) => read(kind.element, element) ?? []);
    }
    case "map":
      if (!isObject(raw)) return undefined;
      return Object.fromEntries(Object.entries(raw).flatMap(([key, value]) => entry(key, read(kind.element, value))));
    case "object":
      return isObject(raw) ? valuesOf(kind.fields, raw) : undefined;
    default:
      return String(raw);
  }
}

function entry(key: string, value: Plain | undefined): [string, Plain][] {
  return value === undefined ? [] : [[key, value]];
}

/** `name[0].key=…&name[0].value=…`, the shape of tags and of most details. */
export function keyValueParams(name: string, entries: Readonly<Record<string, string>>): Params {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([key, value], index) => [
      [`${name}[${index}].key`, key],
      [`${name}[${index}].value`, value],
    ]),
  );
}

/** `name[0].key=…&name[0].other=…&name[1].key=…`, one index for each object. */
export function indexedParams(name: string, objects: readonly Params[]): Params {
  return Object.fromEntries(
    objects.flatMap((object, index) =>
      Object.entries(object).map(([key, value]) => [`${name}[${index}].${key}`, value]),
    ),
  );
}

/** `name[0].<key>=<value>`, the shape of an instance's details. */
export function flatParams(name: string, entries: Readonly<Record<string, string>>): Params {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [`${name}[0].${key}`, value]));
}

/** Tags of an answer, `[{key, value}]`, as a map. */
export function readTags(row: Row): Record<string, string> | undefined {
  const tags = Array.isArray(row.tags) ? row.tags.filter(isObject) : [];
  const entries = tags.map((tag) => [String(tag.key), String(tag.value ?? "")] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function isRow(value: unknown): value is Row {
  return isObject(value);
}
