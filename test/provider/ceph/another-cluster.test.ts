/** The dashboard of another cluster, by a wrong address: numbers and names are the same there, and mean somebody else's data. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Kept } from "../engine.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const POOL = "ceph:pool:Pool";
const USER = "ceph:auth:User";

let ours: Cluster;
let theirs: Cluster;
beforeAll(async () => {
  [ours, theirs] = await Promise.all([
    startCluster({ seed: "enterprise" }),
    startCluster({ seed: "enterprise", randomSeed: 2 }),
  ]);
});
afterAll(() => Promise.all([ours.close(), theirs.close()]));

test("a pool's number is another pool there, which is neither read, changed nor deleted", async () => {
  const given = { name: "tenant-a", quotaGib: 100 };
  const kept = await ours.engine.create(POOL, given);
  const stranger = await theirs.engine.create(POOL, { name: "payroll" });
  expect(stranger.id).toBe(kept.id);
  await refusedEverywhere(POOL, kept, { ...given, quotaGib: 200 });
  expect(await theirs.pool("payroll")).toMatchObject({ quota_max_bytes: 0 });
});

test("a user of the same name there keeps its key and its capabilities", async () => {
  const given = { entity: "client.tenant-a", caps: { mon: "profile rbd" } };
  const kept = await ours.engine.create(USER, given);
  const stranger = await theirs.engine.create(USER, given);
  await refusedEverywhere(USER, kept, { ...given, caps: { mon: "allow r" } });
  expect(await theirs.drift(USER, stranger)).toEqual({});
});

test("what was imported belongs to its cluster, too", async () => {
  const given = { name: "adopted", quotaGib: 10 };
  await ours.engine.create(POOL, given);
  const imported = (await (await ours.nextRun()).import(POOL, "adopted")) as Kept;
  expect(await ours.drift(POOL, imported)).toEqual({});
  await refusedEverywhere(POOL, imported, { ...given, quotaGib: 20 });
});

test("a state from before clusters were told apart is read as it was, and is told apart after its next update", async () => {
  const { state, ...kept } = await ours.engine.create(POOL, { name: "old" });
  const { __server: _, ...unstamped } = state;
  const old = { ...kept, state: unstamped };
  expect(await ours.drift(POOL, old)).toEqual({});
  const updated = await ours.engine.update(POOL, old, { name: "old", quotaGib: 1 });
  await refusedEverywhere(POOL, updated, { name: "old", quotaGib: 2 });
});

async function refusedEverywhere(token: string, kept: Kept, changed: Record<string, unknown>): Promise<void> {
  const next = await theirs.nextRun();
  const calls = [
    () => next.read(token, kept),
    () => next.update(token, kept, changed as Kept["inputs"], { preview: true }),
    () => next.update(token, kept, changed as Kept["inputs"]),
    () => next.delete(token, kept),
  ];
  for (const call of calls) {
    await expect(call()).rejects.toMatchObject({ details: expect.stringMatching(/made on another server/) });
  }
}
