import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CephSeed, cephSeeds } from "../../../emulator/ceph/seed.ts";
import type { CephEmulatorOptions } from "../../../emulator/ceph/server.ts";
import { type Kept, plain, type TestEngine } from "../engine.ts";
import { type Cluster, failureOf, startCluster } from "./cluster.ts";

const TARGET = "ceph:rgw:RgwPlacementTarget";
const CLASS = "ceph:rgw:RgwStorageClass";
const BUCKET = "ceph:rgw:RgwBucket";
const target = { name: "cold", indexPool: "cold.index", dataPool: "cold", dataExtraPool: "cold.non-ec" };
const squeezed = { placementTarget: "cold", name: "SQUEEZED", dataPool: "cold", compression: "zstd" };
const compress = [{ id: "compress", transitionDays: 90, transitionStorageClass: "SQUEEZED" }];

const clusters: Cluster[] = [];
afterAll(() => Promise.all(clusters.map((one) => one.close())));

/** A cluster with an erasure coded pool for objects, a replicated one for indexes, and an owner of buckets. */
async function start(options: CephEmulatorOptions = {}): Promise<Cluster> {
  const cluster = await startCluster({ seed: "enterprise", ...options });
  clusters.push(cluster);
  const { engine } = cluster;
  await engine.create("ceph:pool:ErasureCodeProfile", { name: "ec42", k: 4, m: 2 });
  const rgw = { applications: ["rgw"] };
  await engine.create("ceph:pool:Pool", { name: "cold", type: "erasure", erasureCodeProfile: "ec42", ...rgw });
  for (const name of ["cold.index", "cold.non-ec"]) await engine.create("ceph:pool:Pool", { name, ...rgw });
  await engine.create("ceph:rgw:RgwUser", { uid: "city", displayName: "City" });
  return cluster;
}

const withoutRealm = (): CephSeed => {
  const { realm: _, ...seed } = cephSeeds.enterprise;
  return seed;
};

const bucketIn = (cluster: Cluster, name: string) =>
  cluster.hand.send("GET", "rgw/bucket/{bucket}", { path: { bucket: name } });
const zone = async ({ hand }: Cluster) =>
  JSON.stringify(await hand.send("GET", "rgw/zone/{zone}", { path: { zone: "default" } }));

