/** Another server than the one that the stack was made on, by a wrong address: nothing counts as gone. */
import { afterEach, expect, test } from "vitest";
import { Secret } from "../../../provider/core/values.ts";
import { type Kept, TestEngine } from "../engine.ts";
import { THING, type ToyCloud, toyProvider } from "./toy.ts";

const engines: TestEngine[] = [];
afterEach(() => {
  for (const running of engines.splice(0)) running.close();
});

async function runOn(cloud: ToyCloud): Promise<TestEngine> {
  const engine = await TestEngine.start(toyProvider(cloud), { endpoint: "here", token: new Secret("12345678") });
  engines.push(engine);
  return engine;
}

async function madeOn(cloud: ToyCloud): Promise<Kept> {
  return (await runOn(cloud)).create(THING, { name: "a", size: 4 });
}

const seoul = () => ({ things: new Map(), server: "seoul" });

test("a refresh and a delete are refused, with both servers and the remedy", async () => {
  const kept = await madeOn(seoul());
  const elsewhere = await runOn({ things: new Map(), server: "suwon" });
  for (const call of [elsewhere.read(THING, kept), elsewhere.delete(THING, kept)]) {
    await expect(call).rejects.toMatchObject({
      code: 9,
      details: expect.stringMatching(
        /failed \[urn.*\] \(suwon\): .*another server \(seoul\)[\s\S]*→ check the address/,
      ),
    });
  }
});

test("on its own server what is gone is gone", async () => {
  const cloud = seoul();
  const kept = await madeOn(cloud);
  cloud.things.clear();
  const next = await runOn(cloud);
  expect(await next.read(THING, kept)).toBeUndefined();
  await next.delete(THING, kept);
});

test("where the server is not known, then or now, nothing is refused", async () => {
  const unknown: ToyCloud = { things: new Map() };
  expect(await (await runOn(unknown)).read(THING, await madeOn(seoul()))).toBeUndefined();
  expect(await (await runOn(seoul())).read(THING, await madeOn(unknown))).toBeUndefined();
});

test("an object that is found is read, whatever the server says of itself", async () => {
  const cloud: ToyCloud = seoul();
  const kept = await madeOn(cloud);
  cloud.server = "seoul, reinstalled";
  expect((await (await runOn(cloud)).read(THING, kept))?.id).toBe(kept.id);
});
