import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultSeed } from "../../emulator/cloudstack/seed.ts";
import type { Params } from "./client.ts";
import { type Row, Site } from "./site.ts";

const gib = 2 ** 30;
const secret = "AQBzZWNyZXQtb2YtdGVuYW50LWE-_w==";
const key = secret.replaceAll("-", "+").replaceAll("_", "/");
let site: Site;
let clusterid: string;

beforeEach(async () => {
  site = await Site.start();
  clusterid = (await site.list("listClusters"))[0]?.id ?? "";
});
afterEach(() => site.close());

const rbd = (pool: string, user = "tenant-a", word = secret) => `rbd://${user}:${word}@10.0.6.1,10.0.6.2:6789/${pool}`;
const pool = (name: string, params: Params = {}): Params => ({
  name,
  zoneid: site.zoneid,
  clusterid,
  url: rbd(name),
  ...params,
});
const added = (name: string, params: Params = {}): Promise<Row> => site.do("createStoragePool", pool(name, params));

describe("primary storage", () => {
  it("is added for a cluster or a whole zone, and never shows its secret", async () => {
    const details = { "details[0].rbd_default_data_pool": "ec-data" };
    const created = await added("tenant-a", { tags: "tenant-a,ssd", ...details });
    expect(created).toMatchObject({
      type: "RBD",
      scope: "CLUSTER",
      state: "Up",
      clusterid,
      ipaddress: "10.0.6.1,10.0.6.2",
      path: "tenant-a",
      tags: "tenant-a,ssd",
      provider: "DefaultPrimary",
      details: { rbd_default_data_pool: "ec-data" },
    });
    const zoneWide = await added("shared", { scope: "zone", hypervisor: "kvm" });
    expect(zoneWide).toMatchObject({ scope: "ZONE", hypervisor: "KVM" });
    expect(zoneWide).not.toHaveProperty("clusterid");
    const inventory = await fetch(`${site.emulator.controlUrl}/inventory`);
    const shown = JSON.stringify([await site.list("listStoragePools"), await inventory.json()]);
    for (const word of [secret, key, "rbd://"]) expect(shown).not.toContain(word);
    expect(await site.list("listStoragePools", { scope: "zone" })).toHaveLength(1);
    expect(await site.list("listStoragePools", { status: "Maintenance" })).toEqual([]);
    const tags = await site.list("listStorageTags");
    expect(tags.map((tag) => tag.name)).toEqual(["tenant-a", "ssd"]);
  });

  it.each([
    [{ clusterid: "" }, "cluster id can't be null, if scope is cluster"],
    [{ scope: "moon" }, "invalid scope for pool moon"],
    [
      { scope: "zone" },
      "Missing parameter hypervisor. Hypervisor type is required to create zone wide primary storage.",
    ],
    [{ provider: "ABLESTACK" }, "can't find storage provider: ABLESTACK"],
    [{ url: "gluefs://a:b@10.0.6.1/fs" }, "Failed to add data store: Unable to figure out the scheme for URI: gluefs"],
    [{ url: "rbd://10.0.6.1" }, "Failed to add data store: host or path is null, should be rbd://hostname/pool"],
    [{ url: "10.0.6.1" }, "Failed to add data store: scheme is null <url>, add nfs:// (or cifs://) as a prefix"],
  ])("refuses %j with 530", async (params, text) => {
    const { clusterid: without, ...rest } = params as Params;
    const all = pool("p", rest);
    if (without === "") delete (all as Record<string, unknown>).clusterid;
    expect(await site.refusal("createStoragePool", all)).toEqual({ code: 530, text });
  });

  it("is added once, whoever the Ceph user is, and again after it was deleted", async () => {
    const { id } = await added("p");
    const again = {
      code: 530,
      text: "Failed to add data store: Another active pool with the same uuid already exists",
    };
    expect(await site.refusal("createStoragePool", pool("other", { url: rbd("p", "tenant-b") }))).toEqual(again);
    expect(await site.refusal("deleteStoragePool", { id })).toMatchObject({
      code: 431,
      text: expect.stringContaining("not in Maintenance state"),
    });
    expect(await site.do("enableStorageMaintenance", { id })).toMatchObject({ state: "Maintenance" });
    await site.do("deleteStoragePool", { id });
    const gone = await site.call("listStoragePools", { id });
    expect(gone).toMatchObject({
      status: 431,
      content: { errortext: expect.stringContaining("entity does not exist") },
    });
    expect(await added("p")).toMatchObject({ id });
  });

  it("changes name, tags and whether it takes volumes", async () => {
    const { id } = await added("p", { tags: "a" });
    expect(await site.do("updateStoragePool", { id, name: "q", tags: "b,c" })).toMatchObject({
      name: "q",
      tags: "b,c",
    });
    expect(await site.do("updateStoragePool", { id, tags: "" })).not.toHaveProperty("tags");
    expect(await site.refusal("updateStoragePool", { id, enabled: true })).toMatchObject({
      code: 431,
      text: expect.stringContaining("cannot be enabled. Storage pool state : Up"),
    });
    expect(await site.do("updateStoragePool", { id, enabled: false })).toMatchObject({ state: "Disabled" });
  });

  it("lets nobody in whose key is not among the known ones, until all are good again", async () => {
    await site.control("storage-keys", { keys: [{ user: "client.tenant-a", key, pools: ["tenant-a"] }] });
    const text = "Failed to add data store: Failed to access storage pool";
    expect(await site.refusal("createStoragePool", pool("tenant-b"))).toEqual({ code: 530, text });
    const wrong = pool("tenant-a", { url: rbd("tenant-a", "tenant-a", "AQwrong==") });
    expect(await site.refusal("createStoragePool", wrong)).toEqual({ code: 530, text });
    const zoneWide = { ...wrong, scope: "zone", hypervisor: "KVM" };
    expect(await site.refusal("createStoragePool", zoneWide)).toMatchObject({
      text: "Failed to add data store: Failed to create storage pool as it is not accessible to hosts.",
    });
    expect(await site.list("listStoragePools", { name: "tenant-a" })).toEqual([]);
    await added("tenant-a");
    await fetch(`${site.emulator.controlUrl}/storage-keys`, { method: "DELETE" });
    await added("tenant-b");
  });

  it("takes the keys of the seed", async () => {
    const seed = { ...defaultSeed, storageKeys: [{ user: "tenant-a", key }] };
    const other = await Site.start({ seed });
    const params = { name: "p", zoneid: other.zoneid, scope: "zone", hypervisor: "KVM" };
    expect(await other.refusal("createStoragePool", { ...params, url: rbd("p", "tenant-b") })).toMatchObject({
      code: 530,
    });
    await other.do("createStoragePool", { ...params, url: rbd("p") });
    await other.close();
  });

  it("cannot be added while no host is up", async () => {
    for (const name of ["host1", "host2", "host3"]) await site.control("hosts", { name, state: "Down" });
    expect(await site.refusal("createStoragePool", pool("p"))).toMatchObject({
      text: "Failed to add data store: No host up to associate a storage pool with in cluster 1",
    });
  });
});

