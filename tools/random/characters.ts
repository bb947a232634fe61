import { randomInt } from "node:crypto";
import { atLeast, type Failure, numberOf, type RandomKind, textOf, type Values } from "./kind.ts";

const classes = [
  { switch: "lower", minimum: "minLower", characters: () => "abcdefghijklmnopqrstuvwxyz" },
  { switch: "upper", minimum: "minUpper", characters: () => "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
  { switch: "numeric", minimum: "minNumeric", characters: () => "0123456789" },
  {
    switch: "special",
    minimum: "minSpecial",
    characters: (inputs: Values) => textOf(inputs, "overrideSpecial") || "!@#$%&*()-_=+[]{}<>:?",
  },
] as const;

const defaults = {
  lower: true,
  minLower: 0,
  upper: true,
  minUpper: 0,
  numeric: true,
  number: true,
  minNumeric: 0,
  special: true,
  minSpecial: 0,
};

/** RandomString: its id is the text itself. */
export const randomString: RandomKind = {
  defaults,
  computed: ["result"],
  secret: [],
  check,
  create(inputs) {
    const outputs = make(inputs);
    return { id: outputs.result, outputs };
  },
  adopt: (text) => ({ id: text, inputs: { length: text.length }, outputs: { result: text } }),
};

/**
 * RandomPassword. Without `bcryptHash`: it costs 0.1 s of CPU for each password, needs a library of its own, and
 * nothing here reads it; the official plugin fills it in when it takes the state over.
 */
export const randomPassword: RandomKind = {
  defaults,
  computed: ["result"],
  secret: ["result"],
  check,
  create: (inputs) => ({ id: "none", outputs: make(inputs) }),
  adopt: (text) => ({ id: "none", inputs: { length: text.length }, outputs: { result: text } }),
};

function check(inputs: Values): Failure[] {
  const failures = [...atLeast(inputs, "length", 1), ...classes.flatMap(({ minimum }) => atLeast(inputs, minimum, 0))];
  if (inputs.number !== inputs.numeric && inputs.number === false) {
    failures.push({ property: "number", reason: "is the old name of numeric: set numeric to false instead" });
  }
  const needed = classes.reduce((sum, { minimum }) => sum + numberOf(inputs, minimum), 0);
  if (typeof inputs.length === "number" && needed > inputs.length) {
    failures.push({ property: "length", reason: `must be at least ${needed}, the sum of the minimums` });
  }
  if (classes.every((one) => inputs[one.switch] === false && numberOf(inputs, one.minimum) === 0)) {
    failures.push({ property: "length", reason: "cannot be filled: every class of characters is switched off" });
  }
  return failures;
}

/** `number` is the old name of `numeric` and says the same. */
function make(inputs: Values) {
  return { result: draw(inputs), number: inputs.numeric };
}

/** First the minimum of each class, then any allowed character, then all in random order. */
function draw(inputs: Values): string {
  const drawn = classes.flatMap((one) => pick(one.characters(inputs), numberOf(inputs, one.minimum)));
  const allowed = classes.map((one) => (inputs[one.switch] === false ? "" : one.characters(inputs))).join("");
  return shuffle([...drawn, ...pick(allowed, numberOf(inputs, "length") - drawn.length)]).join("");
}

function pick(characters: string, count: number): string[] {
  return Array.from({ length: count }, () => characters.charAt(randomInt(characters.length)));
}

/** A copy in random order (Fisher–Yates). */
export function shuffle<T>(items: readonly T[]): T[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(randomInt(rest.length), 1));
}
