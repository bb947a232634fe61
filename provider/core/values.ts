/**
 * Property values as the engine sends them, and their way to and from protobuf structs.
 * Secrets travel as objects with a signature, values that are not known yet as agreed texts (pulumi/pulumi
 * sdk/go/common/resource/plugin/rpc.go); in here they are `Secret` and `UNKNOWN`.
 */
import { createRequire } from "node:module";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

const require = createRequire(import.meta.url);
const structs: typeof import("google-protobuf/google/protobuf/struct_pb.js") = require("google-protobuf/google/protobuf/struct_pb.js");

class Unknown {
  readonly unknown = true;
}

/** A value that a later step will give. */
export const UNKNOWN = new Unknown();

/** A value without secrets. An undefined property is one that is not there. */
export type Plain = string | number | boolean | null | Unknown | readonly Plain[] | PlainObject;
export type PlainObject = { readonly [key: string]: Plain | undefined };

export class Secret {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

export type Value = string | number | boolean | null | Unknown | Secret | readonly Value[] | ValueObject;
export type ValueObject = { readonly [key: string]: Value | undefined };

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** One text per type: bool, number, string, array, asset, archive, object. */
const unknownTexts = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  unknownText,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !(value instanceof Secret) && !(value instanceof Unknown);
}

/** `Array.isArray` for readonly lists, which its type does not narrow. */
export function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value);
}

function decode(raw: unknown): Value {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === "string") return unknownTexts.has(raw) ? UNKNOWN : raw;
  if (typeof raw === "number" || typeof raw === "boolean") return raw;
  if (Array.isArray(raw)) return raw.map(decode);
  const entries = raw as Record<string, unknown>;
  switch (entries[signatureKey]) {
    case undefined:
      return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, decode(value)]));
    case secretSignature:
      return new Secret(decode(entries.value));
    case outputSignature: {
      const inner = "value" in entries ? decode(entries.value) : UNKNOWN;
      return entries.secret === true ? new Secret(inner) : inner;
    }
    default:
      throw new Error("assets, archives and resource references are not values of this provider's properties");
  }
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

function encode(value: Value): Json {
  if (value === UNKNOWN) return unknownText;
  if (value instanceof Secret) return { [signatureKey]: secretSignature, value: encode(value.value) };
  if (isList(value)) return value.map(encode);
  if (isObject(value)) return Object.fromEntries(present(value).map(([key, inner]) => [key, encode(inner)]));
  return value as string | number | boolean | null;
}

/** The properties of a request; an absent struct has none. */
export function fromStruct(struct: Struct | undefined): ValueObject {
  return struct === undefined ? {} : (decode(struct.toJavaScript()) as ValueObject);
}

export function toStruct(values: ValueObject): Struct {
  return structs.Struct.fromJavaScript(encode(values) as Record<string, Json>);
}

/** Takes the secret wrappers off. */
function reveal(value: Value): Plain {
  if (value instanceof Secret) return reveal(value.value);
  if (isList(value)) return value.map(reveal);
  if (isObject(value)) return Object.fromEntries(present(value).map(([key, inner]) => [key, reveal(inner)]));
  return value as Plain;
}

export function revealAll(values: ValueObject): PlainObject {
  return reveal(values) as PlainObject;
}

/** True when any part of the value is a secret. */
export function containsSecret(value: Value | undefined): boolean {
  if (value instanceof Secret) return true;
  if (isList(value)) return value.some(containsSecret);
  if (isObject(value)) return Object.values(value).some(containsSecret);
  return false;
}

export function containsUnknown(value: Plain | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (isList(value)) return value.some(containsUnknown);
  if (isObject(value)) return Object.values(value).some(containsUnknown);
  return false;
}

/** The properties that are there. */
export function present<T>(values: { readonly [key: string]: T | undefined }): [string, T][] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
}

/**
 * Makes secret again what was secret in `model`, property by property: objects part by part, anything else as a whole,
 * because the elements of a list may have moved.
 */
export function markSecrets(values: PlainObject, model: ValueObject): ValueObject {
  return Object.fromEntries(
    present(values).map(([key, value]) => {
      const like = model[key];
      if (isObject(value) && isObject(like)) return [key, markSecrets(value, like)];
      return [key, containsSecret(like) ? new Secret(value) : value];
    }),
  );
}
