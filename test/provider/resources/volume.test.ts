import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Failure, type Kept, plain } from "../engine.ts";
import { type Estate, INSTANCE, startEstate, VOLUME } from "./estate.ts";

const POLICY = "cloudstack:storage:SnapshotPolicy";

let estate: Estate;
let first: Kept;
let second: Kept;
beforeAll(async () => {
  estate = await startEstate();
  const tier = await estate.tier();
  const make = (name: string) => estate.engine.create(INSTANCE, estate.instanceOn(name, tier) as never);
  [first, second] = await Promise.all([make("one"), make("two")]);
});
afterAll(() => estate.close());

const rowOf = async (id: string) => (await estate.rows("listVolumes", { id, listall: true }))[0];
const inputs = (name: string, more: Record<string, unknown> = {}) =>
  ({ name, diskOfferingId: estate.diskOfferingId, zoneId: estate.zoneId, sizeGib: 10, ...more }) as never;
const update = (kept: Kept, more: Record<string, unknown>) =>
  estate.engine.update(VOLUME, kept, { ...kept.inputs, ...more } as never);

describe("a volume", () => {
  test("is made attached, moves, is taken off and deleted, all in place", async () => {
    let kept = await estate.engine.create(VOLUME, inputs("moving", { instanceId: first.id, tags: { use: "data" } }));
    expect(await rowOf(kept.id)).toMatchObject({ virtualmachineid: first.id, state: "Ready", size: 10 * 2 ** 30 });
    expect(plain(kept.state)).toMatchObject({ deviceId: 1, storage: expect.any(String) });
    expect(await estate.drift(VOLUME, kept)).toEqual({});

    const diff = await estate.engine.diff(VOLUME, kept, { ...kept.inputs, instanceId: second.id });
    expect(diff).toMatchObject({ replaces: [], changes: { instanceId: "update" } });
    kept = await update(kept, { instanceId: second.id, name: "moved" });
    expect(await rowOf(kept.id)).toMatchObject({ virtualmachineid: second.id, name: "moved" });
    const { instanceId: _, ...detached } = kept.inputs;
    kept = await estate.engine.update(VOLUME, kept, detached);
    expect(await rowOf(kept.id)).not.toHaveProperty("virtualmachineid");
    await estate.engine.delete(VOLUME, kept);
    expect(await rowOf(kept.id)).toBeUndefined();
  });

  test("T#72 grows while it is attached, without being detached", async () => {
    let kept = await estate.engine.create(VOLUME, inputs("growing", { instanceId: first.id }));
    await estate.forgetCalls();
    kept = await update(kept, { sizeGib: 20 });
    expect(await rowOf(kept.id)).toMatchObject({ size: 20 * 2 ** 30, virtualmachineid: first.id });
    expect(await estate.calls()).not.toHaveProperty("detachVolume");
  });

  test("T#72 is not made smaller: a preview says so, and so does an update that learns it late", async () => {
    const kept = await estate.engine.create(VOLUME, inputs("shrinking", { sizeGib: 20 }));
    const { failures } = await estate.engine.check(VOLUME, { ...kept.inputs, sizeGib: 5 }, kept.inputs);
    expect(failures).toEqual({ sizeGib: expect.stringContaining("a volume never shrinks, and this one has 20 GiB") });
    await estate.forgetCalls();
    await expect(update(kept, { sizeGib: 5 })).rejects.toMatchObject({
      details: expect.stringMatching(/a volume never shrinks, and this one has 20 GiB/),
    });
    expect(await estate.calls()).not.toHaveProperty("resizeVolume");
  });

  test("T#268 with delete protection is refused by the server, and kept", async () => {
    const kept = await estate.engine.create(VOLUME, inputs("precious", { deleteProtection: true }));
    await expect(estate.engine.delete(VOLUME, kept)).rejects.toMatchObject({
      details: expect.stringMatching(/delete protection[\s\S]*Set deleteProtection to false/),
    });
    await estate.engine.delete(VOLUME, await update(kept, { deleteProtection: false }));
    expect(await rowOf(kept.id)).toBeUndefined();
  });

  test("taken off by hand is attached again", async () => {
    const kept = await estate.engine.create(VOLUME, inputs("drifting", { instanceId: first.id }));
    await estate.byHand("detachVolume", { id: kept.id });
    expect(await estate.drift(VOLUME, kept)).toEqual({ instanceId: "add" });
    const live = await (await estate.nextRun()).read(VOLUME, kept);
    await estate.engine.update(VOLUME, live as Kept, kept.inputs);
    expect(await estate.drift(VOLUME, kept)).toEqual({});
  });

  test.each(["createVolume", "attachVolume"])("whose %s lost its answer is not made twice", async (command) => {
    await estate.fault({ command, kind: "drop" });
    const kept = await estate.engine.create(VOLUME, inputs(`lost-${command}`, { instanceId: second.id }));
    const rows = await estate.rows("listVolumes", { name: `lost-${command}`, listall: true });
    expect(rows.map(({ id, virtualmachineid }) => [id, virtualmachineid])).toEqual([[kept.id, second.id]]);
  });

  test.each([
    ["set back", () => first],
    ["asked for again", () => second],
  ])(
    "taken off one instance, that cannot be put on another, is not forgotten: %s, it is attached",
    async (how, where) => {
      const kept = await estate.engine.create(VOLUME, inputs(`between ${how}`, { instanceId: first.id }));
      await estate.fault({ command: "attachVolume", kind: "job-failure", text: "no slot" });
      const moved = { ...kept.inputs, instanceId: second.id };
      const failure: Failure = await estate.engine.update(VOLUME, kept, moved).catch((error) => error);
      expect(failure.details).toContain("no slot");
      const partial: Kept = { ...kept, inputs: moved, state: failure.partial?.state ?? {} };
      expect(plain(partial.state)).toMatchObject({ sizeGib: 10 });
      expect(plain(partial.state)).not.toHaveProperty("instanceId");
      const wanted = { ...kept.inputs, instanceId: where().id };
      const again = await estate.engine.update(VOLUME, partial, wanted);
      expect(await rowOf(kept.id)).toMatchObject({ virtualmachineid: where().id });
      expect(await estate.drift(VOLUME, again)).toEqual({});
    },
  );

  test("whose making fails in its job leaves nothing behind in the state", async () => {
    await estate.fault({ command: "createVolume", kind: "job-failure", text: "no pool" });
    const failure: unknown = await estate.engine.create(VOLUME, inputs("failing")).catch((error: unknown) => error);
    expect(failure).toMatchObject({ details: expect.stringContaining("no pool") });
    expect(failure).not.toHaveProperty("partial");
  });

  test("a run that was killed leaves one that the next run adopts; a namesake of others is left alone", async () => {
    const { id: theirs } = await estate.byHand("createVolume", {
      name: "orphan",
      diskofferingid: estate.diskOfferingId,
      zoneid: estate.zoneId,
      size: 10,
    });
    const kept = await estate.engine.create(VOLUME, inputs("orphan"));
    expect(kept.id).not.toBe(theirs);
    const again = await (await estate.nextRun()).create(VOLUME, inputs("orphan"));
    expect(again.id).toBe(kept.id);
  });

  test("T#305 xanzy#40 is imported by id and previews clean", async () => {
    const kept = await estate.engine.create(VOLUME, inputs("known", { tags: { a: "1" } }));
    const imported = await (await estate.nextRun()).import(VOLUME, kept.id);
    expect(plain((imported as Kept).inputs)).toMatchObject({ name: "known", sizeGib: 10, tags: { a: "1" } });
    expect(await estate.drift(VOLUME, imported as Kept)).toEqual({});
  });
});

