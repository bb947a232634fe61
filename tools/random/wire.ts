import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type { Values } from "./kind.ts";

/** How Pulumi writes "not known before it is created" in a struct. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The key, and the value under it, by which Pulumi marks an object as a wrapped secret. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** The values of a message; absent means none. */
export function decode(struct: Struct | undefined): Values {
  return struct?.toJavaScript() ?? {};
}

/** A message of values, the named ones wrapped as secrets. */
export function encode(values: Values, secret: readonly string[] = []): Struct {
  const wrapped = Object.entries(values).map(([name, value]) => [
    name,
    secret.includes(name) ? { [signatureKey]: secretSignature, value } : value,
  ]);
  return structMessages.Struct.fromJavaScript(Object.fromEntries(wrapped));
}

/** Values that creation will fill in. */
export function unknowns(names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, unknownMark]));
}
