import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../support/processes.ts";
import { type Failure, type Kept, plain } from "../engine.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const POOL = "ceph:pool:Pool";
const gib = 2 ** 30;

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster({ managers: 3 });
  await cluster.control("POST", "config", { name: "mon_allow_pool_delete", value: "true" });
});
afterEach(() => cluster.close());

/** Resolves when a task has been accepted, and runs. */
async function underWay(): Promise<void> {
  await eventually("a task runs", async () => {
    const { executing_tasks: tasks } = (await cluster.hand.send("GET", "task")) as { executing_tasks: unknown[] };
    return tasks.length > 0;
  });
}

/** Fails over while a task runs that has been accepted already. */
async function failOverAmid(work: Promise<unknown>): Promise<void> {
  await underWay();
  await cluster.control("POST", "failover", { gapMs: 100 });
  await cluster.control("POST", "tasks", { durationMs: 0 });
  await work;
}

describe.each(["start", "end"])(
  "a manager that fails over in the middle of a task, whose work is done at its %s",
  (applies) => {
    const given = { name: "amid", quotaGib: 3, applications: ["rbd"] };
    const slowly = () => cluster.control("POST", "tasks", { durationMs: 10_000, waitMs: 0, applies });

    test("a create is found or made again, once and whole", async () => {
      await slowly();
      const made = cluster.engine.create(POOL, given);
      await failOverAmid(made);
      const kept = await made;
      const pools = (await cluster.hand.send("GET", "pool")) as { pool_name: string }[];
      expect(pools.filter(({ pool_name: name }) => name === "amid")).toHaveLength(1);
      expect(await cluster.pool("amid")).toMatchObject({ quota_max_bytes: 3 * gib });
      expect(await cluster.drift(POOL, kept)).toEqual({});
    });

    test("an update arrives", async () => {
      const kept = await cluster.engine.create(POOL, given);
      await slowly();
      const updated = cluster.engine.update(POOL, kept, { ...given, quotaGib: 9 });
      await failOverAmid(updated);
      expect(await cluster.pool("amid")).toMatchObject({ quota_max_bytes: 9 * gib });
      expect(await cluster.drift(POOL, await updated)).toEqual({});
    });

    test("a delete is finished", async () => {
      const kept = await cluster.engine.create(POOL, given);
      await slowly();
      await failOverAmid(cluster.engine.delete(POOL, kept));
      expect(await cluster.pool("amid")).toBeUndefined();
    });
  },
);

describe("when an answer or a request is lost", () => {
  test.each([
    ["drop", POOL, "POST /api/pool", { name: "once" }],
    ["drop-before", POOL, "POST /api/pool", { name: "once" }],
    ["drop", "ceph:pool:ErasureCodeProfile", "POST /api/erasure_code_profile", { name: "once", k: 2, m: 1 }],
    ["drop", "ceph:pool:CrushRule", "POST /api/crush_rule", { name: "once", deviceClass: "ssd" }],
    ["drop", "ceph:auth:User", "POST /api/cluster/user", { entity: "client.once", caps: { mon: "allow r" } }],
    ["drop", "ceph:fs:Filesystem", "POST /api/cephfs", { name: "once" }],
    ["drop", "ceph:rgw:RgwUser", "POST /api/rgw/user", { uid: "once", displayName: "Once", quotaGib: 3 }],
    ["drop-before", "ceph:rgw:RgwUser", "POST /api/rgw/user", { uid: "once", displayName: "Once", quotaGib: 3 }],
  ])("(%s) a %s is made once, whole, and deleted", async (kind, token, endpoint, given) => {
    await cluster.control("POST", "faults", { endpoint, kind });
    const kept = await cluster.engine.create(token, given);
    expect(await cluster.drift(token, kept)).toEqual({});
    await cluster.control("POST", "faults", { endpoint: "*", kind });
    await cluster.engine.delete(token, kept);
    expect(await cluster.drift(token, kept)).toBe("gone");
  });
});