describe("a snapshot policy", () => {
  test("is made, changed in place, found gone, and deleted", async () => {
    const volume = await estate.engine.create(VOLUME, inputs("snapped", { instanceId: first.id }));
    const policy = {
      volumeId: volume.id,
      intervalType: "daily",
      schedule: "00:02",
      timezone: "Asia/Seoul",
      maxSnapshots: 3,
    };
    let kept = await estate.engine.create(POLICY, policy);
    expect(await estate.drift(POLICY, kept)).toEqual({});
    kept = await estate.engine.update(POLICY, kept, { ...policy, maxSnapshots: 2, schedule: "30:03" });
    const rows = await estate.rows("listSnapshotPolicies", { volumeid: volume.id });
    expect(rows).toMatchObject([{ maxsnaps: 2, schedule: "30:03", intervaltype: 1 }]);
    expect(await estate.drift(POLICY, { ...kept, id: String(rows[0]?.id) })).toEqual({});
    for (const timezone of ["KST", "asia/seoul"]) {
      const details = expect.stringContaining(`(${timezone}): the server does not know it, and takes it for GMT`);
      await expect(estate.engine.update(POLICY, kept, { ...kept.inputs, timezone })).rejects.toMatchObject({ details });
    }
    const again = { ...policy, intervalType: "hourly", schedule: "10", timezone: "KST" };
    const failure: Failure = await estate.engine.create(POLICY, again).catch((error) => error);
    expect(failure.details).toMatch(/takes it for GMT/);
    const partial = { id: String(failure.partial?.id), inputs: again, state: failure.partial?.state ?? {} };
    const right = await estate.engine.update(POLICY, partial, { ...again, timezone: "Asia/Seoul" });
    expect(await estate.drift(POLICY, right)).toEqual({});
    await estate.byHand("deleteSnapshotPolicies", { id: String(rows[0]?.id) });
    expect(await estate.drift(POLICY, kept)).toBe("gone");
    await estate.engine.delete(POLICY, kept);
  });
});