describe.each(["squid", "tentacle"] as const)("on %s", (release) => {
  let cluster: Cluster;
  let engine: TestEngine;
  let made: Kept;
  let own: Kept;
  let bucket: Kept;
  beforeAll(async () => {
    cluster = await start({ release });
    engine = cluster.engine;
  });

  test("a placement target, a storage class and a bucket in them are made, read, imported and quiet", async () => {
    made = await engine.create(TARGET, target);
    expect(plain(made.state)).toMatchObject({ ...target, compression: "none", zone: "default", zonegroup: "default" });
    own = await engine.create(CLASS, squeezed);
    expect(own.id).toBe("cold/SQUEEZED");
    bucket = await engine.create(BUCKET, {
      ...{ name: "papers", owner: "city", placementTarget: "cold", versioning: true },
      lifecycle: compress,
    });
    expect(await bucketIn(cluster, "papers")).toMatchObject({ placement_rule: "cold" });
    expect(plain(bucket.state)).toMatchObject({ placementTarget: "cold", lifecycle: compress });
    for (const [token, kept] of [[TARGET, made] as const, [CLASS, own] as const, [BUCKET, bucket] as const]) {
      expect(await cluster.drift(token, kept)).toEqual({});
    }
    const imported = (await (await cluster.nextRun()).import(TARGET, "cold")) as Kept;
    expect(plain(imported.inputs)).toEqual({ ...target, compression: "none" });
    const classToo = (await (await cluster.nextRun()).import(CLASS, "cold/SQUEEZED")) as Kept;
    expect(plain(classToo.inputs)).toEqual(squeezed);
  });

  test("a change of compression leaves everything else of the target as it is", async () => {
    made = await engine.update(TARGET, made, { ...target, compression: "lz4" });
    own = await engine.update(CLASS, own, { ...squeezed, compression: "zlib" });
    expect(await zone(cluster)).toContain(
      JSON.stringify({
        index_pool: "cold.index",
        storage_classes: {
          STANDARD: { data_pool: "cold", compression_type: "lz4" },
          SQUEEZED: { data_pool: "cold", compression_type: "zlib" },
        },
        data_extra_pool: "cold.non-ec",
      }).slice(0, -1),
    );
    expect(await cluster.drift(TARGET, made)).toEqual({});
    expect(await cluster.drift(CLASS, own)).toEqual({});
  });

  test("a bucket stays where it is: another placement target is refused, and nothing is purged", async () => {
    const given = { name: "papers", owner: "city", versioning: true, lifecycle: compress };
    const moved = { ...given, placementTarget: "default-placement" };
    const { failures } = await engine.check(BUCKET, moved, bucket.inputs);
    expect(failures.placementTarget).toMatch(/the bucket stays in cold → that, or a new bucket/);
    await cluster.control("POST", "use", { bucket: "papers", bytes: 4096, objects: 2 });
    expect((await failureOf(engine.create(BUCKET, moved))).details).toMatch(/there is one already|has it already/);
    expect(await bucketIn(cluster, "papers")).toMatchObject({ placement_rule: "cold", usage: { "rgw.main": {} } });
  });

  test("a transition to a class that is not there would do nothing: refused", async () => {
    const wrong = { id: "wrong", transitionDays: 1, transitionStorageClass: "GLACIER" };
    const given = { name: "papers", owner: "city", placementTarget: "cold", versioning: true };
    const failure = await failureOf(engine.update(BUCKET, bucket, { ...given, lifecycle: [wrong] }));
    expect(failure.details).toMatch(/GLACIER[\s\S]*has the storage classes SQUEEZED, STANDARD[\s\S]*RgwStorageClass/);
    const early = engine.create(BUCKET, { ...given, name: "others", lifecycle: [wrong] });
    expect((await failureOf(early)).details).toMatch(/GLACIER/);
    await expect(bucketIn(cluster, "others")).rejects.toThrow("NoSuchBucket");
  });

  test("a class that objects may lie in is not taken away; a placement target stays in any case", async () => {
    if (release === "tentacle") {
      expect((await failureOf(engine.delete(CLASS, own))).details).toMatch(/papers[\s\S]*hold objects[\s\S]*retain/);
    }
    await cluster.control("POST", "use", { bucket: "papers", bytes: 0, objects: 0 });
    await engine.delete(BUCKET, bucket);
    await engine.delete(CLASS, own);
    await engine.delete(TARGET, made);
    expect((await zone(cluster)).includes("SQUEEZED")).toBe(release === "squid");
    expect(await cluster.drift(CLASS, own)).toEqual(release === "squid" ? {} : "gone");
    expect(await cluster.drift(TARGET, made)).toEqual({});
    // The next deployment takes over what the last one could not remove, and brings it up to date.
    const again = await (await cluster.nextRun()).create(TARGET, { ...target, compression: "lz4" });
    expect(await cluster.drift(TARGET, again)).toEqual({});
  });
});

test("the first releases that remove classes know no zone: without it then", async () => {
  const cluster = await start({ release: "tentacle" });
  await cluster.engine.create(TARGET, target);
  const own = await cluster.engine.create(CLASS, squeezed);
  const endpoint = "DELETE /api/rgw/zonegroup/storage-class/{placement_id}/{storage_class}";
  const detail = "Unexpected query string parameters: zone_name";
  await cluster.control("POST", "faults", { endpoint, kind: "error", status: 404, page: true, detail });
  await cluster.engine.delete(CLASS, own);
  expect(await cluster.drift(CLASS, own)).toBe("gone");
  // Left in the zone by that: made again, it is as it should be.
  const again = await cluster.engine.create(CLASS, { ...squeezed, compression: "lz4" });
  expect(await cluster.drift(CLASS, again)).toEqual({});
});

