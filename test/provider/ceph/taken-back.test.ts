/** A pool's replacement broke off and was taken back: its data must outlive the deletion of the old record. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "./cluster.ts";

const POOL = "ceph:pool:Pool";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ seed: "enterprise" });
  await cluster.control("POST", "config", { name: "mon_allow_pool_delete", value: "true" });
});
afterAll(() => cluster.close());

test.each(["in the same run", "in the next run, when that one broke off, too"])("%s", async (when) => {
  const name = when === "in the same run" ? "tenant-a" : "tenant-b";
  const given = { name, type: "replicated", size: 2, minSize: 1, applications: ["rbd"] };
  const another = { ...given, name: `${name}-2` };
  const old = await cluster.engine.create(POOL, given, { name });
  const first = await cluster.nextRun();
  await first.diff(POOL, old, another);
  const second = await first.create(POOL, another, { name });

  const back = await cluster.nextRun();
  await back.diff(POOL, second, given);
  const live = await back.create(POOL, given, { name });
  expect(live.id).toBe(old.id);
  const last = when === "in the same run" ? back : await cluster.nextRun();
  await last.diff(POOL, live, given);
  await last.delete(POOL, old);
  await last.delete(POOL, second);
  expect(String((await cluster.pool(name))?.pool)).toBe(live.id);
  expect(await cluster.pool(another.name)).toBeUndefined();
  await (await cluster.nextRun()).delete(POOL, live);
  expect(await cluster.pool(name)).toBeUndefined();
});
