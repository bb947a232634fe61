import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Kept, plain, type TestEngine } from "../engine.ts";
import { type Estate, INSTANCE, startEstate, VOLUME } from "./estate.ts";

const ACCOUNT = "cloudstack:identity:Account";
const LIMITS = "cloudstack:identity:ResourceLimits";

let estate: Estate;
let domain: Kept;
beforeAll(async () => {
  estate = await startEstate();
  domain = await estate.engine.create("cloudstack:identity:Domain", { name: "tenant" });
});
afterAll(() => estate.close());

const person = { password: "a long one", email: "a@b.c", firstName: "a", lastName: "b" };
const account = (name: string): Promise<Kept> =>
  estate.engine.create(ACCOUNT, { name, domainId: domain.id, accountType: "user", ...person } as never);

interface Owned {
  token: string;
  kept: Kept;
}

/** What an account owns: a volume, an instance, limits. */
async function belongings(name: string): Promise<Owned[]> {
  const owner = { account: name, domainId: domain.id };
  const tier = await estate.tier(owner);
  const instance = { ...estate.instanceOn(name, tier), ...owner };
  const disk = { name: `${name}-data`, diskOfferingId: estate.diskOfferingId, zoneId: estate.zoneId, sizeGib: 5 };
  const all: [string, object][] = [
    [INSTANCE, instance],
    [VOLUME, { ...disk, ...owner }],
    [LIMITS, { ...owner, limits: { volumes: 7 } }],
  ];
  return Promise.all(
    all.map(async ([token, inputs]) => ({ token, kept: await estate.engine.create(token, inputs as never) })),
  );
}

const effects = async (engine: TestEngine, owned: readonly Owned[], name: string) =>
  Promise.all(
    owned.map(async ({ token, kept }) => (await engine.diff(token, kept, { ...kept.inputs, account: name })).changes),
  );
const inPlace = { account: "update" };
const anew = { account: "update_replace" };

describe("what a renamed account owns", () => {
  test("stays what it is: already in the preview, in the run, and afterwards", async () => {
    const city = await account("city");
    const owned = await belongings("city");
    const renamed = { ...city.inputs, name: "town" };
    const engine = await estate.nextRun();
    expect(await effects(engine, owned, "town")).toEqual([anew, anew, anew]);
    await engine.diff(ACCOUNT, city, renamed);
    expect(await effects(engine, owned, "town")).toEqual([inPlace, inPlace, inPlace]);

    await engine.update(ACCOUNT, city, renamed);
    for (const { token, kept } of owned) {
      const after = await engine.update(token, kept, { ...kept.inputs, account: "town" });
      expect(after.id).toBe(kept.id);
      expect(plain(after.state).account).toBe("town");
      expect(await estate.drift(token, after)).toEqual({});
    }
  });

  test("also after a run that was broken off when only the account had its new name", async () => {
    const hill = await account("hill");
    const owned = await belongings("hill");
    await (await estate.nextRun()).update(ACCOUNT, hill, { ...hill.inputs, name: "dale" });
    expect(await effects(await estate.nextRun(), owned, "dale")).toEqual([inPlace, inPlace, inPlace]);
  });

  test("limits that go by an old name are changed and put back under the new one", async () => {
    const sea = await account("sea");
    const limits = await estate.engine.create(LIMITS, { domainId: domain.id, account: "sea", limits: { volumes: 7 } });
    const before = plain(limits.state).previous;
    await estate.engine.update(ACCOUNT, sea, { ...sea.inputs, name: "lake" });
    const wanted = { domainId: domain.id, account: "lake", limits: { volumes: 9 } };
    const after = await estate.engine.update(LIMITS, limits, wanted);
    const max = async () =>
      (await estate.rows("listResourceLimits", { account: "lake", domainid: domain.id, resourcetype: 2 }))[0]?.max;
    expect(await max()).toBe(9);
    expect(await estate.drift(LIMITS, after)).toEqual({});
    await estate.engine.delete(LIMITS, after);
    expect(await max()).toBe((before as { volumes: number }).volumes);
  });
});

describe("limits of an account that somebody renamed", () => {
  const limited = async (name: string) => {
    const owner = await account(name);
    const kept = await estate.engine.create(LIMITS, { domainId: domain.id, account: name, limits: { volumes: 7 } });
    const max = async () =>
      (await estate.rows("listResourceLimits", { account: `${name}-2`, domainid: domain.id, resourcetype: 2 }))[0]?.max;
    const rename = (newname: string) => estate.byHand("updateAccount", { id: owner.id, newname });
    await rename(`${name}-2`);
    return { owner, kept, max, rename, before: (plain(kept.state).previous as { volumes: number }).volumes };
  };

  test("are not gone: a refresh finds them, and with the old name come back what they were before", async () => {
    const { owner, kept, max, before } = await limited("wood");
    const run = await estate.nextRun();
    const live = (await run.read(LIMITS, kept)) as Kept;
    expect(plain(live.inputs).account).toBe("wood-2");
    expect(plain(live.state)).toMatchObject({ accountId: owner.id, previous: { volumes: before } });
    const renamed = (await run.read(ACCOUNT, owner)) as Kept;
    await run.diff(ACCOUNT, renamed, owner.inputs);
    expect((await run.diff(LIMITS, live, kept.inputs)).changes).toEqual(inPlace);
    const back = await run.update(ACCOUNT, renamed, owner.inputs);
    const after = await run.update(LIMITS, live, kept.inputs);
    expect(plain(after.state)).toMatchObject({ account: "wood", accountId: back.id, previous: { volumes: before } });
    await estate.byHand("updateAccount", { id: owner.id, newname: "wood-2" });
    expect(await max()).toBe(7);
    await (await estate.nextRun()).delete(LIMITS, after);
    expect(await max()).toBe(before);
  });

  test("by a state from before it held the account's id, are found by the name, and get the id", async () => {
    const { owner, kept, rename } = await limited("moor");
    const { accountId: _, ...state } = kept.state;
    const old = { ...kept, state };
    expect(await (await estate.nextRun()).read(LIMITS, old)).toBeUndefined();
    await rename("moor");
    const live = (await (await estate.nextRun()).read(LIMITS, old)) as Kept;
    expect(live.inputs).toEqual(kept.inputs);
    expect(live.state.accountId).toBe(owner.id);
  });
});

test("what is to belong to another account is made anew", async () => {
  await Promise.all([account("here"), account("there")]);
  const owned = await belongings("here");
  expect(await effects(await estate.nextRun(), owned, "there")).toEqual([anew, anew, anew]);
});
