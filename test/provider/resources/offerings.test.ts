import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { plain } from "../engine.ts";

const SERVICE = "cloudstack:compute:ServiceOffering";
const DISK = "cloudstack:storage:DiskOffering";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const small = {
  name: "small",
  cpuNumber: 2,
  cpuSpeedMhz: 1000,
  memoryMib: 4096,
  storageTags: ["ssd", "fast"],
  hostTags: ["gpu"],
};

describe("ServiceOffering", () => {
  test("T#246 is made as described, is quiet afterwards, and changes in place what can be", async () => {
    const kept = await cloud.engine.create(SERVICE, {
      ...small,
      displayText: "2/4",
      rootDiskSizeGib: 50,
      offerHa: true,
      details: { k: "v" },
    });
    const [row] = await cloud.rows("listServiceOfferings", { id: kept.id });
    expect(row).toMatchObject({
      cpunumber: 2,
      cpuspeed: 1000,
      memory: 4096,
      storagetags: "ssd,fast",
      hosttags: "gpu",
      rootdisksize: 50,
    });
    expect(plain(kept.state)).toMatchObject({ ...small, state: "Active", details: { k: "v" } });
    expect(await cloud.drift(SERVICE, kept)).toEqual({});

    const { hostTags: _, ...others } = kept.inputs;
    const changed = await cloud.engine.update(SERVICE, kept, { ...others, name: "renamed", storageTags: ["ssd"] });
    expect((await cloud.rows("listServiceOfferings", { id: kept.id }))[0]).toMatchObject({
      name: "renamed",
      storagetags: "ssd",
    });
    expect(plain(changed.state).hostTags).toBeUndefined();
    expect(await cloud.drift(SERVICE, changed)).toEqual({});
  });

  test("T#58 a size changed in the program is a replacement, never a change that does nothing", async () => {
    const kept = await cloud.engine.create(SERVICE, small);
    const diff = await cloud.engine.diff(SERVICE, kept, { ...small, cpuNumber: 4, memoryMib: 8192 });
    expect(diff.changes).toEqual({ cpuNumber: "update_replace", memoryMib: "update_replace" });
  });

  test("T#314 an offering for all zones and domains shows no difference, also after it was restricted", async () => {
    const kept = await cloud.engine.create(SERVICE, small);
    const zone = String((await cloud.rows("listZones"))[0]?.id);
    const restricted = await cloud.engine.update(SERVICE, kept, { ...kept.inputs, zoneIds: [zone] });
    expect(plain(restricted.state).zoneIds).toEqual([zone]);
    expect(await cloud.drift(SERVICE, restricted)).toEqual({});
    const open = await cloud.engine.update(SERVICE, restricted, kept.inputs);
    expect(plain(open.state).zoneIds).toBeUndefined();
    expect(await cloud.drift(SERVICE, open)).toEqual({});
  });

  test("deleted by hand is seen as gone, and deleting what is gone succeeds", async () => {
    const kept = await cloud.engine.create(SERVICE, small);
    await cloud.byHand("deleteServiceOffering", { id: kept.id });
    expect(await cloud.drift(SERVICE, kept)).toBe("gone");
    await cloud.engine.delete(SERVICE, kept);
  });

  test("a refresh of many costs one list", async () => {
    const names = ["r1", "r2", "r3", "r4"];
    const all = await Promise.all(names.map((name) => cloud.engine.create(SERVICE, { ...small, name })));
    await cloud.forgetCalls();
    await Promise.all(all.map((kept) => cloud.engine.read(SERVICE, kept)));
    expect(await cloud.calls()).toEqual({ listServiceOfferings: 1 });
  });

  test("import shows what a program has to say", async () => {
    const { id } = await cloud.engine.create(SERVICE, { ...small, name: "imported" });
    const imported = await cloud.engine.import(SERVICE, id);
    const byName = await cloud.engine.import(SERVICE, "imported");
    expect(byName).toEqual(imported);
    expect(plain(imported?.inputs ?? {})).toMatchObject({ ...small, name: "imported" });
    expect(imported && (await cloud.engine.diff(SERVICE, imported, imported.inputs)).changes).toEqual({});
  });
});