describe("what would go wrong without a word is refused before", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await start();
  });
  const refused = async (token: string, given: object) =>
    (await failureOf(cluster.engine.create(token, given as never))).details;

  test("pools that are not there, and erasure coded ones for an index", async () => {
    expect(await refused(TARGET, { ...target, dataPool: "gone" })).toMatch(/dataPool.*gone.*make one itself/);
    expect(await refused(TARGET, { ...target, indexPool: "cold" })).toMatch(/indexPool.*erasure coded/);
    expect(await refused(TARGET, { ...target, dataExtraPool: "cold" })).toMatch(/dataExtraPool.*erasure coded/);
    expect(await zone(cluster)).not.toContain("cold");
  });

  test("a bucket in a placement target that the gateway does not know, and a class of one", async () => {
    expect(await refused(BUCKET, { name: "lost", owner: "city", placementTarget: "nowhere" })).toMatch(
      /knows default-placement[\s\S]*RgwPlacementTarget/,
    );
    expect(await refused(CLASS, { ...squeezed, placementTarget: "nowhere" })).toMatch(/is no placement target/);
    const { failures } = await cluster.engine.check(CLASS, { ...squeezed, name: "STANDARD" });
    expect(failures.name).toMatch(/every placement target has/);
  });

  test("a class belongs to the gateway's own placement target, too", async () => {
    const given = { ...squeezed, placementTarget: "default-placement" };
    const own = await cluster.engine.create(CLASS, given);
    expect(await cluster.drift(CLASS, own)).toEqual({});
    expect(await zone(cluster)).toContain("default.rgw.buckets.non-ec");
    const kept = await cluster.engine.create(BUCKET, { name: "plain", owner: "city", lifecycle: compress });
    expect(plain(kept.state)).toMatchObject({ placementTarget: "default-placement", lifecycle: compress });
  });
});

test("targets and classes made at the same time do not undo each other, and a lost answer is asked again", async () => {
  const cluster = await start();
  await cluster.control("POST", "faults", { endpoint: "PUT /api/rgw/zone/{zone_name}", kind: "drop" });
  // While gateways read their configuration anew they answer nobody.
  const busy = { kind: "error", status: 500, detail: "RGW REST API failed request with status code 503", times: 2 };
  await cluster.control("POST", "faults", { endpoint: "GET /api/rgw/site", ...busy });
  const other = { ...target, name: "colder" };
  const kept = await Promise.all([cluster.engine.create(TARGET, target), cluster.engine.create(TARGET, other)]);
  const classes = ["A", "B", "C"].map((name) => cluster.engine.create(CLASS, { ...squeezed, name }));
  for (const one of kept) expect(await cluster.drift(TARGET, one)).toEqual({});
  for (const one of await Promise.all(classes)) expect(await cluster.drift(CLASS, one)).toEqual({});
});

test("without a realm: what to do by hand, and afterwards it is taken over", async () => {
  const cluster = await start({ seed: withoutRealm() });
  const refused = (await failureOf(cluster.engine.create(TARGET, target))).details;
  expect(refused).toMatch(/no realm[\s\S]*radosgw-admin zonegroup placement add --rgw-zonegroup default/);
  expect(refused).toMatch(/zone placement add .*--placement-id cold --index-pool cold.index --data-pool cold/);
  expect(await zone(cluster)).not.toContain("cold");
  const site = { zone: "default", zonegroup: "default" };
  const told = async () => (await cluster.nextRun()).invoke("ceph:rgw:getPlacementTargets", {});
  expect(await told()).toEqual({ ...site, names: ["default-placement"] });
  await cluster.control("POST", "placements", target);
  expect(await told()).toEqual({ ...site, names: ["default-placement", "cold"] });
  const kept = await cluster.engine.create(TARGET, target);
  expect(await cluster.drift(TARGET, kept)).toEqual({});
  const bucket = await cluster.engine.create(BUCKET, { name: "papers", owner: "city", placementTarget: "cold" });
  expect(await cluster.drift(BUCKET, bucket)).toEqual({});
});

test("without a gateway: how to start one", async () => {
  const hosts = cephSeeds.enterprise.hosts.map((host) => ({ ...host, services: ["mon"] }));
  const cluster = await startCluster({ seed: { hosts } });
  clusters.push(cluster);
  expect((await failureOf(cluster.engine.create(TARGET, target))).details).toMatch(/ceph orch apply rgw/);
});