describe("volumes", () => {
  let network: Row;
  beforeEach(async () => {
    network = await site.network({ gateway: "10.1.1.1", netmask: "255.255.255.0" });
  });

  const disk = (params: Params): Promise<Row> =>
    site.do("createDiskOffering", { name: site.name("disk"), disksize: 10, ...params });
  const rootOf = async (virtualmachineid: string) =>
    (await site.listAll("listVolumes", { virtualmachineid, type: "ROOT" }))[0];
  const attach = async (diskofferingid: string) => {
    const { id } = await site.do("createVolume", { name: site.name("vol"), diskofferingid, zoneid: site.zoneid });
    const { id: virtualmachineid } = await site.deploy(network);
    return { id, virtualmachineid };
  };

  it("lie only in pools that carry every tag of their offering", async () => {
    await added("one", { tags: "tenant-a" });
    const both = await added("both", { tags: "tenant-a,ssd" });
    const placed = await site.do("attachVolume", await attach((await disk({ tags: "ssd,tenant-a" })).id));
    expect(placed).toMatchObject({ storage: "both", storageid: both.id });
    const order = await attach((await disk({ tags: "tenant-b" })).id);
    expect(await site.refusal("attachVolume", order)).toMatchObject({
      code: 530,
      text: expect.stringMatching(/^Unable to find suitable primary storage when creating volume \[/),
    });
    expect((await site.listAll("listVolumes", { id: order.id }))[0]).toMatchObject({ state: "Allocated" });
  });

  it("decide where an instance can be: its offering's storage tags count, too", async () => {
    const serviceofferingid = (await site.offering({ tags: "tenant-a" })).id;
    expect(
      await site.refusal("deployVirtualMachine", await site.deployment(network, { serviceofferingid })),
    ).toMatchObject({
      code: 533,
      text: expect.stringMatching(/^No destination found for a deployment for VM instance/),
    });
    await added("a", { tags: "tenant-a" });
    const { id } = await site.deploy(network, { serviceofferingid });
    expect(await rootOf(id)).toMatchObject({ storage: "a" });
  });

  it("without tags go anywhere, into a tagged pool too", async () => {
    const { id: huge } = await added("huge", { tags: "tenant-a" });
    await site.do("updateStoragePool", { id: huge, capacitybytes: 90 * 1024 * gib });
    expect(await rootOf((await site.deploy(network)).id)).toMatchObject({ storage: "huge" });
  });

  it("fill a pool to 85 % of what it promises, twice its size", async () => {
    const { id } = await added("small", { tags: "s" });
    expect(await site.do("updateStoragePool", { id, capacitybytes: 10 * gib })).toMatchObject({
      disksizetotal: 10 * gib,
    });
    const { id: offering } = await disk({ tags: "s", disksize: 9 });
    await site.do("attachVolume", await attach(offering));
    expect(await site.refusal("attachVolume", await attach(offering))).toMatchObject({ code: 530 });
    await site.do("updateConfiguration", { name: "storage.overprovisioning.factor", value: "3", storageid: id });
    await site.do("attachVolume", await attach(offering));
    expect(await site.listAll("listVolumes", { storageid: id })).toHaveLength(2);
    expect((await site.list("listStoragePools", { id }))[0]).toMatchObject({
      disksizeallocated: 18 * gib,
      overprovisionfactor: "3.0",
    });
  });

  it("that are to be encrypted find no room on Ceph, but on a file server", async () => {
    await added("ceph", { tags: "safe" });
    const offering = await disk({ tags: "safe", encrypt: true });
    expect(offering).toMatchObject({ encrypt: true });
    const order = await attach(offering.id);
    expect(await site.refusal("attachVolume", order)).toMatchObject({ code: 530 });
    await added("files", { url: "nfs://10.0.6.9/export/safe", tags: "safe" });
    expect(await site.do("attachVolume", order)).toMatchObject({ storage: "files" });
  });

  it("keep their pool from being deleted, and stop with its maintenance", async () => {
    const { id } = await added("a", { tags: "a" });
    const order = await attach((await disk({ tags: "a" })).id);
    await site.do("attachVolume", order);
    await site.do("enableStorageMaintenance", { id });
    const state = async () => (await site.listAll("listVirtualMachines", { id: order.virtualmachineid }))[0]?.state;
    expect(await state()).toBe("Stopped");
    expect(await site.refusal("deleteStoragePool", { id })).toMatchObject({
      code: 530,
      text: "Cannot delete pool a as there are associated volumes for this pool",
    });
    expect(await site.refusal("deleteStoragePool", { id, forced: true })).toMatchObject({
      text: "Cannot delete pool a as there are associated non-destroyed vols for this pool",
    });
    expect(await site.refusal("enableStorageMaintenance", { id })).toMatchObject({ code: 431 });
    await site.do("cancelStorageMaintenance", { id });
    expect(await state()).toBe("Running");
    await site.do("detachVolume", { id: order.id });
    await site.do("destroyVolume", { id: order.id });
    await site.do("enableStorageMaintenance", { id });
    expect(await site.refusal("deleteStoragePool", { id })).toMatchObject({ code: 530 });
    expect(await site.do("deleteStoragePool", { id, forced: true })).toMatchObject({ success: true });
  });

  it("of a domain's offering are only for the domain", async () => {
    const tenant = await site.tenant();
    const other = await site.tenant();
    const { id: diskofferingid } = await disk({ domainid: tenant.domainid });
    const order = { name: "v", diskofferingid, zoneid: site.zoneid };
    expect(await site.refusal("createVolume", { ...order, ...other })).toMatchObject({ code: 531 });
    expect(await site.do("createVolume", { ...order, ...tenant })).toMatchObject({ state: "Allocated" });
  });
});
