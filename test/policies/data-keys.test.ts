import { expect, test } from "vitest";
import type { Description } from "../../policies/core/subject.ts";
import { stackType, types } from "../../policies/model/types.ts";
import dataKeys from "../../policies/rules/encryption/data-keys.ts";
import { judge, unknown } from "./rule-test.ts";

const key = (bytes: number, fill: string) => Buffer.alloc(bytes, fill);
const maker = (name: string, length: number, made?: Buffer): Description => ({
  type: types.randomBytes,
  name,
  props: { length, base64: made?.toString("base64") ?? unknown, hex: made?.toString("hex") ?? unknown },
  secrets: ["/base64", "/hex"],
});
const exported = (keys: unknown, output = "dataKeys"): Description => ({
  type: stackType,
  name: "strata-test",
  props: { [output]: keys },
  secrets: [`/${output}`],
});

const [one, two] = [key(64, "one"), key(64, "two")].map((bytes) => bytes.toString("base64"));

test("a key for each is as it should be", async () => {
  const { violations, undecided } = await judge(dataKeys, [maker("a", 64), exported({ a: one, b: two })]);
  expect([...violations, ...undecided]).toEqual([]);
});

test.each<[string, Description[], string]>([
  [
    "one for two",
    [exported({ a: one, b: two, platform: one })],
    "one data key for several owners: dataKeys.a, dataKeys.platform",
  ],
  [
    "too few bytes",
    [exported({ a: key(31, "x").toString("base64") })],
    "the data key dataKeys.a has 31 bytes, and must have 32 at least",
  ],
  [
    "few bytes in a long spelling",
    [maker("short", 24, key(24, "x")), exported({ a: key(24, "x").toString("hex") })],
    "the data key dataKeys.a has 24 bytes, and must have 32 at least",
  ],
  ["an output of another name", [exported({ a: one, b: one }, "cityDataKeys")], "cityDataKeys.a, cityDataKeys.b"],
  [
    "keys to come, of too few makers",
    [maker("a", 64), maker("made", 64, key(64, "two")), exported({ a: unknown, b: unknown, c: two })],
    "2 data keys are to be made by 1 RandomBytes of 32 bytes or more: one is shared, or too short",
  ],
  [
    "keys to come, of a maker of short ones",
    [maker("a", 64), maker("b", 8), exported({ a: unknown, b: unknown })],
    "2 data keys are to be made by 1 RandomBytes of 32 bytes or more: one is shared, or too short",
  ],
])("refuses %s, without showing a key", async (_, resources, message) => {
  const network: Description = { type: types.vpc, name: "vpc", props: { name: "vpc" } };
  const { violations, korean } = await judge(dataKeys, [network, ...resources]);
  expect(violations).toEqual([expect.stringContaining(message)]);
  for (const secret of [one, two]) expect([...violations, ...korean].join()).not.toContain(secret);
});

test("is undecided on keys that are not known, and still compares the others", async () => {
  const stack = exported({ a: unknown, b: one, c: one });
  const { violations, undecided } = await judge(dataKeys, [maker("a", 64), stack]);
  expect(violations).toHaveLength(1);
  expect(undecided).toHaveLength(1);
});

test("reads no other outputs", async () => {
  const { violations, undecided } = await judge(dataKeys, [maker("a", 8), exported({ a: "x", b: "x" }, "apiTokens")]);
  expect([...violations, ...undecided]).toEqual([]);
});
