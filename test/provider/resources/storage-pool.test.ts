import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Failure, type Kept, plain } from "../engine.ts";
import { type Estate, INSTANCE, startEstate, VOLUME } from "./estate.ts";

const POOL = "cloudstack:storage:StoragePool";
const DISK = "cloudstack:storage:DiskOffering";
const key = "AQC+a/bcdefghijklmnopqrstuvwxyz0123456789==";

let estate: Estate;
let count = 0;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

function pool(more: Record<string, unknown> = {}) {
  const name = `tenant-${++count}`;
  const base = { name, zoneId: estate.zoneId, monitors: ["10.0.6.11", "10.0.6.12"], pool: name, user: "client.tenant" };
  return { ...base, secretKey: key, storageTags: [name], ...more } as never;
}

const rowOf = async (id: string) => (await estate.rows("listStoragePools", { id }))[0];

describe("StoragePool", () => {
  test("T#82 is added for the zone, is quiet afterwards, and changes name and tags in place", async () => {
    const inputs = pool();
    const kept = await estate.engine.create(POOL, inputs);
    expect(await rowOf(kept.id)).toMatchObject({
      ipaddress: "10.0.6.11,10.0.6.12",
      path: plain(inputs).pool,
      scope: "ZONE",
      hypervisor: "KVM",
      type: "RBD",
    });
    expect(plain(kept.state)).toMatchObject({ type: "rbd", provider: "DefaultPrimary", pool: plain(inputs).pool });
    expect(await estate.drift(POOL, kept)).toEqual({});
    const changed = await estate.engine.update(POOL, kept, {
      ...kept.inputs,
      name: "renamed",
      storageTags: ["a", "b"],
    });
    expect(await rowOf(kept.id)).toMatchObject({ name: "renamed", tags: "a,b" });
    const { storageTags: _, ...untagged } = changed.inputs;
    const bare = await estate.engine.update(POOL, changed, untagged);
    expect((await rowOf(kept.id))?.tags).toBeUndefined();
    expect(await estate.drift(POOL, bare)).toEqual({});
    await estate.engine.delete(POOL, bare);
    expect(await estate.drift(POOL, bare)).toBe("gone");
    await estate.engine.delete(POOL, bare);
  });

  test("for one cluster the pod is found", async () => {
    const clusterId = String((await estate.rows("listClusters"))[0]?.id);
    const kept = await estate.engine.create(POOL, pool({ scope: "cluster", clusterId, dataPool: "ec" }));
    expect(await rowOf(kept.id)).toMatchObject({ scope: "CLUSTER", clusterid: clusterId });
    expect(plain(kept.state)).toMatchObject({ scope: "cluster", clusterId, dataPool: "ec" });
    expect(await estate.drift(POOL, kept)).toEqual({});
    await estate.engine.delete(POOL, kept);
  });

  test("a capacity of its own is set after the create, which forgets it", async () => {
    const kept = await estate.engine.create(POOL, pool({ capacityGib: 300, capacityIops: 9000 }));
    const set = { disksizetotal: 300 * 2 ** 30, capacityiops: 9000 };
    expect(await rowOf(kept.id)).toMatchObject(set);
    expect(await estate.drift(POOL, kept)).toEqual({});
    const grown = await estate.engine.update(POOL, kept, { ...kept.inputs, capacityGib: 400 });
    expect(await rowOf(kept.id)).toMatchObject({ ...set, disksizetotal: 400 * 2 ** 30 });
    await estate.engine.delete(POOL, grown);
  });

  test("a run that fails before the capacity is set leaves the pool in the state, and the next one sets it", async () => {
    await estate.fault({ command: "updateStoragePool", kind: "error", status: 530, text: "not now" });
    const inputs = pool({ capacityGib: 300 });
    const failure = (await estate.engine.create(POOL, inputs).catch((error: unknown) => error)) as Failure;
    expect(failure.details).toContain("not now");
    const { id, inputs: given, state } = failure.partial as Kept;
    expect((await rowOf(id))?.disksizetotal).not.toBe(300 * 2 ** 30);
    const kept = await (await estate.nextRun()).update(POOL, { id, inputs: given, state }, inputs);
    expect(await rowOf(id)).toMatchObject({ disksizetotal: 300 * 2 ** 30 });
    await estate.engine.delete(POOL, kept);
  });

  test("the key reaches the storage unharmed and is nowhere else", async () => {
    const inputs = pool();
    const own = { user: "tenant", key };
    const keys = (list: unknown[]) =>
      fetch(`${estate.emulator.controlUrl}/storage-keys`, { method: "POST", body: JSON.stringify({ keys: list }) });
    await keys([own]);
    const kept = await estate.engine.create(POOL, inputs);
    const live = await estate.engine.read(POOL, kept);
    const spellings = [key, key.replaceAll("+", "-").replaceAll("/", "_")];
    const shown = [await rowOf(kept.id), await (await fetch(`${estate.emulator.controlUrl}/inventory`)).json()];
    for (const spelling of spellings) {
      expect(JSON.stringify(shown)).not.toContain(spelling);
      for (const values of [kept.state, live?.state, live?.inputs]) {
        const { secretKey, ...others } = values as Record<string, unknown>;
        expect(secretKey).toMatchObject({ value: key });
        expect(JSON.stringify(others)).not.toContain(spelling);
      }
    }
    const imported = await estate.engine.import(POOL, kept.id);
    expect(plain(imported?.inputs ?? {}).secretKey).toBeUndefined();
    expect((await estate.engine.diff(POOL, imported as never, kept.inputs)).changes).toEqual({});
    await keys([{ user: "tenant", key: "another" }]);
    const refused = await estate.engine.create(POOL, pool()).catch((error: { details: string }) => error.details);
    expect(refused).toMatch(/not accessible to hosts[\s\S]*check user, secretKey and pool/);
    for (const spelling of spellings) expect(refused).not.toContain(spelling);
    await fetch(`${estate.emulator.controlUrl}/storage-keys`, { method: "DELETE" });
    await estate.engine.delete(POOL, kept);
  });

  test("a server that quotes the address in its refusal does not give the key away", async () => {
    const url = `rbd://tenant:${key.replaceAll("+", "-").replaceAll("/", "_")}@10.0.6.11/x`;
    await estate.fault({
      command: "createStoragePool",
      kind: "error",
      status: 530,
      text: `cannot add ${url} (${key})`,
    });
    const refused = await estate.engine.create(POOL, pool()).catch((error: { details: string }) => error.details);
    expect(refused).toContain("rbd://tenant:[secret]@10.0.6.11/x ([secret])");
  });

  test("a lost answer, and a killed run, leave one pool", async () => {
    const lost = pool();
    await estate.fault({ command: "createStoragePool", kind: "drop" });
    const kept = await estate.engine.create(POOL, lost);
    const next = await estate.nextRun();
    expect((await next.create(POOL, lost)).id).toBe(kept.id);
    const { name } = plain(lost) as { name: string };
    expect(await estate.rows("listStoragePools", { name })).toHaveLength(1);
    await expect(estate.engine.create(POOL, { ...(lost as object), name: "other" } as never)).rejects.toMatchObject({
      details: expect.stringContaining("already exists"),
    });
    await next.delete(POOL, kept);
  });

  test("is not taken from under volumes, nor are instances stopped for the attempt", async () => {
    const inputs = pool();
    const kept = await estate.engine.create(POOL, inputs);
    const { storageTags } = plain(inputs) as { storageTags: string[] };
    const offering = await estate.engine.create(DISK, { name: "tenant", sizeGib: 1, storageTags });
    const tier = await estate.tier();
    const vm = await estate.engine.create(INSTANCE, estate.instanceOn("on-pool", tier) as never);
    const volume = await estate.engine.create(VOLUME, {
      name: "precious",
      diskOfferingId: offering.id,
      zoneId: estate.zoneId,
      instanceId: vm.id,
    });
    expect((await estate.rows("listVolumes", { id: volume.id }))[0]?.storageid).toBe(kept.id);
    await expect(estate.engine.delete(POOL, kept)).rejects.toMatchObject({
      details: expect.stringMatching(/1 volumes live on it: precious \(of on-pool\)/),
    });
    await fetch(`${estate.emulator.controlUrl}/projects`, {
      method: "POST",
      body: JSON.stringify({ volume: volume.id }),
    });
    await expect(estate.engine.delete(POOL, kept)).rejects.toMatchObject({
      details: expect.stringMatching(/1 volumes live on it: precious \(of on-pool\)[\s\S]*monitors, user or key/),
    });
    expect((await rowOf(kept.id))?.state).toBe("Up");
    expect((await estate.rows("listVirtualMachines", { id: vm.id }))[0]?.state).toBe("Running");
    await estate.engine.delete(VOLUME, volume);
    await estate.engine.delete(POOL, kept);
    expect(await estate.drift(POOL, kept)).toBe("gone");
  });

  test("when the server refuses to delete it, it is taken back into use", async () => {
    const kept = await estate.engine.create(POOL, pool());
    await estate.fault({ command: "deleteStoragePool", kind: "error", status: 530, text: "Failed to delete pool" });
    await expect(estate.engine.delete(POOL, kept)).rejects.toMatchObject({
      details: expect.stringContaining("Failed to delete pool"),
    });
    expect((await rowOf(kept.id))?.state).toBe("Up");
    await estate.engine.delete(POOL, kept);
  });

  test("one that was disabled, as before its removal, is removed; refused, it is disabled again", async () => {
    const kept = await estate.engine.create(POOL, pool());
    await estate.byHand("updateStoragePool", { id: kept.id, enabled: "false" });
    expect((await rowOf(kept.id))?.state).toBe("Disabled");
    await estate.fault({ command: "deleteStoragePool", kind: "error", status: 530, text: "Failed to delete pool" });
    await expect(estate.engine.delete(POOL, kept)).rejects.toMatchObject({
      details: expect.stringContaining("Failed to delete pool"),
    });
    expect((await rowOf(kept.id))?.state).toBe("Disabled");
    await estate.engine.delete(POOL, kept);
    expect(await estate.drift(POOL, kept)).toBe("gone");
  });

  test.each([
    [{ pool: undefined }, { pool: /is required for type rbd/ }],
    [
      { type: "glueFilesystem", pool: undefined },
      { path: /is required/, fileSystem: /is required/ },
    ],
    [{ path: "/x" }, { path: /means nothing for type rbd/ }],
    [{ scope: "cluster" }, { clusterId: /is required for scope cluster/ }],
    [{ clusterId: "6cf0c327-6d89-40f6-a845-1400a5547320" }, { clusterId: /means nothing for scope zone/ }],
    [{ monitors: ["10.0.6.1:6789"] }, { "monitors[0]": /a port goes to/ }],
    [{ user: "a:b" }, { user: /without : @ and/ }],
    [{ pool: "a/b" }, { pool: /name of a Ceph pool, without/ }],
    [{ pool: "a#b" }, { pool: /name of a Ceph pool, without/ }],
    [{ pool: "a%b" }, { pool: /name of a Ceph pool, without/ }],
    [{ pool: "a b" }, { pool: /name of a Ceph pool, without/ }],
    [{ secretKey: "no:key@all" }, { secretKey: /in base64/ }],
    [
      { monitors: Array.from({ length: 9 }, (_, i) => `monitor-${i}.storage.example.internal`) },
      { monitors: /takes 255/ },
    ],
  ])("%j is refused before anything is asked", async (more, expected) => {
    const { failures } = await estate.engine.check(POOL, pool(more));
    expect(Object.keys(failures).sort()).toEqual(Object.keys(expected).sort());
    for (const [path, reason] of Object.entries(expected)) {
      expect(failures[path]).toMatch(reason);
      expect(failures[path]).not.toContain(key);
    }
  });
});

describe("StoragePool on Mold", () => {
  let mold: Estate;
  beforeAll(async () => {
    mold = await startEstate("none", { flavor: "mold" });
  });
  afterAll(() => mold.close());

  test.each([
    ["glueBlock", { pool: "rbd" }, { provider: "ABLESTACK", type: "RBD", krbdpath: "/dev/rbd" }],
    [
      "glueFilesystem",
      { pool: undefined, path: "/fs/tenant", fileSystem: "fs" },
      { provider: "ABLESTACK", type: "SharedMountPoint", path: "/fs/tenant" },
    ],
  ])("%s is added with Glue's plugin and is quiet", async (type, more, row) => {
    const kept = await mold.engine.create(POOL, pool({ type, zoneId: mold.zoneId, ...more }));
    expect((await mold.rows("listStoragePools", { id: kept.id }))[0]).toMatchObject(row);
    expect(await mold.drift(POOL, kept)).toEqual({});
    await mold.engine.delete(POOL, kept);
  });
});
