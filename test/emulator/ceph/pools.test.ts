import { afterEach, beforeEach, expect, it } from "vitest";
import { type CephEmulator, startCephEmulator } from "../../../emulator/ceph/server.ts";
import { Client } from "./client.ts";

let emulator: CephEmulator;
let client: Client;

beforeEach(async () => {
  emulator = await startCephEmulator();
  client = await Client.logIn(emulator);
});

afterEach(() => emulator.close());

type Pool = Readonly<Record<string, unknown>>;
const basic = { pool: "tenant-a", pg_num: 32, pool_type: "replicated" };
const read = (name = "tenant-a") => client.get<Pool>(`/api/pool/${name}`);
const write = (body: object, name = "tenant-a") => client.call("PUT", `/api/pool/${name}`, body);
const allowDeletion = () => client.control("POST", "config", { name: "mon_allow_pool_delete", value: true });

it("makes a pool with everything that was asked for and shows it by names", async () => {
  const wanted = { ...basic, pg_num: "64", application_metadata: ["rbd"], quota_max_bytes: 5368709120, size: 2 };
  const compression = {
    compression_mode: "aggressive",
    compression_algorithm: "lz4",
    compression_required_ratio: "0.8",
  };
  const made = await client.call("POST", "/api/pool", {
    ...wanted,
    ...compression,
    configuration: { rbd_qos_iops_limit: 10000 },
  });
  expect([made.status, made.text]).toEqual([201, "null"]);
  expect(made.headers.get("content-type")).toBe("application/vnd.ceph.api.v1.0+json");

  const pool = await read();
  expect(pool).toMatchObject({
    pool_name: "tenant-a",
    type: "replicated",
    size: 2,
    pg_num: 64,
    pg_placement_num: 64,
    pg_autoscale_mode: "on",
    crush_rule: "replicated_rule",
    quota_max_bytes: 5368709120,
    quota_max_objects: 0,
    application_metadata: ["rbd"],
    options: { compression_mode: "aggressive", compression_algorithm: "lz4", compression_required_ratio: 0.8 },
  });
  expect(pool.configuration).toContainEqual({ name: "rbd_qos_iops_limit", value: "10000", source: 1 });
});

it("takes the creation of a pool that is there for a success, and changes it", async () => {
  await client.call("POST", "/api/pool", { ...basic, application_metadata: ["rbd"] });
  const again = await client.call("POST", "/api/pool", { ...basic, pg_num: 8, quota_max_objects: 7 });
  expect(again.status).toBe(201);
  expect(await read()).toMatchObject({ pg_num: 32, quota_max_objects: 7, application_metadata: ["rbd"] });
  const other = await client.call("POST", "/api/pool", { ...basic, pool_type: "erasure" });
  expect(other.body).toEqual({
    detail: "[errno -22] pool 'tenant-a' cannot change to type erasure",
    code: "22",
    component: "pool",
  });
});

it("answers 500 when something is missing, whose reason is only in the traceback", async () => {
  const { status, body } = await client.call("POST", "/api/pool", { pool: "tenant-a", pool_type: "replicated" });
  expect(status).toBe(500);
  expect(body).toMatchObject({
    status: "500 Internal Server Error",
    detail: expect.stringMatching(/unexpected condition/),
  });
  expect((body as { traceback: string }).traceback).toContain("pg_num is required");
});

it("does not see the fields of a body whose type carries a charset", async () => {
  const headers = { "Content-Type": "application/json; charset=utf-8" };
  const { status, body } = await client.call("POST", "/api/pool", basic, { headers });
  expect(status).toBe(500);
  expect((body as { traceback: string }).traceback).toContain("pool is required");
});

it("deletes only where the monitors allow it", async () => {
  await client.call("POST", "/api/pool", basic);
  const refused = await client.call("DELETE", "/api/pool/tenant-a");
  expect(refused.status).toBe(400);
  expect(refused.body).toEqual({
    detail: expect.stringMatching(/^\[errno -1\] pool deletion is disabled; .*mon_allow_pool_delete/),
    code: "1",
    component: "pool",
  });
  await allowDeletion();
  expect((await client.call("DELETE", "/api/pool/tenant-a")).status).toBe(204);
  expect((await client.call("GET", "/api/pool/tenant-a")).body).toMatchObject({
    status: "404 Not Found",
    detail: "No such pool",
  });
  expect((await client.call("DELETE", "/api/pool/tenant-a")).status).toBe(204);
});

