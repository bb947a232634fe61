import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomPassword, randomString } from "../../tools/random/characters.ts";
import { randomId, randomInteger, randomShuffle } from "../../tools/random/numbers.ts";
import { type Trial, trial } from "./program.ts";

describe("generation", () => {
  const minimum = fc.integer({ min: 0, max: 5 });
  const inputs = fc.record({
    length: fc.integer({ min: 20, max: 64 }),
    minLower: minimum,
    minUpper: minimum,
    minNumeric: minimum,
    minSpecial: minimum,
    lower: fc.boolean(),
    upper: fc.boolean(),
    numeric: fc.boolean(),
    special: fc.constant(true),
    overrideSpecial: fc.constantFrom("_", "-+", "!@#"),
  });
  const count = (text: string, allowed: RegExp) => [...text].filter((character) => allowed.test(character)).length;

  test("a password has its length, its minimums, and nothing that is switched off", () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const password = String(randomPassword.create({ ...randomPassword.defaults, ...given }).outputs.result);
        const special = [...password].filter((character) => given.overrideSpecial.includes(character)).length;
        const [lower, upper, numeric] = [count(password, /[a-z]/), count(password, /[A-Z]/), count(password, /[0-9]/)];
        expect(password).toHaveLength(given.length);
        expect(lower + upper + numeric + special).toBe(given.length);
        for (const [found, least, on] of [
          [lower, given.minLower, given.lower],
          [upper, given.minUpper, given.upper],
          [numeric, given.minNumeric, given.numeric],
        ] as const) {
          if (on) expect(found).toBeGreaterThanOrEqual(least);
          else expect(found).toBe(least);
        }
      }),
    );
  });

  test("all spellings of an id are the same bytes", () => {
    const { id, outputs } = randomId.create({ byteLength: 8, prefix: "vm-" });
    const bytes = Buffer.from(id, "base64url");
    expect(bytes).toHaveLength(8);
    expect(outputs).toEqual({
      b64Std: `vm-${bytes.toString("base64")}`,
      b64Url: `vm-${id}`,
      dec: `vm-${BigInt(`0x${bytes.toString("hex")}`)}`,
      hex: `vm-${bytes.toString("hex")}`,
    });
    expect(randomId.adopt(`vm-,${id}`)).toEqual({ id, outputs, inputs: { byteLength: 8, prefix: "vm-" } });
  });

  test("an integer reaches both of its ends", () => {
    const rolled = new Set(Array.from({ length: 200 }, () => randomInteger.create({ min: 1, max: 3 }).outputs.result));
    expect([...rolled].sort()).toEqual([1, 2, 3]);
  });

  test("a shuffle keeps its items and repeats them when more are wanted", () => {
    const items = ["a", "b", "c"];
    expect(Array.from(randomShuffle.create({ inputs: items }).outputs.results as string[]).sort()).toEqual(items);
    expect(randomShuffle.create({ inputs: items, resultCount: 5 }).outputs.results).toHaveLength(5);
  });

  test.each([
    [{ length: 0 }, "length"],
    [{ length: 2.5 }, "length"],
    [{ length: 4, minLower: 3, minNumeric: 2 }, "length"],
    [{ length: 4, minLower: -1 }, "minLower"],
    [{ length: 4, lower: false, upper: false, numeric: false, special: false }, "length"],
    [{ length: 4, number: false }, "number"],
  ])("refuses %j", (given, property) => {
    expect(randomString.check({ ...randomString.defaults, ...given }).map((one) => one.property)).toContain(property);
  });
});

describe("with the engine", () => {
  let made: Trial;
  beforeAll(() => {
    made = trial({
      "index.ts": `
        import * as pulumi from "@pulumi/pulumi";
        import * as random from "@pulumi/random";
        const keepers = { generation: new pulumi.Config().get("generation") ?? "1" };
        const password = new random.RandomPassword("password", { length: 20, keepers });
        const id = new random.RandomId("id", { byteLength: 4 });
        export const secret = password.result;
        export const hex = id.hex;`,
    });
  });
  afterAll(() => made.remove());

  const stateText = async () => JSON.stringify(await made.stack.exportState());

  test("preview knows no value yet, up makes it, and then nothing changes", async () => {
    const preview = await made.stack.preview();
    expect(preview.steps).toEqual({ create: 2 });
    expect(preview.text).toMatch(/hex +: \[unknown\]|hex +: output<string>/);
    const up = await made.stack.up();
    expect(up.steps).toEqual({ create: 2 });
    expect((await made.stack.preview("--expect-no-changes")).code).toBe(0);
    expect((await made.stack.refresh("--expect-no-changes")).code).toBe(0);
  });

  test("a password is secret on the console and in the state", async () => {
    const { text: shown } = await made.stack.pulumi("stack", "output", "secret", "--show-secrets", "--stack", "test");
    expect(shown.trim()).toHaveLength(20);
    expect((await made.stack.pulumi("stack", "output", "--stack", "test")).text).toContain("[secret]");
    expect(await stateText()).not.toContain(shown.trim());
  });

  test("other keepers replace the password and nothing else", async () => {
    const run = await made.stack.up("--config", "generation=2");
    expect(run.changes.map(({ op, name }) => [op, name])).toContainEqual(["replace", "password"]);
    expect(run.changes.every(({ name }) => name === "password")).toBe(true);
    expect(run.steps.same).toBe(1);
  });

  test("an existing password is imported as a secret", async () => {
    const type = "random:index/randomPassword:RandomPassword";
    const words = ["import", type, "adopted", "geheimes-wort", "--generate-code=false", "--yes", "--stack", "test"];
    const run = await made.stack.pulumi(...words);
    expect(run.text).toContain("1 imported");
    expect(await stateText()).not.toContain("geheimes-wort");
  });

  test("bad inputs are refused in preview", async () => {
    made.write({
      "index.ts": `
        import * as random from "@pulumi/random";
        new random.RandomString("none", { length: 0 });`,
    });
    const run = await made.stack.preview();
    expect(run.code).not.toBe(0);
    expect(run.text).toMatch(/length.*at least 1/s);
  });
});
