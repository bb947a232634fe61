/** One object that the state holds twice: a replacement broke off, was taken back, and the old object is in use again. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Secret } from "../../../provider/core/values.ts";
import { type Kept, TestEngine } from "../engine.ts";
import { THING, type ToyCloud, toyProvider } from "./toy.ts";

let cloud: ToyCloud;
let engine: TestEngine;
const engines: TestEngine[] = [];
beforeEach(async () => {
  cloud = { things: new Map() };
  engine = await nextRun();
});
afterEach(() => {
  for (const running of engines.splice(0)) running.close();
});

async function nextRun(): Promise<TestEngine> {
  const next = await TestEngine.start(toyProvider(cloud), { endpoint: "here", token: new Secret("12345678") });
  engines.push(next);
  return next;
}

const base = { name: "a", size: 4 };

/** The state after a replacement that broke off: a new thing in force, the old one to be deleted; the next run takes the old one. */
async function takenBack(): Promise<{ stale: Kept; second: Kept; run: TestEngine; live: Kept }> {
  const stale = await engine.create(THING, base);
  const second = await (await nextRun()).create(THING, { ...base, color: "green" });
  cloud.leftover = stale.id;
  const run = await nextRun();
  await run.diff(THING, second, base);
  const live = await run.create(THING, base);
  expect(live.id).toBe(stale.id);
  return { stale, second, run, live };
}

test("the old record is dropped and the object stays, in the run that takes it over", async () => {
  const { stale, second, run, live } = await takenBack();
  await run.delete(THING, stale);
  await run.delete(THING, second);
  expect([...cloud.things.keys()]).toEqual([live.id]);
});

test("and in the next run, when that one broke off before its deletions; refreshes and updates change nothing of it", async () => {
  const { stale, second, run, live } = await takenBack();
  const updated = await run.update(THING, live, { ...base, name: "b" });
  const next = await nextRun();
  const read = (await next.read(THING, updated)) as Kept;
  await next.read(THING, stale);
  await next.diff(THING, stale, base);
  await next.diff(THING, read, { ...base, name: "b" });
  await next.delete(THING, stale);
  await next.delete(THING, second);
  expect([...cloud.things.keys()]).toEqual([live.id]);
});

test("an old record without a number, as older versions wrote it, is told from a newer one, too", async () => {
  const { stale, run, live } = await takenBack();
  const { __creation: _, ...state } = stale.state;
  await run.delete(THING, { ...stale, state });
  expect([...cloud.things.keys()]).toContain(live.id);
});

test("what is taken out of the program goes, with both its records, in either order", async () => {
  for (const order of [0, 1]) {
    const { stale, second, live } = await takenBack();
    const next = await nextRun();
    for (const kept of order === 0 ? [stale, second, live] : [live, second, stale]) await next.delete(THING, kept);
    expect(cloud.things.size).toBe(0);
  }
});

test("and after a refresh, which shows both", async () => {
  const { stale, second, live } = await takenBack();
  const next = await nextRun();
  for (const kept of [stale, second, live]) await next.diff(THING, kept, kept.inputs);
  for (const kept of [live, second, stale]) await next.delete(THING, kept);
  expect(cloud.things.size).toBe(0);
});

test("a thing that is replaced before it is deleted, or deleted before it is replaced, is deleted as ever", async () => {
  const old = await engine.create(THING, base);
  const run = await nextRun();
  await run.diff(THING, old, { ...base, color: "green" });
  const replacement = await run.create(THING, { ...base, color: "green" });
  await run.delete(THING, old);
  expect([...cloud.things.keys()]).toEqual([replacement.id]);

  const next = await nextRun();
  await next.diff(THING, replacement, base);
  await next.delete(THING, replacement);
  expect(cloud.things.size).toBe(0);
});