it("keeps a quota that is not named, and lifts it with 0", async () => {
  await client.call("POST", "/api/pool", { ...basic, quota_max_bytes: 1000, quota_max_objects: 5 });
  await write({ quota_max_objects: 6 });
  expect(await read()).toMatchObject({ quota_max_bytes: 1000, quota_max_objects: 6 });
  await write({ quota_max_bytes: 0 });
  expect(await read()).toMatchObject({ quota_max_bytes: 0 });
});

it("takes all compression settings away with `unset`, and none with `none`", async () => {
  await client.call("POST", "/api/pool", { ...basic, compression_mode: "force", compression_algorithm: "zstd" });
  await write({ compression_mode: "none" });
  expect((await read()).options).toEqual({ compression_mode: "none", compression_algorithm: "zstd" });
  await write({ compression_mode: "unset" });
  expect((await read()).options).toEqual({});
  expect((await write({ compression_mode: "lots" })).body).toMatchObject({ code: "22", component: null });
});

it("changes, renames and refuses as the monitors do, one command after the other", async () => {
  await client.call("POST", "/api/pool", basic);
  const bad = await write({ quota_max_bytes: 77, size: 1 });
  expect(bad.body).toMatchObject({
    detail: "[errno -1] configuring pool size as 1 is disabled by default.",
    code: "1",
  });
  expect(await read()).toMatchObject({ size: 3, quota_max_bytes: 77 });
  const half = await client.call("POST", "/api/pool", {
    ...basic,
    pool: "half",
    size: 2,
    min_size: 9,
    crush_rule: "none",
  });
  expect(half.body).toMatchObject({ code: "22", detail: expect.stringContaining("min_size must be between 1 and 2") });
  expect(await read("half")).toMatchObject({ size: 2, crush_rule: "replicated_rule" });
  expect((await write({ pool: "tenant-b", pg_num: 16 })).status).toBe(200);
  expect(await read("tenant-b")).toMatchObject({ pg_num: 16 });
  expect((await write({}, "tenant-a")).status).toBe(404);
  expect((await write({ pg_num: 4096 }, "tenant-b")).body).toMatchObject({ code: "34" });
});

it("refuses what it does not implement, by name, and what nobody knows", async () => {
  const lacking = await client.call("POST", "/api/pool", { ...basic, rbd_mirroring: true });
  expect([lacking.status, lacking.body]).toEqual([
    501,
    {
      detail: expect.stringMatching(/^rbd_mirroring of POST \/api\/pool is not/),
      code: "not_implemented",
      component: "emulator",
    },
  ]);
  expect((await client.call("POST", "/api/pool", { ...basic, colour: "red" })).body).toMatchObject({
    detail: expect.stringMatching(/^colour: POST \/api\/pool has no such field/),
  });
  expect((await client.call("GET", "/api/block/image", undefined)).status).toBe(501);
});

