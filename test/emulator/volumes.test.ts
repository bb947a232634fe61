import { afterAll, beforeAll, expect, it } from "vitest";
import { type Row, Site } from "./site.ts";

const gib = 2 ** 30;
let site: Site;
let network: Row;
let disk: Row;

beforeAll(async () => {
  site = await Site.start();
  network = await site.network({ gateway: "10.1.1.1", netmask: "255.255.255.0" });
  disk = await site.do("createDiskOffering", { name: "ten", displaytext: "ten", disksize: 10 });
});
afterAll(() => site.close());

const create = (): Promise<Row> =>
  site.do("createVolume", { name: site.name("vol"), diskofferingid: disk.id, zoneid: site.zoneid });
const daily = (volumeid: string, maxsnaps: number) =>
  site.call("createSnapshotPolicy", {
    volumeid,
    intervaltype: "DAILY",
    schedule: "30:02",
    timezone: "Asia/Seoul",
    maxsnaps,
  });

it("is nowhere until it is attached for the first time", async () => {
  const volume = await create();
  expect(volume).toMatchObject({ state: "Allocated", size: 10 * gib, hypervisor: "None" });
  const { id: virtualmachineid } = await site.deploy(network);
  const attached = await site.do("attachVolume", { id: volume.id, virtualmachineid });
  expect(attached).toMatchObject({ state: "Ready", deviceid: 1, virtualmachineid, storage: "primary1" });
  const disks = await site.listAll("listVolumes", { virtualmachineid });
  expect(disks.map((one) => one.type).sort()).toEqual(["DATADISK", "ROOT"]);
  expect(await site.do("detachVolume", { id: volume.id })).toMatchObject({ state: "Ready" });
  await site.do("deleteVolume", { id: volume.id });
});

it("goes to devices 1, 2, 4: the third is the CD drive", async () => {
  const { id: virtualmachineid } = await site.deploy(network);
  const devices = [];
  for (let n = 0; n < 3; n += 1) {
    devices.push((await site.do("attachVolume", { id: (await create()).id, virtualmachineid })).deviceid);
  }
  expect(devices).toEqual([1, 2, 4]);
  const taken = { id: (await create()).id, virtualmachineid, deviceid: 2 };
  expect((await site.refusal("attachVolume", taken)).text).toBe("deviceId 2 is used by vm");
});

it("survives its instance, detached", async () => {
  const { id: virtualmachineid } = await site.deploy(network);
  const { id } = await create();
  await site.do("attachVolume", { id, virtualmachineid });
  await site.do("destroyVirtualMachine", { id: virtualmachineid, expunge: true });
  const [volume] = await site.listAll("listVolumes", { id });
  expect(volume).toMatchObject({ state: "Ready" });
  expect(volume).not.toHaveProperty("virtualmachineid");
});

it("shrinks only when told that this is fine, and grows within the limits", async () => {
  const tenant = await site.tenant();
  const params = { name: "v", diskofferingid: disk.id, zoneid: site.zoneid, ...tenant };
  const { id } = await site.do("createVolume", params);
  expect(await site.refusal("resizeVolume", { id, size: 5 })).toMatchObject({ code: 432 });
  expect(await site.do("resizeVolume", { id, size: 5, shrinkok: true })).toMatchObject({ size: 5 * gib });
  await site.do("updateResourceLimit", { ...tenant, resourcetype: 10, max: 15 });
  expect(await site.refusal("resizeVolume", { id, size: 16 })).toMatchObject({ code: 530 });
  expect(await site.do("resizeVolume", { id, size: 15 })).toMatchObject({ size: 15 * gib });
});

it("has one snapshot policy an interval: a second one takes the place of the first", async () => {
  const { id } = await create();
  expect((await daily(id, 3)).status).toBe(431);
  const { id: virtualmachineid } = await site.deploy(network);
  await site.do("attachVolume", { id, virtualmachineid });
  const first = (await daily(id, 3)).content.snapshotpolicy as Row;
  const second = (await daily(id, 7)).content.snapshotpolicy as Row;
  expect(second).toMatchObject({ id: first.id, intervaltype: 1, maxsnaps: 7 });
  expect(await site.listAll("listSnapshotPolicies", { volumeid: id })).toHaveLength(1);
  await site.do("deleteSnapshotPolicies", { id: first.id });
  expect(await site.listAll("listSnapshotPolicies", { volumeid: id })).toEqual([]);
});

it("goes to a pool that carries the tags of its offering", async () => {
  const { id: diskofferingid } = await site.do("createDiskOffering", {
    name: "t",
    displaytext: "t",
    disksize: 1,
    tags: "tenant-x",
  });
  const { id } = await site.do("createVolume", { name: "tagged", diskofferingid, zoneid: site.zoneid });
  const { id: virtualmachineid } = await site.deploy(network);
  expect(await site.refusal("attachVolume", { id, virtualmachineid })).toMatchObject({ code: 530 });
});
