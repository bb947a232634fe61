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

const gib = 1024 ** 3;
const makeFilesystem = (name = "models") =>
  client.call("POST", "/api/cephfs", { name, service_spec: { placement: { hosts: ["ceph1"] } } });
const makeGroup = (values: object = {}) =>
  client.call("POST", "/api/cephfs/subvolume/group", { vol_name: "models", group_name: "tenant-a", ...values });
const makeSubvolume = (values: object = {}) =>
  client.call("POST", "/api/cephfs/subvolume", {
    vol_name: "models",
    subvol_name: "data",
    group_name: "tenant-a",
    ...values,
  });
const info = (query = "subvol_name=data&group_name=tenant-a") =>
  client.get<Record<string, unknown>>(`/api/cephfs/subvolume/models/info?${query}`);

async function idOf(name: string): Promise<number | undefined> {
  const all = await client.get<{ id: number; mdsmap: { fs_name: string } }[]>("/api/cephfs");
  return all.find(({ mdsmap }) => mdsmap.fs_name === name)?.id;
}

it("makes a filesystem with two pools, which is found by number and not by name", async () => {
  expect((await makeFilesystem()).body).toBe("Volume models created successfully");
  const id = await idOf("models");
  expect(await client.get(`/api/cephfs/${id}`)).toMatchObject({
    cephfs: {
      name: "models",
      pools: [
        { pool: "cephfs.models.meta", type: "metadata" },
        { pool: "cephfs.models.data", type: "data" },
      ],
    },
  });
  const byName = await client.call("GET", "/api/cephfs/models");
  expect([byName.status, byName.body]).toEqual([
    400,
    { component: "cephfs", code: "invalid_cephfs_id", detail: "Invalid cephfs ID models" },
  ]);
  expect((await client.call("GET", "/api/cephfs/77")).status).toBe(404);
  expect((await makeFilesystem()).status).toBe(201);
  expect(await client.get<object[]>("/api/cephfs")).toHaveLength(1);
  expect((await client.call("POST", "/api/cephfs", { name: "x", service_spec: {} })).status).toBe(500);
});

it("renames in place, pools and all", async () => {
  await makeFilesystem();
  await makeGroup();
  const id = await idOf("models");
  expect((await client.call("PUT", "/api/cephfs/rename", { name: "models", new_name: "weights" })).status).toBe(200);
  expect(await idOf("weights")).toBe(id);
  expect((await client.call("GET", "/api/pool/cephfs.weights.data")).status).toBe(200);
  expect(await client.get("/api/cephfs/subvolume/group/weights/info?group_name=tenant-a")).toMatchObject({
    data_pool: "cephfs.weights.data",
  });
  const gone = await client.call("PUT", "/api/cephfs/rename", { name: "models", new_name: "other" });
  expect(gone.body).toEqual({
    detail: expect.stringMatching(/^Error renaming volume models to other:/),
    component: "cephfs",
  });
});

it("removes a filesystem with all its pools, where pools may be deleted", async () => {
  await makeFilesystem();
  await makeGroup();
  await makeSubvolume();
  const refused = await client.call("DELETE", "/api/cephfs/remove/models");
  expect([refused.status, refused.body]).toMatchObject([
    400,
    { detail: expect.stringMatching(/mon_allow_pool_delete/) },
  ]);
  const { body } = await client.call("DELETE", "/api/pool/cephfs.models.data");
  expect(body).toMatchObject({ code: "16", detail: "[errno -16] pool 'cephfs.models.data' is in use by CephFS" });
  const option = { mon_allow_pool_delete: { section: "mon", value: true } };
  expect((await client.call("PUT", "/api/cluster_conf", { options: option })).status).toBe(200);
  expect(await client.get("/api/cluster_conf/mon_allow_pool_delete")).toMatchObject({
    value: [{ section: "mon", value: "true" }],
  });
  expect((await client.call("DELETE", "/api/cephfs/remove/models")).status).toBe(200);
  expect((await client.call("GET", "/api/pool/cephfs.models.meta")).status).toBe(404);
});

