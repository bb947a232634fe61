import { expect, test } from "vitest";
import { merge } from "../../src/config/merge.ts";

test("maps merge deeply and null takes a key away", () => {
  expect(merge({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 5, c: null }, e: { f: null, g: 1 } })).toEqual({
    a: { b: 5 },
    d: 3,
    e: { g: 1 },
  });
});

test("things with keys merge by key, in the order of the base, new ones at the end", () => {
  const base = [{ key: "a", size: 1 }, { key: "b" }];
  expect(merge(base, [{ key: "c" }, { key: "a", size: 2 }])).toEqual([
    { key: "a", size: 2 },
    { key: "b" },
    { key: "c" },
  ]);
});

test("a map addresses things by key or name", () => {
  expect(merge([{ key: "a" }, { key: "b" }], { a: null, c: { size: 1 } })).toEqual([
    { key: "b" },
    { key: "c", size: 1 },
  ]);
  expect(merge([{ name: "x" }], { y: { size: 1 } })).toEqual([{ name: "x" }, { name: "y", size: 1 }]);
});

test("any other list is replaced", () => {
  expect(merge({ list: ["a", "b"] }, { list: ["c"] })).toEqual({ list: ["c"] });
});

test("neither side is changed", () => {
  const base = { list: [{ key: "a", deep: { x: 1 } }] };
  merge(base, { list: { a: { deep: { x: 2 } } } });
  expect(base).toEqual({ list: [{ key: "a", deep: { x: 1 } }] });
});

test("a list of hosts is all the hosts there are; a map changes single ones of the profile's", () => {
  const base = { infrastructure: { hosts: [{ name: "host", count: 3 }], gpu: { cards: [{ model: "x" }] } } };
  expect(merge(base, { infrastructure: { hosts: [{ name: "r740" }] } })).toMatchObject({
    infrastructure: { hosts: [{ name: "r740" }] },
  });
  expect(merge(base, { infrastructure: { hosts: { host: { count: 5 } } } })).toMatchObject({
    infrastructure: { hosts: [{ name: "host", count: 5 }] },
  });
});