test("a create that fails half way leaves the id in the state, and the next run finishes it", async () => {
  const USER = "ceph:rgw:RgwUser";
  const given = { uid: "half", displayName: "Half", quotaGib: 3 };
  const fault = { kind: "error", status: 500, detail: "the gateway is tired", component: "rgw" };
  await cluster.control("POST", "faults", { endpoint: "PUT /api/rgw/user/{uid}/quota", ...fault });
  const failure: Failure = await cluster.engine.create(USER, given).catch((error) => error);
  expect(failure.details).toMatch(/PUT \/api\/rgw\/user\/\{uid\}\/quota: the gateway is tired/);
  const { partial } = failure;
  expect(partial?.id).toBe("half");
  const kept: Kept = { id: "half", inputs: partial?.inputs ?? {}, state: partial?.state ?? {} };
  const next = await cluster.nextRun();
  const live = (await next.read(USER, kept)) as Kept;
  expect((await next.diff(USER, live, given)).changes).toEqual({ quotaGib: "update" });
  expect(await cluster.drift(USER, await next.update(USER, live, given))).toEqual({});
});

const squeezed = { compressionMode: "force", compressionAlgorithm: "lz4" } as const;

test.each([
  ["a quota", {}, { quotaGib: 7 }],
  ["what it is for", { applications: ["rbd"] }, { applications: ["rbd", "more"] }],
  ["compression", {}, squeezed],
  ["no compression", squeezed, {}],
])(
  "an edit (%s) that is dropped because another one of the same pool is under way, is sent again",
  async (what, was, is) => {
    const name = `busy with ${what}`.replaceAll(" ", "-");
    const kept = await cluster.engine.create(POOL, { name, ...was });
    await cluster.control("POST", "tasks", { durationMs: 600, waitMs: 0 });
    const other = cluster.hand.send("PUT", "pool/{name}", { path: { name }, body: { quota_max_objects: 5 } });
    await underWay();
    const [after] = await Promise.all([cluster.engine.update(POOL, kept, { name, ...is }), other]);
    const { applications, compressionMode, compressionAlgorithm, quotaGib } = plain(after.state);
    expect({ applications, compressionMode, compressionAlgorithm, quotaGib }).toEqual({ quotaGib: 0, ...is });
    expect(await cluster.drift(POOL, after)).toEqual({ quotaObjects: "update" });
  },
);

test("the session runs out between a task's acceptance and its end", async () => {
  await cluster.control("POST", "tokens", { ttlSeconds: 60 });
  const engine = await cluster.nextRun();
  await cluster.control("POST", "tasks", { durationMs: 600, waitMs: 0 });
  const made = engine.create(POOL, { name: "late" });
  await underWay();
  await cluster.control("POST", "clock", { offsetSeconds: 120 });
  expect((await made).id).toBe(String((await cluster.pool("late"))?.pool));
});

test("customTimeouts end the wait, and what was begun is recorded", async () => {
  await cluster.control("POST", "tasks", { durationMs: 60_000, waitMs: 0 });
  const failure: Failure = await cluster.engine.create(POOL, { name: "slow" }, { timeout: 3 }).catch((error) => error);
  expect(failure.details).toMatch(
    /POST \/api\/pool: the task was still running.*not finished within the timeout of 3 s/,
  );
  expect(failure.partial?.id).toBe(String((await cluster.pool("slow"))?.pool));
});

test("a refresh of many resources reads each list once", async () => {
  const kept = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      cluster.engine.create(POOL, { name: `pool-${index}`, pgAutoscaleMode: "off", pgNum: 1 }),
    ),
  );
  const next = await cluster.nextRun();
  await cluster.calls();
  await Promise.all(kept.map((one) => next.read(POOL, one)));
  expect((await cluster.calls())["GET /api/pool"]).toBe(1);
});
