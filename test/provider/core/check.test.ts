import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret, UNKNOWN } from "../../../provider/core/values.ts";
import { TestEngine } from "../engine.ts";
import { THING, toyProvider } from "./toy.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await TestEngine.start(toyProvider({ things: new Map() }), {
    endpoint: "here",
    token: new Secret("12345678"),
  });
});
afterAll(() => engine.close());

const good = { name: "a", size: 4 };

test("good inputs pass, and absent ones get their defaults", async () => {
  expect(await engine.check(THING, good)).toEqual({ inputs: { ...good, color: "red", once: false }, failures: {} });
});

test("every mistake is reported at once, each with path, value, rule and remedy", async () => {
  const { failures } = await engine.check(THING, {
    size: 65,
    colour: "red",
    color: "gren",
    network: "10.0.0.0/33",
    legs: [{ network: "n1", hardware: "02:00" }, { network: "n1" }, {}],
    tags: { a: 1 },
    words: ["x", "x"],
    once: "yes",
    note: "hey!",
  });
  expect(failures).toEqual({
    name: "is required: text",
    size: "65: at most 64 GiB",
    colour: 'there is no such property → did you mean "color"?',
    color: '"gren": must be one of "red", "green" → did you mean "green"?',
    network: '"10.0.0.0/33": an IPv4 network such as 10.0.5.0/25',
    "legs[0].hardware": '"02:00": a MAC address such as 02:00:4c:5f:00:01',
    "legs[1].network": '"n1": is given twice, first in legs[0]',
    "legs[2].network": "is required: text",
    "tags.a": "1: must be text",
    "words[1]": '"x": is given twice, first in words[0]',
    once: '"yes": must be true or false',
    note: '"hey!": no shouting',
  });
});

test("a property that resembles none is answered with the list of all", async () => {
  const { failures } = await engine.check(THING, { ...good, zzzzzzzz: 1 });
  expect(failures.zzzzzzzz).toContain("known properties: color, legs, name");
});

test.each([
  ["a text that is a number", { ...good, name: 7 }, { name: "7: must be text" }],
  [
    "a text that is too long",
    { ...good, name: "x".repeat(21) },
    { name: `"${"x".repeat(21)}": has 21 characters, at most 20 are allowed` },
  ],
  ["an empty text that must not be", { ...good, name: "" }, { name: '"": must not be empty' }],
  ["half a number", { ...good, size: 1.5 }, { size: "1.5: must be a whole number of GiB" }],
  ["a number as text", { ...good, size: "4" }, { size: '"4": must be a whole number of GiB' }],
  ["a list that is an object", { ...good, order: {} }, { order: "{}: must be a list; each element is text" }],
  ["a rule across properties", { ...good, size: 13 }, { size: "13 is never red" }],
])("%s", async (_, inputs, failures) => {
  expect((await engine.check(THING, inputs)).failures).toEqual(failures);
});

test("what is not known yet is not judged, and stays unknown", async () => {
  const inputs = {
    name: UNKNOWN,
    size: UNKNOWN,
    legs: [{ network: UNKNOWN }, { network: UNKNOWN }],
    tags: { a: UNKNOWN },
  };
  expect(await engine.check(THING, inputs)).toEqual({ inputs: { ...inputs, color: "red", once: false }, failures: {} });
});

test("secrets stay secret and are checked without being shown", async () => {
  const given = { ...good, name: new Secret("x".repeat(30)), note: new Secret("fine"), password: 5 };
  const { inputs, failures } = await engine.check(THING, given);
  expect(inputs.note).toEqual(new Secret("fine"));
  expect((await engine.check(THING, { ...good, password: "pw" })).inputs.password).toEqual(new Secret("pw"));
  expect(failures).toEqual({
    name: "[secret]: has 30 characters, at most 20 are allowed",
    password: "[secret]: must be text",
  });
});
