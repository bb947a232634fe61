import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Failure, type Kept, plain } from "../engine.ts";
import { type Cluster, failureOf, startCluster } from "./cluster.ts";

const FS = "ceph:fs:Filesystem";
const gib = 2 ** 30;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  for (const name of ["fast", "other"])
    await cluster.engine.create("ceph:pool:CrushRule", { name, deviceClass: "ssd" });
});
afterAll(() => cluster.close());

const compressed = { compressionMode: "aggressive", compressionAlgorithm: "lz4" };
const given = (name: string) => ({ name, crushRule: "fast", size: 2, quotaGib: 3, ...compressed });
const dataOf = (name: string) => cluster.pool(`cephfs.${name}.data`);

describe("the pools of a file system", () => {
  test("get what is asked for, keep it, change in place, and go back", async () => {
    const all = { ...given("set"), metadataCrushRule: "fast", metadataSize: 2 };
    const kept = await cluster.engine.create(FS, all);
    expect(plain(kept.state)).toMatchObject(all);
    expect(await dataOf("set")).toMatchObject({
      crush_rule: "fast",
      size: 2,
      quota_max_bytes: 3 * gib,
      options: { compression_mode: "aggressive", compression_algorithm: "lz4" },
    });
    expect(await cluster.pool("cephfs.set.meta")).toMatchObject({ crush_rule: "fast", size: 2 });
    expect(await cluster.drift(FS, kept)).toEqual({});

    const wanted = { ...all, name: "renamed", crushRule: "other", quotaGib: 5, metadataSize: 3 };
    expect((await cluster.engine.diff(FS, kept, wanted)).replaces).toEqual([]);
    const changed = await cluster.engine.update(FS, kept, wanted);
    expect(plain(changed.state)).toMatchObject(wanted);
    expect(await dataOf("renamed")).toMatchObject({ crush_rule: "other", quota_max_bytes: 5 * gib });
    expect(await cluster.pool("cephfs.renamed.meta")).toMatchObject({ size: 3 });

    const bare = await cluster.engine.update(FS, changed, { name: "renamed" });
    expect(await dataOf("renamed")).toMatchObject({ quota_max_bytes: 0, crush_rule: "other" });
    expect((await dataOf("renamed"))?.options ?? {}).not.toHaveProperty("compression_mode");
    expect(await cluster.drift(FS, bare)).toEqual({});
  });

  test("keep the file system from another name, where they hold data: clients mount it by its name", async () => {
    const kept = await cluster.engine.create(FS, given("mounted"));
    await cluster.control("POST", "use", { pool: "cephfs.mounted.data", bytes: gib });
    const refused = await failureOf(cluster.engine.update(FS, kept, { ...given("elsewhere"), quotaGib: 4 }));
    expect(refused.details).toMatch(/update of file system mounted .*\(name elsewhere\): 1 GiB are stored/);
    expect(await dataOf("mounted")).toMatchObject({ quota_max_bytes: 3 * gib });
    expect(await dataOf("elsewhere")).toBeUndefined();
  });

  test("are left alone where nothing is asked for", async () => {
    await cluster.calls();
    const kept = await cluster.engine.create(FS, { name: "plain" });
    expect(await cluster.calls()).not.toHaveProperty("PUT /api/pool/{pool_name}");
    expect(await cluster.drift(FS, kept)).toEqual({});
  });

  test("that were changed by hand are seen, and put back", async () => {
    const kept = await cluster.engine.create(FS, given("drifting"));
    const path = { name: "cephfs.drifting.data" };
    const body = { size: 3, quota_max_bytes: 0, compression_mode: "none" };
    await cluster.hand.send("PUT", "pool/{name}", { path, body });
    expect(await cluster.drift(FS, kept)).toEqual({ size: "update", quotaGib: "add", compressionMode: "update" });
    const next = await cluster.nextRun();
    const mended = await next.update(FS, (await next.read(FS, kept)) as Kept, given("drifting"));
    expect(await cluster.drift(FS, mended)).toEqual({});
  });

  test("are imported with it", async () => {
    await cluster.engine.create(FS, given("known"));
    const imported = (await (await cluster.nextRun()).import(FS, "known")) as Kept;
    expect(plain(imported.inputs)).toMatchObject(given("known"));
    expect(await cluster.drift(FS, imported)).toEqual({});
  });

  test("that could not be set leave the file system in the state, and the next run sets them", async () => {
    const fault = { kind: "error", status: 500, detail: "tired", component: "pool" };
    await cluster.control("POST", "faults", { endpoint: "PUT /api/pool/{pool_name}", ...fault });
    const failure: Failure = await failureOf(cluster.engine.create(FS, given("half")));
    expect(failure.details).toContain("tired");
    const { partial } = failure;
    const next = await cluster.nextRun();
    const kept: Kept = { id: String(partial?.id), inputs: partial?.inputs ?? {}, state: partial?.state ?? {} };
    const live = (await next.read(FS, kept)) as Kept;
    expect(await cluster.drift(FS, await next.update(FS, live, given("half")))).toEqual({});
    expect(await dataOf("half")).toMatchObject({ crush_rule: "fast", size: 2 });
  });

  test("of one that a killed run left unset are set by the next", async () => {
    await cluster.hand.send("POST", "cephfs", { body: { name: "killed", service_spec: { placement: {} } } });
    const kept = await cluster.engine.create(FS, given("killed"));
    expect(await dataOf("killed")).toMatchObject({ crush_rule: "fast", size: 2, quota_max_bytes: 3 * gib });
    expect(await cluster.drift(FS, kept)).toEqual({});
  });

  test("an algorithm without a mode is refused", async () => {
    const { failures } = await cluster.engine.check(FS, { name: "x", compressionAlgorithm: "lz4" });
    expect(failures).toEqual({ compressionAlgorithm: "needs compressionMode" });
  });
});
