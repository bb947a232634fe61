import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { type CephSeed, cephSeeds } from "../../../emulator/ceph/seed.ts";
import { type CephEmulator, type CephEmulatorOptions, startCephEmulator } from "../../../emulator/ceph/server.ts";
import { Client } from "./client.ts";

type Row = Record<string, unknown>;

const started: CephEmulator[] = [];
afterEach(() => Promise.all(started.splice(0).map((one) => one.close())));

async function start(options: CephEmulatorOptions = {}): Promise<Client> {
  const emulator = await startCephEmulator({ seed: "enterprise", ...options });
  started.push(emulator);
  const client = await Client.logIn(emulator);
  await client.call("POST", "/api/erasure_code_profile", { name: "ec42", k: "4", m: "2" });
  const pool = (name: string, values: object) => client.call("POST", "/api/pool", { pool: name, pg_num: 8, ...values });
  await pool("cold", { pool_type: "erasure", erasure_code_profile: "ec42", application_metadata: ["rgw"] });
  for (const name of ["cold.index", "cold.non-ec"]) await pool(name, { pool_type: "replicated" });
  await client.call("POST", "/api/rgw/user", { uid: "city", display_name: "City" });
  return client;
}

const withoutRealm = (): CephSeed => {
  const { realm: _, ...seed } = cephSeeds.enterprise;
  return seed;
};

const offer = (client: Client, target: object) =>
  client.call("PUT", "/api/rgw/zonegroup/default", {
    realm_name: "seoul",
    new_zonegroup_name: "default",
    placement_targets: [{ placement_id: "cold", tags: "", storage_class: "STANDARD", ...target }],
  });
const pools = { index_pool: "cold.index", data_pool: "cold", data_extra_pool: "cold.non-ec" };
const place = (client: Client, values: object = {}) =>
  client.call("PUT", "/api/rgw/zone/default", {
    new_zone_name: "default",
    zonegroup_name: "default",
    placement_target: "cold",
    ...pools,
    ...{ storage_class: "STANDARD", data_pool_class: "cold", compression: "none" },
    ...values,
  });
const placements = async (client: Client) => {
  const { placement_pools: all } = await client.get<{ placement_pools: { key: string; val: Row }[] }>(
    "/api/rgw/zone/default",
  );
  return Object.fromEntries(all.map(({ key, val }) => [key, val]));
};
const known = async (client: Client) =>
  (await client.get<{ placement_targets: Row[] }>("/api/rgw/site?query=placement-targets")).placement_targets.map(
    ({ name }) => name,
  );
const makeBucket = (client: Client, values: object = {}) =>
  client.call("POST", "/api/rgw/bucket", { bucket: "papers", uid: "city", ...values });
const bucket = (client: Client) => client.get<Row>("/api/rgw/bucket/papers");

it("offers a placement target in the zone group, then in the zone, and the gateway knows it with the commit", async () => {
  const client = await start();
  expect((await place(client)).text).toContain("is not configured in zonegroup placement targets");
  expect((await offer(client, {})).status).toBe(200);
  expect((await place(client, { storage_class: "SQUEEZED" })).text).toContain("'SQUEEZED' is not defined in zonegroup");
  expect((await place(client)).status).toBe(200);
  expect((await placements(client)).cold).toMatchObject({
    index_pool: "cold.index",
    data_extra_pool: "cold.non-ec",
    storage_classes: { STANDARD: { data_pool: "cold", compression_type: "none" } },
  });
  expect(await known(client)).toEqual(["default-placement", "cold"]);
  expect(await client.get("/api/rgw/daemon")).toMatchObject([
    { realm_name: "seoul", zonegroup_name: "default", zone_name: "default", default: true },
    { default: false },
  ]);
});

it("puts a bucket into a placement target only if the zone group is named with it", async () => {
  const client = await start();
  await offer(client, {});
  await place(client);
  await makeBucket(client, { placement_target: "cold" });
  expect((await bucket(client)).placement_rule).toBe("default-placement");
  await client.call("DELETE", "/api/rgw/bucket/papers");
  expect((await makeBucket(client, { placement_target: "cold", zonegroup: "elsewhere" })).text).toContain(
    "InvalidLocationConstraint",
  );
  await makeBucket(client, { placement_target: "cold", zonegroup: "default" });
  expect((await bucket(client)).placement_rule).toBe("cold");
});

