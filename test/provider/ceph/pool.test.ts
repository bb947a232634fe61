import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Kept, plain } from "../engine.ts";
import { type Cluster, failureOf, startCluster } from "./cluster.ts";

const POOL = "ceph:pool:Pool";
const gib = 2 ** 30;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ seed: "enterprise" });
  await cluster.control("POST", "config", { name: "mon_allow_pool_delete", value: "true" });
});
afterAll(() => cluster.close());

describe("a pool's life", () => {
  test("is made whole, is quiet afterwards, changes in place, and goes", async () => {
    const given = {
      name: "tenant-a",
      size: 2,
      minSize: 1,
      quotaGib: 100,
      compressionMode: "aggressive",
      compressionAlgorithm: "zstd",
      compressionRequiredRatio: 0.875,
      applications: ["rbd"],
    };
    const kept = await cluster.engine.create(POOL, given);
    expect(await cluster.pool("tenant-a")).toMatchObject({
      type: "replicated",
      size: 2,
      min_size: 1,
      quota_max_bytes: 100 * gib,
      options: { compression_mode: "aggressive", compression_algorithm: "zstd", compression_required_ratio: 0.875 },
      pg_autoscale_mode: "on",
    });
    expect(kept.id).toBe(String((await cluster.pool("tenant-a"))?.pool));
    expect(await cluster.drift(POOL, kept)).toEqual({});

    const changed = {
      ...given,
      size: 3,
      quotaGib: 200,
      applications: ["rbd", "extra"],
      pgAutoscaleMode: "warn",
      pgNum: 16,
    };
    const after = await cluster.engine.update(POOL, kept, changed);
    expect(await cluster.pool("tenant-a")).toMatchObject({
      size: 3,
      min_size: 1,
      quota_max_bytes: 200 * gib,
      pg_num: 16,
    });
    expect(await cluster.drift(POOL, after)).toEqual({});
    await cluster.engine.delete(POOL, after);
    expect(await cluster.drift(POOL, after)).toBe("gone");
    await cluster.engine.delete(POOL, after);
  });

  test("quota and compression are cleared by what clears them: an explicit 0, and `unset`", async () => {
    const given = {
      name: "clear",
      quotaGib: 5,
      quotaObjects: 7,
      compressionMode: "force",
      compressionAlgorithm: "lz4",
    };
    const kept = await cluster.engine.create(POOL, given);
    const bare = await cluster.engine.update(POOL, kept, { name: "clear" });
    expect(await cluster.pool("clear")).toMatchObject({ quota_max_bytes: 0, quota_max_objects: 0, options: {} });
    expect(await cluster.drift(POOL, bare)).toEqual({});
    await cluster.engine.delete(POOL, bare);
  });

  test("is renamed in place, and keeps its data", async () => {
    const kept = await cluster.engine.create(POOL, { name: "before" });
    const renamed = await cluster.engine.update(POOL, kept, { name: "after" });
    expect(renamed.id).toBe(kept.id);
    expect(await cluster.pool("before")).toBeUndefined();
    expect(await cluster.drift(POOL, renamed)).toEqual({});
    await cluster.engine.delete(POOL, renamed);
  });

  test("that holds data keeps its name: clients and capabilities go by it", async () => {
    const kept = await cluster.engine.create(POOL, { name: "volumes", quotaGib: 9 });
    await cluster.control("POST", "use", { pool: "volumes", bytes: 2 * gib });
    const refused = await failureOf(cluster.engine.update(POOL, kept, { name: "other", quotaGib: 10 }));
    expect(refused.details).toMatch(/update of pool volumes .*\(name other\): 2 GiB are stored.*\n.*keep the name/);
    // Nothing of the update has been begun.
    expect(await cluster.pool("volumes")).toMatchObject({ quota_max_bytes: 9 * gib });
    await cluster.engine.delete(POOL, kept);
  });

  test("an erasure pool takes its rule along when it goes", async () => {
    const profile = await cluster.engine.create("ceph:pool:ErasureCodeProfile", { name: "ec42", k: 4, m: 2 });
    const given = { name: "cold", type: "erasure", erasureCodeProfile: "ec42", ecOverwrites: true };
    const kept = await cluster.engine.create(POOL, given);
    expect(await cluster.pool("cold")).toMatchObject({ type: "erasure", size: 6, erasure_code_profile: "ec42" });
    expect(plain(kept.state)).toMatchObject({ ecOverwrites: true, minSize: 5, crushRule: "cold" });
    expect(await cluster.drift(POOL, kept)).toEqual({});
    const inUse = await failureOf(cluster.engine.delete("ceph:pool:ErasureCodeProfile", profile));
    expect(inUse.details).toMatch(
      /DELETE \/api\/erasure_code_profile\/\{name\}.*(HTTP 400|code 16)[\s\S]*still uses it/,
    );
    await cluster.engine.delete(POOL, kept);
    await cluster.engine.delete("ceph:pool:ErasureCodeProfile", profile);
    const rules = (await cluster.hand.send("GET", "crush_rule", { version: "2.0" })) as { rule_name: string }[];
    expect(rules.map((rule) => rule.rule_name)).toEqual(["replicated_rule"]);
  });

  test("what is changed by hand is seen, property by property, and put right", async () => {
    const given = { name: "drift", quotaGib: 5, compressionMode: "passive", applications: ["rbd", "mine"] };
    const kept = await cluster.engine.create(POOL, given);
    const body = { quota_max_bytes: gib + 1, compression_mode: "none", application_metadata: ["rgw", "mine", "rbd"] };
    await cluster.hand.send("PUT", "pool/{name}", { path: { name: "drift" }, body });
    expect(await cluster.drift(POOL, kept)).toEqual({
      quotaGib: "update",
      compressionMode: "update",
      "applications[2]": "delete",
    });
    const live = (await (await cluster.nextRun()).read(POOL, kept)) as Kept;
    const repaired = await cluster.engine.update(POOL, live, given);
    expect(await cluster.drift(POOL, repaired)).toEqual({});
    await cluster.engine.delete(POOL, repaired);
    expect(await cluster.engine.read(POOL, kept)).toBeUndefined();
  });

  test("is imported by name, and the import is what is there", async () => {
    const body = {
      pool: "byhand",
      pg_num: 8,
      pool_type: "replicated",
      application_metadata: ["rbd"],
      quota_max_bytes: 3 * gib,
    };
    await cluster.hand.send("POST", "pool", { body });
    const kept = (await cluster.engine.import(POOL, "byhand")) as Kept;
    expect(plain(kept.inputs)).toEqual({
      name: "byhand",
      type: "replicated",
      ecOverwrites: false,
      size: 3,
      minSize: 2,
      crushRule: "replicated_rule",
      pgAutoscaleMode: "on",
      quotaGib: 3,
      quotaObjects: 0,
      applications: ["rbd"],
    });
    expect(await cluster.drift(POOL, kept)).toEqual({});
    expect((await cluster.engine.import(POOL, kept.id))?.id).toBe(kept.id);
    expect(await cluster.engine.import(POOL, "nowhere")).toBeUndefined();
    await cluster.engine.delete(POOL, kept);
  });
});

