import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "../../../provider/core/values.ts";
import { type Kept, plain } from "../engine.ts";
import { type Cluster, failureOf, startCluster } from "./cluster.ts";

const gib = 2 ** 30;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());

describe("RgwUser and RgwBucket", () => {
  const USER = "ceph:rgw:RgwUser";
  const BUCKET = "ceph:rgw:RgwBucket";

  test("a tenant's user has a key and a quota, and is never a system user", async () => {
    const given = { uid: "city$docs", displayName: "Documents", email: "d@city.kr", maxBuckets: 5, quotaGib: 50 };
    const kept = await cluster.engine.create(USER, given);
    expect(kept.state.accessKey).toBeInstanceOf(Secret);
    expect(kept.state.secretKey).toBeInstanceOf(Secret);
    expect(await cluster.drift(USER, kept)).toEqual({});
    const path = { uid: "city$docs" };
    await cluster.hand.send("PUT", "rgw/user/{uid}", { path, body: { system: true } });
    const changed = { uid: "city$docs", displayName: "Docs", suspended: true };
    const after = await cluster.engine.update(USER, kept, changed);
    expect(await cluster.hand.send("GET", "rgw/user/{uid}", { path })).toMatchObject({
      system: false,
      suspended: 1,
      display_name: "Docs",
      max_buckets: 1000,
      email: "",
      user_quota: { enabled: false },
    });
    expect(await cluster.drift(USER, after)).toEqual({});
    await cluster.engine.delete(USER, after);
    expect(await cluster.drift(USER, after)).toBe("gone");
  });

  test("a system user is not taken over", async () => {
    await cluster.hand.send("POST", "rgw/user", { body: { uid: "boss", display_name: "Boss", system: true } });
    expect((await failureOf(cluster.engine.import(USER, "boss"))).details).toMatch(/system user.*\n.*radosgw-admin/);
    const again = (await cluster.nextRun()).create(USER, { uid: "boss", displayName: "Boss" });
    expect((await failureOf(again)).details).toMatch(/system user/);
  });

  test("capabilities of an administrator are not taken over, and the next change takes them away", async () => {
    const path = { uid: "clerk" };
    const given = { uid: "clerk", displayName: "Clerk" };
    const kept = await cluster.engine.create(USER, given);
    for (const [type, perm] of [
      ["users", "*"],
      ["buckets", "read"],
    ]) {
      await cluster.hand.send("POST", "rgw/user/{uid}/capability", { path, body: { type, perm } });
    }
    const next = await cluster.nextRun();
    expect((await failureOf(next.import(USER, "clerk"))).details).toMatch(
      /users=\*, buckets=read[\s\S]*radosgw-admin caps rm/,
    );
    expect((await failureOf((await cluster.nextRun()).create(USER, given))).details).toMatch(/users=\*, buckets=read/);
    await next.update(USER, kept, { ...given, maxBuckets: 7 });
    expect(await cluster.hand.send("GET", "rgw/user/{uid}", { path })).toMatchObject({ caps: [], max_buckets: 7 });
    await next.delete(USER, kept);
  });

  describe("a bucket", () => {
    let owner: Kept;
    beforeAll(async () => {
      owner = await cluster.engine.create(USER, { uid: "city$files", displayName: "Files" });
    });
    afterAll(() => cluster.engine.delete(USER, owner));
    const lifecycle = [
      { id: "old", prefix: "raw/", expirationDays: 30 },
      { id: "rest", noncurrentExpirationDays: 7, abortIncompleteUploadDays: 2, enabled: false },
    ];

    test("whose owner is suspended cannot be looked into: it stays as it was known, and goes", async () => {
      const locked = await cluster.engine.create(USER, { uid: "locked-out", displayName: "L", quotaGib: 1 });
      const kept = await cluster.engine.create(BUCKET, { name: "closed", owner: "locked-out", versioning: true });
      const suspended = { uid: "locked-out", displayName: "L", quotaGib: 1, suspended: true };
      const shut = await cluster.engine.update(USER, locked, suspended);
      expect(await cluster.drift(BUCKET, kept)).toEqual({});
      expect(plain(((await (await cluster.nextRun()).read(BUCKET, kept)) as Kept).state)).toEqual(plain(kept.state));
      const refused = await failureOf((await cluster.nextRun()).import(BUCKET, "closed"));
      expect(refused.details).toMatch(/its owner locked-out is suspended[\s\S]*suspended: false/);
      await cluster.engine.delete(BUCKET, kept);
      expect(await cluster.drift(BUCKET, kept)).toBe("gone");
      await cluster.engine.delete(USER, shut);
    });

    test("keeps versions and has a lifecycle, which other changes do not take away", async () => {
      const given = { name: "archive", owner: "city$files", versioning: true, lifecycle };
      const kept = await cluster.engine.create(BUCKET, given);
      expect(kept.id).toBe("city/archive");
      expect(await cluster.drift(BUCKET, kept)).toEqual({});
      const suspended = await cluster.engine.update(BUCKET, kept, { ...given, versioning: false });
      expect(plain(suspended.state)).toMatchObject({ versioning: false, lifecycle });
      expect(await cluster.drift(BUCKET, suspended)).toEqual({});
      const one = await cluster.engine.update(BUCKET, suspended, {
        ...given,
        versioning: false,
        lifecycle: lifecycle.slice(0, 1),
      });
      expect(await cluster.drift(BUCKET, one)).toEqual({});
      const none = await cluster.engine.update(BUCKET, one, {
        name: "archive",
        owner: "city$files",
        versioning: false,
      });
      expect(plain(none.state).lifecycle).toBeUndefined();
      const imported = (await cluster.engine.import(BUCKET, "city/archive")) as Kept;
      expect(plain(imported.inputs)).toMatchObject({
        name: "archive",
        owner: "city$files",
        versioning: false,
        lockEnabled: false,
      });
      expect(await cluster.drift(BUCKET, imported)).toEqual({});
      await cluster.engine.delete(BUCKET, none);
      expect(await cluster.drift(BUCKET, none)).toBe("gone");
    });

    test("an update keeps encryption that was switched on by hand", async () => {
      const kept = await cluster.engine.create(BUCKET, { name: "sealed", owner: "city$files" });
      const row = (await cluster.hand.send("GET", "rgw/bucket/{bucket}", { path: { bucket: "city/sealed" } })) as {
        id: string;
      };
      const body = { bucket_id: row.id, uid: "city$files", encryption_state: true, encryption_type: "AES256" };
      await cluster.hand.send("PUT", "rgw/bucket/{bucket}", { path: { bucket: "city/sealed" }, body });
      const after = await cluster.engine.update(BUCKET, kept, {
        name: "sealed",
        owner: "city$files",
        versioning: true,
      });
      expect(await cluster.hand.send("GET", "rgw/bucket/{bucket}", { path: { bucket: "city/sealed" } })).toMatchObject({
        encryption: "Enabled",
        versioning: "Enabled",
      });
      await cluster.engine.delete(BUCKET, after);
    });

    test("is locked for good, and its lock survives an update", async () => {
      const given = {
        name: "worm",
        owner: "city$files",
        lockEnabled: true,
        lockMode: "GOVERNANCE",
        lockRetentionDays: 30,
      };
      const kept = await cluster.engine.create(BUCKET, given);
      expect(plain(kept.state)).toMatchObject({ versioning: true, lockMode: "GOVERNANCE", lockRetentionDays: 30 });
      expect(await cluster.drift(BUCKET, kept)).toEqual({});
      const after = await cluster.engine.update(BUCKET, kept, { ...given, lockRetentionDays: 60 });
      expect(await cluster.drift(BUCKET, after)).toEqual({});
      expect((await cluster.engine.diff(BUCKET, after, { name: "worm", owner: "city$files" })).changes).toMatchObject({
        lockEnabled: "update_replace",
      });
      await cluster.engine.delete(BUCKET, after);
    });

    test("with objects is never deleted unless the program says so", async () => {
      const given = { name: "filled", owner: "city$files" };
      const kept = await cluster.engine.create(BUCKET, given);
      await cluster.control("POST", "use", { bucket: "city/filled", bytes: gib, objects: 3 });
      const failure = await failureOf(cluster.engine.delete(BUCKET, kept));
      expect(failure.details).toMatch(/BucketNotEmpty[\s\S]*purgeObjectsOnDelete/);
      expect((await failureOf((await cluster.nextRun()).create(BUCKET, given))).details).toMatch(/pulumi import/);
      const purging = await cluster.engine.update(BUCKET, kept, { ...given, purgeObjectsOnDelete: true });
      await cluster.engine.delete(BUCKET, purging);
      expect(await cluster.drift(BUCKET, purging)).toBe("gone");
    });

    test("an empty one is deleted also where the API has lost the parameter, one to be purged is not", async () => {
      const given = { name: "newest", owner: "city$files" };
      const unknown = {
        kind: "error",
        status: 404,
        page: true,
        detail: "Unexpected query string parameters: purge_objects",
      };
      const fault = { endpoint: "DELETE /api/rgw/bucket/{bucket}", ...unknown };
      const kept = await cluster.engine.create(BUCKET, given);
      const purging = await cluster.engine.update(BUCKET, kept, { ...given, purgeObjectsOnDelete: true });
      await cluster.control("POST", "faults", fault);
      expect((await failureOf(cluster.engine.delete(BUCKET, purging))).details).toMatch(/purge_objects/);
      await cluster.control("POST", "faults", fault);
      await cluster.engine.delete(BUCKET, kept);
      expect(await cluster.drift(BUCKET, kept)).toBe("gone");
    });

    test("has rules", async () => {
      const base = { name: "b1b", owner: "city$files" };
      const lockless = await cluster.engine.check(BUCKET, {
        ...base,
        lockRetentionDays: 3,
        lifecycle: [{ id: "nothing" }],
      });
      expect(Object.keys(lockless.failures).sort()).toEqual(["lifecycle[0]", "lockRetentionDays"]);
      const locked = await cluster.engine.check(BUCKET, { ...base, lockEnabled: true, versioning: false });
      expect(Object.keys(locked.failures).sort()).toEqual(["lockMode", "lockRetentionDays", "versioning"]);
      const moved = await cluster.engine.check(BUCKET, { ...base, owner: "town$x" }, base);
      expect(moved.failures.owner).toMatch(/cannot leave tenant city/);
    });
  });
});

test("on Reef everything but lifecycles works, and those say which version they need", async () => {
  const reef = await startCluster({ release: "reef" });
  try {
    await reef.engine.create("ceph:rgw:RgwUser", { uid: "u", displayName: "U" });
    const given = { name: "bucket", owner: "u", versioning: true };
    const kept = await reef.engine.create("ceph:rgw:RgwBucket", given);
    const after = await reef.engine.update("ceph:rgw:RgwBucket", kept, { ...given, versioning: false });
    expect(await reef.drift("ceph:rgw:RgwBucket", after)).toEqual({});
    const lifecycle = [{ id: "old", expirationDays: 1 }];
    const failure = await failureOf(
      reef.engine.update("ceph:rgw:RgwBucket", after, { ...given, versioning: false, lifecycle }),
    );
    expect(failure.details).toMatch(/PUT \/api\/rgw\/bucket\/[\s\S]*lifecycle[\s\S]*19\.2 or newer/);
    const { deviceClasses } = (await reef.engine.invoke("ceph:cluster:getCapacity", {})) as {
      deviceClasses: { osds: number }[];
    };
    expect(deviceClasses.map(({ osds }) => osds)).toEqual([6, 12]);
  } finally {
    await reef.close();
  }
});