describe("DiskOffering", () => {
  test("guarantees operations, and limits them", async () => {
    const inputs = { name: "fast", customized: true, minIops: 500, maxIops: 1000 };
    const kept = await cloud.engine.create(DISK, inputs);
    const [row] = await cloud.rows("listDiskOfferings", { id: kept.id });
    expect(row).toMatchObject({ iscustomizediops: false, miniops: 500, maxiops: 1000 });
    expect(await cloud.drift(DISK, kept)).toEqual({});
    const failures = async (iops: object) =>
      Object.keys((await cloud.engine.check(DISK, { ...inputs, ...iops })).failures);
    expect(await failures({ minIops: null })).toEqual(["minIops"]);
    expect(await failures({ maxIops: null })).toEqual(["maxIops"]);
    expect(await failures({ minIops: 1001 })).toEqual(["minIops"]);
    expect(await failures({ minIops: 0 })).toEqual(["minIops"]);
  });

  test("is made as described, is quiet afterwards, and changes in place what can be", async () => {
    const kept = await cloud.engine.create(DISK, {
      name: "disk",
      sizeGib: 10,
      storageTags: ["tenant-a"],
      encrypt: true,
    });
    expect((await cloud.rows("listDiskOfferings", { id: kept.id }))[0]).toMatchObject({
      disksize: 10,
      tags: "tenant-a",
      encrypt: true,
    });
    expect(await cloud.drift(DISK, kept)).toEqual({});
    const changed = await cloud.engine.update(DISK, kept, { ...kept.inputs, displayText: "ten" });
    expect(plain(changed.state).displayText).toBe("ten");
    await cloud.engine.delete(DISK, changed);
    expect(await cloud.drift(DISK, changed)).toBe("gone");
  });

  test("has either a size or customized", async () => {
    const { failures } = await cloud.engine.check(DISK, { name: "d" });
    expect(Object.keys(failures)).toEqual(["sizeGib"]);
    expect(Object.keys((await cloud.engine.check(DISK, { name: "d", sizeGib: 1, customized: true })).failures)).toEqual(
      ["customized"],
    );
  });
});

describe.each([
  [SERVICE, "createServiceOffering", "listServiceOfferings", small],
  [DISK, "createDiskOffering", "listDiskOfferings", { name: "d", sizeGib: 1 }],
])("%s after an interrupted create", (token, create, list, inputs) => {
  test("an answer that was lost is looked for, not asked for again", async () => {
    await cloud.fault({ command: create, kind: "drop" });
    const name = `lost-${create}`;
    const kept = await cloud.engine.create(token, { ...inputs, name });
    expect((await cloud.rows(list)).filter((row) => row.name === name).map(({ id }) => id)).toEqual([kept.id]);
  });

  test("a request that never arrived is sent again", async () => {
    await cloud.fault({ command: create, kind: "drop-before" });
    const name = `never-${create}`;
    const kept = await cloud.engine.create(token, { ...inputs, name });
    expect((await cloud.rows(list)).filter((row) => row.name === name).map(({ id }) => id)).toEqual([kept.id]);
  });

  test("the next run takes over what a killed one made", async () => {
    const name = `killed-${create}`;
    const made = await cloud.engine.create(token, { ...inputs, name });
    const next = await cloud.nextRun();
    expect((await next.create(token, { ...inputs, name })).id).toBe(made.id);
    expect((await cloud.rows(list)).filter((row) => row.name === name)).toHaveLength(1);
  });

  test("what the state knows is never taken over", async () => {
    const name = `known-${create}`;
    const made = await cloud.engine.create(token, { ...inputs, name });
    const next = await cloud.nextRun();
    await next.diff(token, made, { ...made.inputs, name });
    expect((await next.create(token, { ...inputs, name })).id).not.toBe(made.id);
  });
});

test("a service offering made by a killed run is brought up to date, one of another stack is left alone", async () => {
  const name = "marked";
  const made = await cloud.engine.create(SERVICE, { ...small, name });
  await cloud.engine.create(SERVICE, { ...small, name }, { name: "another" });
  const next = await cloud.nextRun();
  const again = await next.create(SERVICE, { ...small, name, displayText: "newer" });
  expect(again.id).toBe(made.id);
  expect(plain(again.state).displayText).toBe("newer");
  const fresh = await (await cloud.nextRun()).create(SERVICE, { ...small, name, cpuNumber: 8 });
  expect(fresh.id).not.toBe(made.id);
  expect((await cloud.rows("listServiceOfferings")).filter((row) => row.name === name)).toHaveLength(2);
});

test("a resource renamed without an alias keeps its object: what the new name took over the old one does not delete", async () => {
  const inputs = { name: "kept", sizeGib: 3 };
  const old = await cloud.engine.create(DISK, inputs, { name: "old-name" });
  const next = await cloud.nextRun();
  const renamed = await next.create(DISK, inputs, { name: "new-name" });
  expect(renamed.id).toBe(old.id);
  await next.delete(DISK, old);
  expect(await cloud.drift(DISK, renamed)).toEqual({});
  await (await cloud.nextRun()).delete(DISK, renamed);
  expect(await cloud.drift(DISK, renamed)).toBe("gone");
});
