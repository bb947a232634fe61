/** Between our properties and the dashboard's JSON. */
import type { Field, Fields, Row } from "../core/fields.ts";
import { isObject, type Plain, type PlainObject } from "../core/values.ts";

/** The request body of the given fields, in the API's names. `names`: only these properties. */
export function bodyOf(fields: Fields, values: Readonly<Record<string, unknown>>, names?: Iterable<string>): Row {
  const chosen = new Set(names ?? Object.keys(values));
  const body: Row = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!chosen.has(name) || field.options.param === false) continue;
    const value = values[name];
    const sent = value === undefined || value === null ? field.options.cleared : encode(field, value as Plain);
    if (sent !== undefined) body[wireName(name, field)] = sent;
  }
  return body;
}

function encode(field: Field, value: Plain): unknown {
  return field.options.encode === undefined ? value : field.options.encode(value);
}

/** What a row says about the given fields; what it does not mention is absent. */
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

/** `crushRule` is `crush_rule` in the API. */
function wireName(name: string, { options }: Field): string {
  if (typeof options.param === "string") return options.param;
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Ceph answers some numbers and flags as text or 0 and 1; empty text means that nothing is set. */
function read(field: Field, raw: unknown): Plain | undefined {
  if (raw === undefined || raw === null || raw === "") return undefined;
  const { kind } = field;
  switch (kind.kind) {
    case "integer":
    case "number":
      return Number.isNaN(Number(raw)) ? undefined : Number(raw);
    case "boolean":
      return raw === true || raw === 1 || raw === "true";
    case "list":
      return Array.isArray(raw) ? raw.flatMap((element) => read(kind.element, element) ?? []) : undefined;
    case "object":
      return isRow(raw) ? valuesOf(kind.fields, raw) : undefined;
    case "map":
      return isRow(raw) ? (raw as PlainObject) : undefined;
    default:
      return String(raw);
  }
}

export function isRow(value: unknown): value is Row {
  return isObject(value);
}

/** The rows of a list. */
export function rowsOf(answer: unknown): Row[] {
  return Array.isArray(answer) ? answer.filter(isRow) : [];
}
