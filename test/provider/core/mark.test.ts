import { expect, test } from "vitest";
import { formats } from "../../../provider/core/formats.ts";
import { markOf } from "../../../provider/core/mark.ts";

const urn = "urn:pulumi:demo::strata::cloudstack:identity:Domain::tenant-a";

test("an id of ours is a fresh UUID that the same resource of the same stack recognises in every run", () => {
  const [first, second] = [markOf(urn).newId(), markOf(urn).newId()];
  expect(formats.uuid.test(first)).toBe(true);
  expect(first).toMatch(/^.{14}8.{4}8/);
  expect(first).not.toBe(second);
  expect(markOf(urn).owns(first)).toBe(true);
  expect(markOf(urn).owns(second.toUpperCase())).toBe(true);
  expect(markOf(urn).text).toMatch(/^[0-9a-f]{16}$/);
});

test("no other stack, project or resource takes it for its own", () => {
  const id = markOf(urn).newId();
  for (const other of [urn.replace("demo", "prod"), urn.replace("strata", "x"), `${urn}2`]) {
    expect(markOf(other).owns(id)).toBe(false);
  }
  expect(markOf(urn).owns(undefined)).toBe(false);
});
