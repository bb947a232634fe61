import fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "../../../provider/core/check.ts";
import { diff } from "../../../provider/core/diff.ts";
import { formats } from "../../../provider/core/formats.ts";
import { fromStruct, type PlainObject, Secret, toStruct, UNKNOWN, type Value } from "../../../provider/core/values.ts";
import { toyProvider } from "./toy.ts";

const fields = toyProvider({ things: new Map() }).resources[0]?.inputs ?? {};

const word = fc.string({ minLength: 1, maxLength: 8 });
const leg = fc.record({ network: word, address: word }, { requiredKeys: ["network"] });
const inputs: fc.Arbitrary<PlainObject> = fc.record(
  {
    name: word,
    size: fc.integer({ min: 1, max: 64 }),
    color: fc.constantFrom("red", "green"),
    network: fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, length]) => `${address}/${length}`),
    legs: fc.uniqueArray(leg, { selector: ({ network }) => network, maxLength: 4 }),
    words: fc.uniqueArray(word, { maxLength: 4 }),
    order: fc.array(word, { maxLength: 4 }),
    tags: fc.dictionary(word, word, { maxKeys: 4 }),
    once: fc.boolean(),
  },
  { requiredKeys: ["name", "size"] },
);

test("good inputs have no issues, and checking twice changes nothing more", () => {
  fc.assert(
    fc.property(inputs, (given) => {
      const first = check(fields, given);
      expect(first.issues).toEqual([]);
      expect(check(fields, first.values)).toEqual(first);
    }),
  );
});

test("nothing differs from itself, nor from itself in another order where order means nothing", () => {
  fc.assert(
    fc.property(inputs, (given) => {
      const turned = {
        ...given,
        words: [...((given.words ?? []) as string[])].reverse(),
        legs: [...((given.legs ?? []) as PlainObject[])].reverse(),
      };
      expect(diff(fields, given, given)).toEqual([]);
      expect(diff(fields, given, turned)).toEqual([]);
    }),
  );
});

test("a difference is seen from both sides, in the same properties", () => {
  const tops = (before: PlainObject, after: PlainObject) =>
    [...new Set(diff(fields, before, after).map(({ path }) => path.split(/[.[]/)[0]))].sort();
  fc.assert(
    fc.property(inputs, inputs, (a, b) => {
      expect(tops(a, b)).toEqual(tops(b, a));
    }),
  );
});

test("a network's canonical name holds the address and is its own canonical name", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, length) => {
      const name = formats.cidr.canonical(`${address}/${length}`);
      expect(formats.cidr.test(name)).toBe(true);
      expect(formats.cidr.canonical(name)).toBe(name);
      if (length === 32) expect(name).toBe(`${address}/32`);
    }),
  );
});

test("every value survives the wire", () => {
  const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
      fc.boolean(),
      fc.constant(null),
      fc.constant(UNKNOWN),
      tie("tree").map((value) => new Secret(value)),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(word, tie("tree"), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(fromStruct(toStruct({ value }))).toEqual({ value });
    }),
  );
});
