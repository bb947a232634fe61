import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Secret, UNKNOWN } from "../../../provider/core/values.ts";
import { eventually } from "../../support/processes.ts";
import { type Failure, TestEngine } from "../engine.ts";
import { THING, type ToyCloud, toyProvider } from "./toy.ts";

let cloud: ToyCloud;
let engine: TestEngine;
beforeEach(async () => {
  cloud = { things: new Map() };
  engine = await TestEngine.start(toyProvider(cloud), { endpoint: "here", token: new Secret("12345678") });
});
afterEach(() => engine.close());

const base = { name: "a", size: 4 };
const outputs = { path: "/a", serial: "S1", upperName: "A" };
/** In no schema: which create the state stems from. */
const numbered = { __creation: expect.any(String) };

describe("create", () => {
  test("gives the id, the inputs and the outputs", async () => {
    const { id, state } = await engine.create(THING, base);
    expect(id).toBe("thing-1");
    expect(state).toEqual({ ...base, color: "red", once: false, ...outputs, ...numbered });
  });

  test("secret properties, and properties the program made secret, are secret in the state", async () => {
    const { state } = await engine.create(THING, {
      ...base,
      password: "pw",
      note: new Secret("hush"),
      tags: { a: new Secret("x"), b: "y" },
    });
    expect(state.password).toEqual(new Secret("pw"));
    expect(state.note).toEqual(new Secret("hush"));
    expect(state.tags).toEqual({ a: new Secret("x"), b: "y" });
  });

  test("in preview, what follows from the inputs is known and the rest is not", async () => {
    expect(await engine.previewCreate(THING, { ...base, note: UNKNOWN })).toEqual({
      ...base,
      color: "red",
      once: false,
      note: UNKNOWN,
      path: UNKNOWN,
      serial: UNKNOWN,
      upperName: "A",
    });
    expect(cloud.things.size).toBe(0);
  });

  test("hashicorp#3171 a failure after the thing was made keeps its id and what is known", async () => {
    cloud.fault = { error: new Error("it broke"), afterMaking: true };
    const failure: Failure = await engine.create(THING, { ...base, password: "pw" }).catch((error) => error);
    expect(failure.details).toBe("it broke");
    expect(failure.partial).toEqual({
      id: "thing-1",
      state: { name: "a", password: new Secret("pw"), ...numbered },
      inputs: { ...base, color: "red", once: false, password: new Secret("pw") },
    });
  });

  test("a failure before anything was made is not a doubt", async () => {
    cloud.fault = { error: new Error("no"), afterMaking: false };
    expect(await engine.create(THING, base).catch((error) => error)).toEqual({ code: 9, details: "no" });
  });

  test("a failure that may hide success makes the engine keep a note", async () => {
    cloud.fault = { error: new Error("connection lost"), afterMaking: false };
    expect(await engine.create(THING, base).catch((error) => error)).toEqual({ code: 2, details: "connection lost" });
  });

  test("T#40 customTimeouts end the wait, and the id is kept", async () => {
    cloud.hang = true;
    const failure: Failure = await engine.create(THING, base, { timeout: 0.05 }).catch((error) => error);
    expect(failure.details).toMatch(/timeout of 0.05 s/);
    expect(failure.partial?.id).toBe("thing-1");
  });

  test("cancelling ends the wait, keeps the id and starts nothing more", async () => {
    cloud.hang = true;
    const waiting = engine.create(THING, base).catch((error) => error);
    await eventually("the thing is made", () => cloud.things.size === 1);
    await engine.send("cancel", new emptyMessages.Empty());
    expect((await waiting).partial.id).toBe("thing-1");
    cloud.hang = false;
    await expect(engine.create(THING, base)).rejects.toMatchObject({ details: expect.stringContaining("cancelled") });
    expect(cloud.things.size).toBe(1);
  });
});

describe("read", () => {
  test("shows what changed outside, for what the program gives", async () => {
    const kept = await engine.create(THING, { ...base, words: ["b", "a"] });
    cloud.things.set(kept.id, { ...cloud.things.get(kept.id), name: "renamed", words: ["a", "b"], note: "by hand" });
    const live = await engine.read(THING, kept);
    expect(live?.inputs).toEqual({ ...kept.inputs, name: "renamed" });
    expect(live?.state).toMatchObject({ name: "renamed", words: ["b", "a"], note: "by hand" });
    expect(await engine.drift(THING, kept)).toEqual({ name: "update" });
  });

  test("T#272 is quiet when nothing changed, whatever the server fills in", async () => {
    const kept = await engine.create(THING, { ...base, password: "pw", legs: [{ network: "x" }] });
    // The server fills in what was not given.
    cloud.things.set(kept.id, { ...cloud.things.get(kept.id), legs: [{ network: "x", address: "10.0.0.7" }] });
    expect(await engine.drift(THING, kept)).toEqual({});
    expect((await engine.read(THING, kept))?.inputs).toEqual({ ...kept.inputs, password: new Secret("pw") });
  });

  test("says gone only when it is", async () => {
    const kept = await engine.create(THING, base);
    cloud.things.clear();
    expect(await engine.read(THING, kept)).toBeUndefined();
  });

  test("imports all that the server tells", async () => {
    cloud.things.set("thing-9", {
      ...base,
      color: "green",
      once: false,
      path: "/a",
      serial: "S1",
      upperName: "A",
      words: [],
    });
    const imported = await engine.import(THING, "thing-9");
    expect(imported?.inputs).toEqual({ ...base, color: "green", once: false });
    expect(imported && (await engine.diff(THING, imported, imported.inputs)).changes).toEqual({});
  });
});

describe("update", () => {
  test("in preview, outputs stay known unless they depend on what changes", async () => {
    const kept = await engine.create(THING, base);
    const renamed = await engine.update(THING, kept, { ...base, name: "b" }, { preview: true });
    expect(renamed.state).toMatchObject({ name: "b", path: UNKNOWN, serial: "S1", upperName: "B" });
    const resized = await engine.update(THING, kept, { ...base, size: 8 }, { preview: true });
    expect(resized.state).toMatchObject({ path: "/a", serial: "S1" });
    expect(cloud.things.get(kept.id)?.name).toBe("a");
  });

  test("changes the thing and its state", async () => {
    const kept = await engine.create(THING, base);
    expect((await engine.update(THING, kept, { ...base, name: "b" })).state).toMatchObject({ name: "b", path: "/b" });
  });
});

test("delete of what is gone succeeds", async () => {
  const kept = await engine.create(THING, base);
  await engine.delete(THING, kept);
  await engine.delete(THING, kept);
  expect(cloud.things.size).toBe(0);
});

test("an unknown type is an error in every call", async () => {
  const unknown = "toy:index:Nothing";
  const kept = { id: "x", inputs: {}, state: {} };
  for (const call of [
    () => engine.check(unknown, {}),
    () => engine.read(unknown, kept),
    () => engine.delete(unknown, kept),
    () => engine.invoke(unknown, {}),
  ]) {
    await expect(call()).rejects.toMatchObject({ details: expect.stringContaining("toy 1.2.3 has no such") });
  }
});
