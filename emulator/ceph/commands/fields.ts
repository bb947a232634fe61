import type { Json } from "../../cloudstack/models/jobs.ts";
import { notImplemented, pythonError } from "../models/errors.ts";

/** One argument of an endpoint: from the path, the query or the JSON body, as Python would take it. */
export interface Field<T> {
  readonly required: boolean;
  /** @throws as the real server does with a value of the wrong kind */
  read(value: Json, name: string): T;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The arguments of a call by name; an optional one that is absent or null is undefined. */
export type Values<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

function optional<T>(read: (value: Json, name: string) => T): Field<T | undefined> {
  return { required: false, read: (value, name) => (value === null ? undefined : read(value, name)) };
}

/** The same argument, but the call fails without it. */
export function required<T>(field: Field<T | undefined>): Field<T> {
  return {
    required: true,
    read: (value, name) => {
      const result = field.read(value, name);
      if (result === undefined) throw pythonError("TypeError", `${name} must not be None`);
      return result;
    },
  };
}

/** `str(value)`: numbers are as good as texts. */
export const text = optional((value): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : pythonText(value),
);

/** `int(value)`. */
export const integer = optional((value): number => {
  const number = typeof value === "number" ? Math.trunc(value) : Number(value);
  const isWhole = typeof value === "number" || (typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value));
  if (isWhole && Number.isSafeInteger(number)) return number;
  throw pythonError("ValueError", `invalid literal for int() with base 10: '${String(value)}'`);
});

/** `str_to_bool(value)`. */
export const flag = optional((value): boolean => {
  const word = String(value).toLowerCase();
  if (["y", "yes", "t", "true", "on", "1"].includes(word)) return true;
  if (["n", "no", "f", "false", "off", "0"].includes(word)) return false;
  throw pythonError("ValueError", `invalid truth value '${word}'`);
});

/** A list of texts; a text is taken apart into letters by Python, which nobody wants: refused. */
export const texts = optional((value, name): string[] => {
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value as string[];
  throw pythonError("TypeError", `${name} is not a list of texts`);
});

/** Anything, as it came. */
export const json = optional((value): Json => value);

/** A list of objects. */
export const objects = optional((value, name): { readonly [key: string]: Json | undefined }[] => {
  const isObject = (one: Json) => typeof one === "object" && one !== null && !Array.isArray(one);
  if (Array.isArray(value) && value.every(isObject)) return value as { [key: string]: Json }[];
  throw pythonError("TypeError", `${name} is not a list of objects`);
});

/** An object. */
export const object = optional((value, name): { readonly [key: string]: Json | undefined } => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as { [key: string]: Json };
  throw pythonError("TypeError", `${name} is not an object`);
});

interface Reading {
  readonly fields: Fields;
  /** Names that the real endpoint takes and this one does not. */
  readonly lacks: readonly string[];
  readonly endpoint: string;
  /** Name what nobody knows, instead of failing as the real server does. */
  readonly strict: boolean;
}

/** Decodes what was sent. @throws 501 for what is not implemented, 500 for what is missing, 400 or 500 for what is unknown */
export function readArguments(sent: ReadonlyMap<string, Json>, reading: Reading): Record<string, unknown> {
  const { fields, lacks, endpoint, strict } = reading;
  for (const name of sent.keys()) {
    if (Object.hasOwn(fields, name)) continue;
    if (lacks.includes(name)) throw notImplemented(`${name} of ${endpoint}`);
    const known = Object.keys(fields).join(", ") || "none";
    if (strict) throw notImplemented(`${name}: ${endpoint} has no such field (it has ${known}); it`);
    throw pythonError("TypeError", `${endpoint}() got an unexpected keyword argument '${name}'`);
  }
  const missing = Object.keys(fields).find((name) => fields[name]?.required && !sent.has(name));
  if (missing !== undefined) throw pythonError("AssertionError", `${missing} is required`);
  const values: Record<string, unknown> = {};
  // In the order they were sent, which is the order in which the real one goes through them.
  for (const [name, value] of sent) values[name] = fields[name]?.read(value, name);
  return values;
}

function pythonText(value: string | number | boolean | null): string {
  if (value === true) return "True";
  if (value === false) return "False";
  return value === null ? "None" : String(value);
}
