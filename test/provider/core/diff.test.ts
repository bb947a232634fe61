import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret, UNKNOWN, type ValueObject } from "../../../provider/core/values.ts";
import { type Kept, TestEngine } from "../engine.ts";
import { THING, toyProvider } from "./toy.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await TestEngine.start(toyProvider({ things: new Map() }), {
    endpoint: "here",
    token: new Secret("12345678"),
  });
});
afterAll(() => engine.close());

const base = { name: "a", size: 4, color: "red", once: false };

function kept(inputs: ValueObject): Kept {
  return { id: "thing-1", inputs, state: { ...inputs, path: "/a", serial: "S1", upperName: "A" } };
}

const rows: [string, ValueObject, ValueObject, Record<string, string>][] = [
  ["nothing changed", {}, {}, {}],
  ["a text in place", {}, { name: "b" }, { name: "update" }],
  ["a size that stops", {}, { size: 8 }, { size: "update" }],
  ["a word that replaces", {}, { color: "green" }, { color: "update_replace" }],
  ["a network given for the first time", {}, { network: "10.0.0.0/8" }, { network: "add_replace" }],
  ["a network taken away", { network: "10.0.0.0/8" }, {}, { network: "delete_replace" }],
  ["the same network in other words", { network: "10.0.0.9/8" }, { network: "10.0.0.0/8" }, {}],
  ["something that counts at creation only", {}, { once: true }, {}],
  ["a set in another order", { words: ["a", "b"] }, { words: ["b", "a"] }, {}],
  [
    "a list in another order",
    { order: ["a", "b"] },
    { order: ["b", "a"] },
    { "order[0]": "update", "order[1]": "update" },
  ],
  ["an element more", { words: ["b"] }, { words: ["a", "b"] }, { "words[0]": "add" }],
  ["an element less", { order: ["a", "b"] }, { order: ["a"] }, { "order[1]": "delete" }],
  [
    "keyed elements in another order",
    { legs: [{ network: "x" }, { network: "y" }] },
    { legs: [{ network: "y" }, { network: "x" }] },
    {},
  ],
  [
    "a part of one keyed element",
    { legs: [{ network: "x" }, { network: "y", address: "1" }] },
    { legs: [{ network: "y", address: "2" }, { network: "x" }] },
    { "legs[0].address": "update" },
  ],
  [
    "a part that replaces",
    { legs: [{ network: "x", hardware: "02:00:00:00:00:01" }] },
    { legs: [{ network: "x", hardware: "02:00:00:00:00:02" }] },
    { "legs[0].hardware": "update_replace" },
  ],
  [
    "a hardware address in capitals",
    { legs: [{ network: "x", hardware: "02:00:00:00:00:AB" }] },
    { legs: [{ network: "x", hardware: "02-00-00-00-00-ab" }] },
    {},
  ],
  [
    "tags",
    { tags: { a: "1", b: "2" } },
    { tags: { b: "3", "c.d": "4" } },
    { "tags.a": "delete", "tags.b": "update", 'tags["c.d"]': "add" },
  ],
  ["an empty list is no list", {}, { words: [] }, {}],
  ["the same secret", { password: new Secret("p") }, { password: "p" }, {}],
  ["another secret", { password: new Secret("p") }, { password: new Secret("q") }, { password: "update" }],
  ["a value that is not known yet", {}, { name: UNKNOWN }, { name: "update" }],
  [
    "a reference to what is going to be made anew",
    { legs: [{ network: "x", cable: "1" }] },
    { legs: [{ network: "x", cable: UNKNOWN }] },
    { "legs[0].cable": "update_replace" },
  ],
  [
    "a reference given for the first time",
    { legs: [{ network: "x" }] },
    { legs: [{ network: "x", cable: UNKNOWN }] },
    { "legs[0].cable": "add" },
  ],
];

describe("diff", () => {
  test.each(rows)("%s", async (_, before, after, changes) => {
    expect((await engine.diff(THING, kept({ ...base, ...before }), { ...base, ...after })).changes).toEqual(changes);
  });

  test("replacing properties are named, and that the old one goes first", async () => {
    const diff = await engine.diff(THING, kept(base), { ...base, color: "green", name: "b" });
    expect(diff.replaces).toEqual(["color"]);
    expect(diff.deleteBeforeReplace).toBe(true);
  });

  test("what the server may choose is no change when the program does not say it", async () => {
    const { place: _, ...silent } = { ...base, place: "north" };
    expect((await engine.diff(THING, kept({ ...base, place: "north" }), silent)).changes).toEqual({});
    expect((await engine.diff(THING, kept(silent), { ...base, place: "north" })).changes).toEqual({
      place: "add_replace",
    });
  });

  test("state that is older than a property counts as having its default", async () => {
    const { color: _, ...older } = base;
    expect((await engine.diff(THING, kept(older), base)).changes).toEqual({});
    expect((await engine.diff(THING, kept(older), { ...base, color: "green" })).changes).toEqual({
      color: "update_replace",
    });
  });
});