it("makes a group with a quota and an isolated subvolume in it", async () => {
  await makeFilesystem();
  expect((await makeGroup({ size: 10 * gib, mode: "750" })).status).toBe(201);
  expect(await client.get("/api/cephfs/subvolume/group/models")).toMatchObject([
    {
      name: "tenant-a",
      info: { bytes_quota: 10 * gib, mode: 0o40750, data_pool: "cephfs.models.data", bytes_used: 0 },
    },
  ]);
  expect((await makeSubvolume({ size: String(gib), namespace_isolated: true })).body).toBe(
    "Subvolume data created successfully",
  );
  const made = await info();
  expect(made).toMatchObject({
    bytes_quota: gib,
    pool_namespace: "fsvolumens_data",
    type: "subvolume",
    state: "complete",
  });
  expect(made.path).toMatch(/^\/volumes\/tenant-a\/data\/[0-9a-f-]{36}$/);
  await makeSubvolume({ subvol_name: "open", group_name: undefined });
  expect(await info("subvol_name=open")).toMatchObject({
    bytes_quota: "infinite",
    pool_namespace: "",
    bytes_pcent: "undefined",
  });
  expect(await client.get("/api/cephfs/subvolume/models?group_name=tenant-a&info=false")).toEqual([{ name: "data" }]);
});

it("changes a quota only to something, in silence otherwise", async () => {
  await makeFilesystem();
  await makeGroup({ size: gib });
  await makeSubvolume({ size: gib });
  const resize = (size: unknown) =>
    client.call("PUT", "/api/cephfs/subvolume/models", { subvol_name: "data", group_name: "tenant-a", size });
  for (const nothing of [0, "", null]) {
    const { status, body } = await resize(nothing);
    if (nothing !== null) expect([status, body]).toEqual([200, "Subvolume data updated successfully"]);
    expect(await info()).toMatchObject({ bytes_quota: gib });
  }
  expect((await resize("0")).body).toMatchObject({ detail: expect.stringMatching(/Invalid size: '0'/) });
  await resize(2 * gib);
  expect(await info()).toMatchObject({ bytes_quota: 2 * gib });
  await resize("infinite");
  expect(await info()).toMatchObject({ bytes_quota: "infinite" });
  const group = await client.call("PUT", "/api/cephfs/subvolume/group/models", { group_name: "tenant-a", size: 0 });
  expect([group.status, group.body]).toEqual([200, "Failed to update subvolume group tenant-a, size was not provided"]);
});

it("tells what is used, and sets quotas of folders by path", async () => {
  await makeFilesystem();
  await makeGroup();
  await makeSubvolume({ size: 4 * gib });
  await client.control("POST", "use", { subvolume: "models/tenant-a/data", bytes: gib });
  expect(await info()).toMatchObject({ bytes_used: gib, bytes_pcent: "25.00" });
  const id = await idOf("models");
  const quota = (path: string) => client.get(`/api/cephfs/${id}/quota?path=${encodeURIComponent(path)}`);
  const { path } = (await info()) as { path: string };
  expect(await quota(path)).toEqual({ max_bytes: 4 * gib, max_files: 0 });
  await client.call("PUT", `/api/cephfs/${id}/quota`, { path, max_bytes: 8 * gib, max_files: 100 });
  expect(await quota(path)).toEqual({ max_bytes: 8 * gib, max_files: 100 });
  expect(await info()).toMatchObject({ bytes_quota: 8 * gib });
});

it("refuses what is not there and what is not empty", async () => {
  await makeFilesystem();
  expect((await makeSubvolume()).body).toEqual({
    detail: "Failed to create subvolume data: subvolume group 'tenant-a' does not exist",
    component: null,
  });
  await makeGroup();
  await makeSubvolume();
  expect((await makeGroup({ pool_layout: "cloudstack" })).body).toMatchObject({
    detail: expect.stringMatching(/valid data pool/),
  });
  const remove = (path: string) => client.call("DELETE", `/api/cephfs/subvolume/${path}`);
  expect((await remove("group/models?group_name=tenant-a")).body).toMatchObject({
    detail: expect.stringMatching(/Directory not empty/),
  });
  expect((await remove("models?subvol_name=data&group_name=tenant-a")).status).toBe(204);
  expect((await remove("models?subvol_name=data&group_name=tenant-a")).body).toMatchObject({ component: "cephfs" });
  expect((await remove("group/models?group_name=tenant-a")).status).toBe(204);
  expect((await client.call("GET", "/api/cephfs/subvolume/group/nowhere")).status).toBe(400);
});
