import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { fromStruct, markSecrets, Secret, toStruct, UNKNOWN } from "../../../provider/core/values.ts";

const { Struct } = createRequire(import.meta.url)("google-protobuf/google/protobuf/struct_pb.js");

// The texts of the protocol, written out here a second time: pulumi/pulumi sdk/go/common/resource/plugin/rpc.go.
const secretOf = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const unknownTexts = [
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

test("values cross the wire both ways", () => {
  const wire = { a: "x", b: 1.5, c: true, d: null, e: [1, { f: "y" }], s: secretOf(["z"]), u: unknownTexts[2] };
  const values = { a: "x", b: 1.5, c: true, d: null, e: [1, { f: "y" }], s: new Secret(["z"]), u: UNKNOWN };
  expect(fromStruct(Struct.fromJavaScript(wire))).toEqual(values);
  expect(toStruct(values).toJavaScript()).toEqual(wire);
});

test.each(unknownTexts)("%s means unknown", (text) => {
  expect(fromStruct(Struct.fromJavaScript({ a: text }))).toEqual({ a: UNKNOWN });
});

test("output values are read as what they hold", () => {
  const output = { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4" };
  const wire = { known: { ...output, value: 1 }, unknown: output, secret: { ...output, value: 2, secret: true } };
  expect(fromStruct(Struct.fromJavaScript(wire))).toEqual({ known: 1, unknown: UNKNOWN, secret: new Secret(2) });
});

test("a property that is undefined is not sent", () => {
  expect(toStruct({ a: undefined, b: { c: undefined } }).toJavaScript()).toEqual({ b: {} });
});

test("secrets are carried over part by part, lists as a whole", () => {
  const model = { a: new Secret("x"), b: { c: new Secret(1), d: 2 }, e: [new Secret(1), 2], f: "open" };
  expect(markSecrets({ a: "y", b: { c: 3, d: 4 }, e: [5], f: "z", g: 1 }, model)).toEqual({
    a: new Secret("y"),
    b: { c: new Secret(3), d: 4 },
    e: new Secret([5]),
    f: "z",
    g: 1,
  });
});
