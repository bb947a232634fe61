import { afterEach, beforeEach, expect, it } from "vitest";
import { cephSeeds } from "../../../emulator/ceph/seed.ts";
import { type CephEmulator, startCephEmulator } from "../../../emulator/ceph/server.ts";
import { Client } from "./client.ts";

let emulator: CephEmulator;
let client: Client;

beforeEach(async () => {
  emulator = await startCephEmulator();
  client = await Client.logIn(emulator);
});

afterEach(() => emulator.close());

type Row = Record<string, unknown>;
const uid = "suwon$archive";
const makeUser = (values: object = {}) =>
  client.call("POST", "/api/rgw/user", { uid, display_name: "Archive", ...values });
const makeBucket = (values: object = {}) => client.call("POST", "/api/rgw/bucket", { bucket: "cold", uid, ...values });
const address = encodeURIComponent("suwon/cold");
const bucket = () => client.get<Row>(`/api/rgw/bucket/${address}`);
const change = async (values: object) =>
  client.call("PUT", `/api/rgw/bucket/${address}`, { bucket_id: (await bucket()).id, uid, ...values });
const days = (expiration: number) =>
  JSON.stringify({
    Rules: [{ ID: "old", Status: "Enabled", Filter: { Prefix: "" }, Expiration: { Days: expiration } }],
  });
const setLifecycle = (lifecycle: string) => change({ lifecycle });

it("makes a user of a tenant with a key and a quota", async () => {
  const made = await makeUser({ max_buckets: 5, email: "a@example.org" });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    uid,
    tenant: "suwon",
    user_id: "archive",
    suspended: 0,
    system: false,
    max_buckets: 5,
  });
  const [key] = (made.body as { keys: Row[] }).keys;
  expect([String(key?.access_key).length, String(key?.secret_key).length, key?.user]).toEqual([20, 40, uid]);
  expect(await client.get("/api/rgw/user")).toContain(uid);
  const quota = { quota_type: "user", enabled: true, max_size_kb: 1024, max_objects: -1 };
  expect((await client.call("PUT", `/api/rgw/user/${encodeURIComponent(uid)}/quota`, quota)).status).toBe(200);
  expect(await client.get(`/api/rgw/user/${encodeURIComponent(uid)}/quota`)).toMatchObject({
    user_quota: { enabled: true, max_size: 1048576, max_objects: -1 },
    bucket_quota: { enabled: false },
  });
  await client.call("PUT", `/api/rgw/user/${encodeURIComponent(uid)}`, { suspended: "true" });
  expect(await client.get(`/api/rgw/user/${encodeURIComponent(uid)}`)).toMatchObject({
    suspended: 1,
    display_name: "Archive",
  });
});