describe("what Ceph would take in silence", () => {
  test("a foreign pool is never adopted: the error names pulumi import, and nothing changes", async () => {
    await cluster.hand.send("POST", "pool", { body: { pool: "foreign", pg_num: 8, pool_type: "replicated" } });
    const before = await cluster.pool("foreign");
    const failure = await failureOf(cluster.engine.create(POOL, { name: "foreign", size: 2 }));
    expect(failure.details).toMatch(/create failed \[urn:.*\(foreign\): there is one already.*\n.*pulumi import/);
    expect(failure.partial).toBeUndefined();
    expect(await cluster.pool("foreign")).toEqual(before);
  });

  test("the leftover of an interrupted create is recognised by its mark, and finished", async () => {
    const made = await cluster.engine.create(POOL, { name: "killed", quotaGib: 1 });
    const next = await cluster.nextRun();
    const again = await next.create(POOL, { name: "killed", quotaGib: 2, applications: ["rbd"] });
    expect(again.id).toBe(made.id);
    expect(await cluster.pool("killed")).toMatchObject({ quota_max_bytes: 2 * gib });
    expect(plain(again.state).applications).toEqual(["rbd"]);
    const other = await failureOf(next.create(POOL, { name: "killed" }, { name: "somebody-else" }));
    expect(other.details).toMatch(/already/);
    await next.delete(POOL, again);
  });

  test("two resources of one program that are made at the same moment do not share a pool", async () => {
    const both = await Promise.allSettled([
      cluster.engine.create(POOL, { name: "shared" }, { name: "one" }),
      cluster.engine.create(POOL, { name: "shared" }, { name: "two" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("two programs that are made at the same moment do not share a pool", async () => {
    const [left, right] = [await cluster.nextRun(), await cluster.nextRun()];
    await cluster.control("POST", "faults", { endpoint: "POST /api/pool", kind: "slow", delayMs: 200, times: 2 });
    const both = await Promise.allSettled([
      left.create(POOL, { name: "race" }, { name: "one" }),
      right.create(POOL, { name: "race" }, { name: "two" }),
    ]);
    expect(both.filter(({ status }) => status === "fulfilled").length).toBeLessThan(2);
  });

  test("a pool with the marks of two is nobody's", async () => {
    const kept = await cluster.engine.create(POOL, { name: "two-marks" });
    const { application_metadata: marks } = (await cluster.pool("two-marks")) as { application_metadata: string[] };
    const body = { application_metadata: [...marks, "pulumi.0123456789abcdef"] };
    await cluster.hand.send("PUT", "pool/{name}", { path: { name: "two-marks" }, body });
    const failure = await failureOf((await cluster.nextRun()).create(POOL, { name: "two-marks" }));
    expect(failure.details).toMatch(/pulumi import/);
    await cluster.engine.update(POOL, kept, { name: "two-marks", applications: ["rbd"] });
    const after = (await cluster.pool("two-marks")) as { application_metadata: string[] };
    expect(after.application_metadata).toEqual([...marks, "pulumi.0123456789abcdef", "rbd"].sort());
    await cluster.engine.delete(POOL, kept);
  });

  test("a quota below what is stored is refused, with both numbers; one above it is not", async () => {
    const kept = await cluster.engine.create(POOL, { name: "full", quotaGib: 10 });
    await cluster.control("POST", "use", { pool: "full", bytes: 5.5 * gib });
    const failure = await failureOf(cluster.engine.update(POOL, kept, { name: "full", quotaGib: 5 }));
    expect(failure.details).toMatch(/quotaGib 5\): 5\.5 GiB are stored/);
    expect(await cluster.pool("full")).toMatchObject({ quota_max_bytes: 10 * gib });
    const after = await cluster.engine.update(POOL, kept, { name: "full", quotaGib: 6 });
    expect(await cluster.drift(POOL, after)).toEqual({});
    await cluster.engine.delete(POOL, after);
  });

  test("without mon_allow_pool_delete nothing is deleted, and the command is named", async () => {
    const kept = await cluster.engine.create(POOL, { name: "protected" });
    await cluster.control("POST", "config", { name: "mon_allow_pool_delete", value: "false" });
    const failure = await failureOf(cluster.engine.delete(POOL, kept));
    expect(failure.details).toMatch(
      /DELETE \/api\/pool\/\{name\}.*HTTP 400; code 1\b[\s\S]*ceph config set mon mon_allow_pool_delete true/,
    );
    expect(await cluster.pool("protected")).toBeDefined();
    await cluster.control("POST", "config", { name: "mon_allow_pool_delete", value: "true" });
    await cluster.engine.delete(POOL, kept);
  });
});

describe("rules", () => {
  test("all broken ones at once, each with its path", async () => {
    const given = {
      name: "x",
      size: 2,
      minSize: 3,
      pgNum: 8,
      compressionAlgorithm: "lz4",
      erasureCodeProfile: "p",
      quotaGib: -1,
    };
    const { failures } = await cluster.engine.check(POOL, given);
    expect(Object.keys(failures).sort()).toEqual([
      "compressionAlgorithm",
      "erasureCodeProfile",
      "minSize",
      "pgNum",
      "quotaGib",
    ]);
    const erasure = await cluster.engine.check(POOL, { name: "x", type: "erasure", size: 3 });
    expect(Object.keys(erasure.failures).sort()).toEqual(["erasureCodeProfile", "size"]);
    const off = await cluster.engine.check(
      POOL,
      { name: "x", type: "erasure", erasureCodeProfile: "p" },
      { name: "x", ecOverwrites: true },
    );
    expect(off.failures.ecOverwrites).toMatch(/cannot be switched off/);
  });
});