it("needs pools with key-value pairs: refused for uploads in parts, found out too late for the index", async () => {
  const client = await start();
  await offer(client, {});
  expect((await place(client, { data_extra_pool: "" })).text).toContain("'cold' does not support omap");
  expect((await place(client, { index_pool: "cold" })).status).toBe(200);
  expect((await makeBucket(client, { placement_target: "cold", zonegroup: "default" })).text).toContain("UnknownError");
  // A pool that is not there is made by the gateway, with copies.
  await place(client, { data_pool: "gone", data_pool_class: "gone" });
  await makeBucket(client, { placement_target: "cold", zonegroup: "default" });
  expect(await client.get("/api/pool/gone")).toMatchObject({ type: "replicated", application_metadata: ["rgw"] });
});

it("takes an empty compression for an unknown one before Tentacle", async () => {
  const client = await start();
  await offer(client, {});
  expect((await place(client, { compression: "" })).text).toContain("Unrecognized compression type");
  const later = await start({ release: "tentacle" });
  await offer(later, {});
  expect((await place(later, { compression: "" })).status).toBe(200);
});

it("adds storage classes one by one: several in one text are overlooked by Tentacle", async () => {
  const client = await start();
  await offer(client, { storage_class: "STANDARD,SQUEEZED" });
  expect((await place(client, { storage_class: "SQUEEZED", compression: "zstd" })).status).toBe(200);
  expect((await placements(client)).cold).toMatchObject({
    storage_classes: { STANDARD: { data_pool: "cold" }, SQUEEZED: { data_pool: "cold", compression_type: "zstd" } },
  });
  const later = await start({ release: "tentacle" });
  expect((await offer(later, { storage_class: "STANDARD,SQUEEZED" })).status).toBe(200);
  expect((await place(later)).text).toContain("is not configured in zonegroup placement targets");
});

it("takes storage classes away since Tentacle, whatever is in them; placement targets never", async () => {
  const client = await start({ release: "tentacle" });
  await offer(client, {});
  await offer(client, { storage_class: "SQUEEZED" });
  await place(client, { storage_class: "SQUEEZED", compression: "zstd" });
  const removal = "/api/rgw/zonegroup/storage-class/cold/SQUEEZED?zone_name=default";
  expect((await client.call("DELETE", removal)).status).toBe(204);
  expect((await placements(client)).cold).toMatchObject({ storage_classes: { STANDARD: { data_pool: "cold" } } });
  const squid = await start();
  expect((await squid.call("DELETE", removal)).body).toMatchObject({
    detail: expect.stringContaining("was not found"),
  });
});

it("reads a state from before zones were kept, and keeps what is committed across restarts", async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), "strata-ceph-"));
  const hosts = cephSeeds.enterprise.hosts.map((host) => ({ ...host, services: ["mon", "mgr"] }));
  const restart = async (options: CephEmulatorOptions) => {
    await started.pop()?.close();
    const emulator = await startCephEmulator({ seed: "enterprise", stateFolder, ...options });
    started.push(emulator);
    return await Client.logIn(emulator);
  };
  // Such a state has no zones, as one of a cluster without gateways.
  const before = await restart({ seed: { hosts } });
  expect((await before.call("GET", "/api/rgw/zone/default")).status).toBe(500);
  const after = await restart({});
  expect(Object.keys(await placements(after))).toEqual(["default-placement"]);
  await offer(after, {});
  expect((await place(after, { data_pool: "new", data_pool_class: "new" })).status).toBe(200);
  expect(Object.keys(await placements(await restart({})))).toEqual(["default-placement", "cold"]);
  await started.pop()?.close();
  rmSync(stateFolder, { recursive: true });
});

it("without a realm commits nothing, and changes nothing that anybody notices", async () => {
  const client = await start({ seed: withoutRealm() });
  const refused = await client.call("PUT", "/api/rgw/zonegroup/default", {
    realm_name: "",
    new_zonegroup_name: "default",
    placement_targets: [{ placement_id: "cold", tags: "", storage_class: "STANDARD" }],
  });
  expect([refused.status, refused.text]).toEqual([500, expect.stringContaining("failed to load realm")]);
  expect(await known(client)).toEqual(["default-placement"]);
  await client.control("POST", "placements", {
    ...{ name: "cold", dataPool: "cold", indexPool: "cold.index", dataExtraPool: "cold.non-ec" },
  });
  expect(await known(client)).toEqual(["default-placement", "cold"]);
});