it("wraps the gateway's refusals in a 500 of its own, even what is only not there", async () => {
  await makeUser();
  // Once more of the same name is a success, with one more key.
  expect((await makeUser()).body).toMatchObject({ keys: [{}, {}] });
  expect((await client.call("POST", "/api/rgw/user", { uid, display_name: "Another" })).body).toEqual({
    detail: expect.stringMatching(/^RGW REST API failed request with status code 409\n\(b'{"Code":"UserAlreadyExists"/),
    component: "rgw",
  });
  const missing = await client.call("GET", "/api/rgw/user/nobody");
  expect([missing.status, missing.text]).toEqual([500, expect.stringContaining("NoSuchUser")]);
  expect((await client.call("DELETE", "/api/rgw/user/nobody")).status).toBe(400);
  expect((await client.call("GET", "/api/rgw/bucket/none")).status).toBe(500);
  await makeBucket();
  const owner = await client.call("DELETE", `/api/rgw/user/${encodeURIComponent(uid)}`);
  expect([owner.status, owner.text]).toEqual([400, expect.stringContaining("status code 409")]);
});

it("makes a bucket in its owner's tenant; again is a success, another owner's is not", async () => {
  await makeUser();
  expect((await makeBucket()).status).toBe(201);
  expect((await makeBucket()).status).toBe(201);
  expect(await client.get("/api/rgw/bucket", "1.1")).toEqual(["suwon/cold"]);
  expect(await bucket()).toMatchObject({
    bid: "suwon/cold",
    owner: uid,
    versioning: "Suspended",
    lock_enabled: false,
    lifecycle: null,
  });
  await makeUser({ uid: "suwon$other" });
  expect((await makeBucket({ uid: "suwon$other" })).text).toContain("BucketAlreadyExists");
  await makeUser({ uid: "lone" });
  expect((await makeBucket({ uid: "lone" })).status).toBe(201);
  expect((await makeBucket({ uid: "nobody" })).text).toContain("NoSuchUser");
});

it("changes versioning, and takes back with every change what it does not name", async () => {
  await makeUser();
  await makeBucket({ encryption_state: "true", encryption_type: "AES256" });
  await setLifecycle(days(30));
  expect((await change({ versioning_state: "Enabled" })).status).toBe(200);
  expect(await bucket()).toMatchObject({ versioning: "Enabled", encryption: "Disabled", lifecycle: null });
  await change({ lifecycle: days(7), encryption_state: true });
  expect(await bucket()).toMatchObject({
    encryption: "Enabled",
    lifecycle: { LifecycleConfiguration: { Rule: [{ Expiration: { Days: "7" } }] } },
  });
  const wrong = await client.call("PUT", `/api/rgw/bucket/${address}`, { bucket_id: "no", uid });
  expect(wrong.text).toContain("InvalidArgument");
});

it("locks for a time, which needs versions and the whole lock with every change", async () => {
  await makeUser();
  const lock = { lock_mode: "GOVERNANCE", lock_retention_period_days: 7 };
  expect((await makeBucket({ lock_enabled: true })).body).toMatchObject({
    detail: expect.stringMatching(/at least one/),
    component: "rgw",
  });
  // The bucket is there all the same, and takes its lock when it is asked for again.
  expect(await bucket()).toMatchObject({ lock_enabled: true, lock_mode: "", lock_retention_period_days: 0 });
  expect((await makeBucket({ lock_enabled: "true", ...lock })).status).toBe(201);
  expect(await bucket()).toMatchObject({
    versioning: "Enabled",
    lock_enabled: true,
    lock_mode: "GOVERNANCE",
    lock_retention_period_days: 7,
  });
  expect((await change({})).body).toMatchObject({ detail: expect.stringMatching(/at least one/) });
  expect((await change({ ...lock, lock_retention_period_days: "14" })).status).toBe(200);
  expect((await change({ ...lock, versioning_state: "Suspended" })).status).toBe(409);
  expect(await bucket()).toMatchObject({ lock_retention_period_days: 14 });
});

it("tells a lifecycle in words of its own", async () => {
  await makeUser();
  await makeBucket();
  expect((await setLifecycle(days(90))).status).toBe(200);
  expect((await bucket()).lifecycle).toEqual({
    LifecycleConfiguration: {
      Rule: [{ ID: "old", Status: "Enabled", Filter: { Prefix: null }, Expiration: { Days: "90" } }],
    },
  });
  const xml =
    "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Transition><Days>90</Days><StorageClass>COLD</StorageClass></Transition></Rule><Rule><ID>b</ID><Status>Disabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>";
  await setLifecycle(xml);
  expect((await bucket()).lifecycle).toMatchObject({ LifecycleConfiguration: { Rule: [{ ID: "a" }, { ID: "b" }] } });
  for (const bad of ['{"Rules":[{"ID":"x","Status":"Enabled"}]}', "<Rules></Rules>", days(0)]) {
    expect((await setLifecycle(bad)).body).toEqual({ detail: "Invalid Lifecycle document", component: "rgw" });
  }
  await setLifecycle("{}");
  expect((await bucket()).lifecycle).toBeNull();
});

it("deletes a bucket with all that is in it, unless it is told not to", async () => {
  await makeUser();
  await makeBucket();
  await client.control("POST", "use", { bucket: "suwon/cold", bytes: 1000, objects: 3 });
  const listed = await client.get<Row[]>("/api/rgw/bucket?stats=true", "1.1");
  expect(listed).toMatchObject([{ bid: "suwon/cold", usage: { "rgw.main": { num_objects: 3, size: 1000 } } }]);
  const kept = await client.call("DELETE", `/api/rgw/bucket/${address}?purge_objects=false`);
  expect([kept.status, kept.text]).toEqual([500, expect.stringContaining("BucketNotEmpty")]);
  expect((await client.call("DELETE", `/api/rgw/bucket/${address}`)).status).toBe(204);
  expect(await client.get("/api/rgw/bucket", "1.1")).toEqual([]);
});

it("tells whom a bucket's access list lets in, as the gateway writes it", async () => {
  await makeUser();
  await makeBucket();
  const groups = async () => [...String((await bucket()).acl).matchAll(/global\/(\w+)<.*?<Permission>(\w+)/g)];
  expect(await groups()).toEqual([]);
  expect(String((await bucket()).acl)).toContain("<Owner><ID>suwon$archive</ID>");
  await change({ canned_acl: "public-read-write" });
  expect((await groups()).map(([, group, permission]) => `${group} ${permission}`)).toEqual([
    "AllUsers READ",
    "AllUsers WRITE",
  ]);
  expect((await change({ canned_acl: "open-to-friends" })).body).toMatchObject({
    detail: expect.stringContaining("InvalidArgument"),
  });
});

it("has a path of its own for lifecycles since Tentacle: before, that is a bucket of this name", async () => {
  const lifecycle = { bucket_name: "cold", lifecycle: days(90), owner: "a", tenant: "" };
  const missing = await client.call("GET", "/api/rgw/bucket/lifecycle");
  expect([missing.status, missing.text]).toEqual([500, expect.stringContaining("NoSuchBucket")]);
  const tentacle = await startCephEmulator({ release: "tentacle" });
  const later = await Client.logIn(tentacle);
  await later.call("POST", "/api/rgw/user", { uid: "a", display_name: "A" });
  await later.call("POST", "/api/rgw/bucket", { bucket: "cold", uid: "a" });
  expect((await later.call("PUT", "/api/rgw/bucket/lifecycle", lifecycle)).status).toBe(200);
  expect(await later.get("/api/rgw/bucket/lifecycle?bucket_name=cold&owner=a")).toMatchObject({
    LifecycleConfiguration: { Rule: [{ ID: "old", Expiration: { Days: "90" } }] },
  });
  // What it has lost: nothing is purged any more.
  const purging = await later.call("DELETE", "/api/rgw/bucket/cold?purge_objects=true");
  expect([purging.status, purging.text]).toEqual([404, expect.stringContaining("purge_objects")]);
  await later.control("POST", "use", { bucket: "cold", bytes: 1000, objects: 3 });
  const kept = await later.call("DELETE", "/api/rgw/bucket/cold");
  expect([kept.status, kept.text]).toEqual([400, expect.stringContaining("Bucket is not empty")]);
  await tentacle.close();
});

it("has no lifecycle before Squid, nor anything to lose it by", async () => {
  const reef = await startCephEmulator({ release: "reef" });
  const old = await Client.logIn(reef);
  await old.call("POST", "/api/rgw/user", { uid: "a", display_name: "A" });
  await old.call("POST", "/api/rgw/bucket", { bucket: "cold", uid: "a" });
  const { id } = await old.get<Row>("/api/rgw/bucket/cold");
  const refused = await old.call("PUT", "/api/rgw/bucket/cold", { bucket_id: id, uid: "a", lifecycle: days(1) });
  expect([refused.status, refused.text]).toEqual([500, expect.stringContaining("unexpected keyword")]);
  expect(await old.get("/api/rgw/bucket/cold")).not.toHaveProperty("lifecycle");
  expect(await old.get("/api/summary")).toMatchObject({ version: expect.stringContaining("reef") });
  await reef.close();
});

it("fails as a whole where no gateway runs", async () => {
  const hosts = cephSeeds.default.hosts.map((host) => ({ ...host, services: ["mon"] }));
  const bare = await startCephEmulator({ seed: { hosts } });
  const { status, text } = await (await Client.logIn(bare)).call("GET", "/api/rgw/user");
  expect([status, text]).toEqual([500, expect.stringContaining("No RGW service is running")]);
  await bare.close();
});
