import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { shuffle } from "./characters.ts";
import { atLeast, numberOf, type RandomKind, textOf } from "./kind.ts";

/** RandomId: bytes in four spellings, each with the prefix; the id is the URL-safe one without it. */
export const randomId: RandomKind = {
  defaults: {},
  computed: ["b64Std", "b64Url", "dec", "hex"],
  secret: [],
  check: (inputs) => atLeast(inputs, "byteLength", 1),
  create: (inputs) => spell(randomBytes(numberOf(inputs, "byteLength")), textOf(inputs, "prefix")),
  adopt(text) {
    const [encoded = "", prefix] = text.split(",").reverse();
    const bytes = Buffer.from(encoded, "base64url");
    const inputs = { byteLength: bytes.length, ...(prefix === undefined ? {} : { prefix }) };
    return { ...spell(bytes, prefix ?? ""), inputs };
  },
};

function spell(bytes: Buffer, prefix: string) {
  const hex = bytes.toString("hex");
  return {
    id: bytes.toString("base64url"),
    outputs: {
      b64Std: prefix + bytes.toString("base64"),
      b64Url: prefix + bytes.toString("base64url"),
      dec: prefix + BigInt(`0x${hex}`).toString(),
      hex: prefix + hex,
    },
  };
}

/** RandomBytes: secret, so its id says nothing. */
export const randomBytesKind: RandomKind = {
  defaults: {},
  computed: ["base64", "hex"],
  secret: ["base64", "hex"],
  check: (inputs) => atLeast(inputs, "length", 1),
  create: (inputs) => ({ id: "none", outputs: spellBytes(randomBytes(numberOf(inputs, "length"))) }),
  adopt(text) {
    const bytes = Buffer.from(text, "base64");
    return { id: "none", inputs: { length: bytes.length }, outputs: spellBytes(bytes) };
  },
};

function spellBytes(bytes: Buffer) {
  return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
}

/** RandomUuid (version 4). */
export const randomUuid: RandomKind = {
  defaults: {},
  computed: ["result"],
  secret: [],
  check: () => [],
  create: () => same(randomUUID()),
  adopt: (text) => ({ ...same(text), inputs: {} }),
};

function same(result: string) {
  return { id: result, outputs: { result } };
}

/** The official plugin's seeded generator cannot be had here, and another one would give other values. */
const noSeed = (inputs: Record<string, unknown>) =>
  inputs.seed === undefined ? [] : [{ property: "seed", reason: "is not supported by the stand-in random plugin" }];

/** RandomInteger between `min` and `max`, both included. Imported as `result,min,max`. */
export const randomInteger: RandomKind = {
  defaults: {},
  computed: ["result"],
  secret: [],
  check(inputs) {
    const disordered = numberOf(inputs, "min") > numberOf(inputs, "max");
    const bothKnown = typeof inputs.min === "number" && typeof inputs.max === "number";
    const order = bothKnown && disordered ? [{ property: "min", reason: "must not be greater than max" }] : [];
    return [...order, ...noSeed(inputs)];
  },
  create(inputs) {
    const result = randomInt(numberOf(inputs, "min"), numberOf(inputs, "max") + 1);
    return { id: String(result), outputs: { result } };
  },
  adopt(text) {
    const [result = 0, min = result, max = result] = text.split(",").map(Number);
    return { id: String(result), inputs: { min, max }, outputs: { result } };
  },
};

/** RandomShuffle: `inputs` in random order, `resultCount` of them (repeated when there are fewer). */
export const randomShuffle: RandomKind = {
  defaults: {},
  computed: ["results"],
  secret: [],
  check: noSeed,
  create(inputs) {
    const items: unknown[] = Array.isArray(inputs.inputs) ? inputs.inputs : [];
    const count = typeof inputs.resultCount === "number" ? inputs.resultCount : items.length;
    const results: unknown[] = [];
    while (items.length > 0 && results.length < count) results.push(...shuffle(items));
    return { id: "-", outputs: { results: results.slice(0, count) } };
  },
  adopt() {
    throw new Error("a RandomShuffle cannot be imported");
  },
};