it("places pools by device class, and erasure coded ones by their profile", async () => {
  const rule = { name: "on-ssd", failure_domain: "host", root: "default", device_class: "ssd" };
  expect((await client.call("POST", "/api/crush_rule", rule)).status).toBe(201);
  const shown = await client.get<{ steps: { item_name?: string }[] }>("/api/crush_rule/on-ssd", "2.0");
  expect(shown.steps.find(({ item_name }) => item_name !== undefined)?.item_name).toBe("default~ssd");
  await client.call("POST", "/api/pool", { ...basic, rule_name: "on-ssd" });
  expect(await read()).toMatchObject({ crush_rule: "on-ssd" });
  expect((await client.call("DELETE", "/api/crush_rule/on-ssd")).body).toMatchObject({ code: "16" });

  const nowhere = await client.call("POST", "/api/pool", { ...basic, pool: "x", rule_name: "dnf" });
  expect(nowhere.body).toEqual({ component: "pool", code: "2", detail: "[errno -2] specified rule dnf doesn't exist" });
  const noClass = await client.call("POST", "/api/crush_rule", { ...rule, name: "y", device_class: "nvme" });
  expect(noClass.body).toMatchObject({ detail: "[errno -22] device class nvme does not exist" });

  const profile = {
    name: "ec42",
    k: "4",
    m: "2",
    plugin: "jerasure",
    "crush-failure-domain": "host",
    "crush-device-class": "hdd",
  };
  expect((await client.call("POST", "/api/erasure_code_profile", profile)).status).toBe(201);
  expect((await client.call("POST", "/api/erasure_code_profile", profile)).status).toBe(201);
  const changed = await client.call("POST", "/api/erasure_code_profile", { ...profile, k: "8" });
  expect(changed.body).toMatchObject({
    code: "1",
    detail: expect.stringContaining("will not override erasure code profile ec42"),
  });
  const erasure = {
    pool: "archive",
    pg_num: 16,
    pool_type: "erasure",
    erasure_code_profile: "ec42",
    flags: "ec_overwrites",
  };
  expect((await client.call("POST", "/api/pool", erasure)).status).toBe(201);
  expect(await read("archive")).toMatchObject({
    type: "erasure",
    size: 6,
    min_size: 5,
    erasure_code_profile: "ec42",
    crush_rule: "archive",
    flags_names: "hashpspool,ec_overwrites",
  });
  expect((await client.call("DELETE", "/api/erasure_code_profile/ec42")).body).toMatchObject({
    code: "16",
    detail: "[errno -16] archive pool(s) are using the erasure code profile 'ec42'",
  });
});

it("shows how a pool without enough failure domains never gets healthy", async () => {
  const profile = { name: "ec42", k: "4", m: "2", "crush-failure-domain": "host" };
  const erasure = { pool: "archive", pg_num: 16, pool_type: "erasure", erasure_code_profile: "ec42" };
  const healthWithArchive = async (one: Client) => {
    await one.call("POST", "/api/erasure_code_profile", profile);
    await one.call("POST", "/api/pool", erasure);
    return (await one.get<{ health: { status: string } }>("/api/health/minimal")).health;
  };
  expect(await healthWithArchive(client)).toMatchObject({
    status: "HEALTH_WARN",
    checks: [{ type: "PG_AVAILABILITY" }],
  });
  const large = await startCephEmulator({ seed: "enterprise" });
  expect(await healthWithArchive(await Client.logIn(large))).toEqual({ status: "HEALTH_OK", checks: [], mutes: [] });
  await large.close();
});

it("says how much room is left: for copies, for chunks, and less by what is stored", async () => {
  const stats = async (name: string) => {
    const pool = await client.get<{ stats: Record<string, { latest: number }> }>(`/api/pool/${name}?stats=true`);
    return { left: pool.stats.max_avail?.latest ?? 0, stored: pool.stats.stored?.latest };
  };
  await client.call("POST", "/api/crush_rule", {
    name: "on-ssd",
    failure_domain: "host",
    root: "default",
    device_class: "ssd",
  });
  await client.call("POST", "/api/pool", { ...basic, rule_name: "on-ssd" });
  const gib = 1024 ** 3;
  const before = await stats("tenant-a");
  expect(before.left).toBe(Math.floor((12 * 1024 * gib * 0.95) / 3));
  await client.control("POST", "use", { pool: "tenant-a", bytes: 100 * gib });
  const now = { left: before.left - 100 * gib, stored: 100 * gib };
  const { df } = await client.get<{ df: { pools: { name: string; stats: object }[] } }>("/api/health/full");
  expect(df.pools.find(({ name }) => name === "tenant-a")?.stats).toMatchObject({
    stored: now.stored,
    max_avail: now.left,
  });
  // What is called the latest is the oldest of ten samples: the one from before, until ten have followed it.
  for (let asked = 2; asked < 10; asked += 1) expect(await stats("tenant-a")).toEqual(before);
  expect(await stats("tenant-a")).toEqual(now);
  await write({ quota_max_bytes: 50 * gib });
  expect(await client.get("/api/health/minimal")).toMatchObject({ health: { checks: [{ type: "POOL_FULL" }] } });
});
