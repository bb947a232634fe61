import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Row, Site } from "./site.ts";

const gib = 2 ** 30;
let site: Site;
let network: Row;
let fast: Row;
let slow: Row;

const offering = (tags: string | undefined): Promise<Row> => {
  const name = site.name("disk");
  return site.do("createDiskOffering", { name, displaytext: name, customized: true, ...(tags ? { tags } : {}) });
};
const pool = (name: string): Promise<Row> =>
  site.do("createStoragePool", {
    name,
    tags: name,
    zoneid: site.zoneid,
    scope: "zone",
    hypervisor: "KVM",
    url: `rbd://u:k@10.0.6.1/${name}`,
  });

beforeAll(async () => {
  site = await Site.start();
  network = await site.network({ gateway: "10.1.1.1", netmask: "255.255.255.0" });
  for (const name of ["fast", "slow"]) await pool(name);
  [fast, slow] = [await offering("fast"), await offering("slow")];
});
afterAll(() => site.close());

async function attached(size = 10): Promise<{ id: string; virtualmachineid: string }> {
  const params = { name: site.name("v"), zoneid: site.zoneid, diskofferingid: slow.id, size };
  const { id } = await site.do("createVolume", params);
  const { id: virtualmachineid } = await site.deploy(network);
  expect(await site.do("attachVolume", { id, virtualmachineid })).toMatchObject({ storage: "slow" });
  return { id, virtualmachineid };
}
const move = (id: string, more = {}) => ({ id, diskofferingid: fast.id, size: 10, automigrate: true, ...more });

describe("changeOfferingForVolume", () => {
  it("moves a volume of a stopped instance, and a detached one, under the same id", async () => {
    const { id, virtualmachineid } = await attached();
    await site.do("stopVirtualMachine", { id: virtualmachineid });
    expect(await site.do("changeOfferingForVolume", move(id, { size: 20 }))).toMatchObject({
      id,
      storage: "fast",
      diskofferingid: fast.id,
      size: 20 * gib,
      virtualmachineid,
    });
    await site.do("startVirtualMachine", { id: virtualmachineid });
    await site.do("detachVolume", { id });
    const back = { ...move(id, { size: 20 }), diskofferingid: slow.id };
    expect(await site.do("changeOfferingForVolume", back)).toMatchObject({ id, storage: "slow" });
  });

  it("refuses to move while the instance runs, and without leave to move", async () => {
    const { id } = await attached();
    const running = await site.refusal("changeOfferingForVolume", move(id));
    expect(running).toMatchObject({
      code: 530,
      text: expect.stringMatching(/migration failed to storage pool \d+ due to/),
    });
    const bound = await site.refusal("changeOfferingForVolume", move(id, { automigrate: false }));
    expect(bound).toMatchObject({ code: 431, text: expect.stringContaining("automigrate is set to false") });
    expect((await site.listAll("listVolumes", { id }))[0]).toMatchObject({ storage: "slow", diskofferingid: slow.id });
  });

  it("keeps the pool while the instance runs, where that has the tags", async () => {
    const { id } = await attached();
    const [like, open] = [await offering("slow"), await offering(undefined)];
    for (const { id: diskofferingid } of [like, open]) {
      const changed = await site.do("changeOfferingForVolume", { id, diskofferingid, size: 12, automigrate: true });
      expect(changed).toMatchObject({ storage: "slow", diskofferingid, size: 12 * gib });
    }
  });

  it("changes only the record of a volume that was never attached", async () => {
    const params = { name: site.name("v"), zoneid: site.zoneid, diskofferingid: slow.id, size: 10 };
    const { id } = await site.do("createVolume", params);
    expect(await site.do("changeOfferingForVolume", move(id))).toMatchObject({
      state: "Allocated",
      diskofferingid: fast.id,
    });
  });

  it("refuses what no pool can hold, what would shrink, and what is there already", async () => {
    const { id } = await attached();
    const nowhere = await offering("moon");
    const refusals = [
      [{ diskofferingid: nowhere.id }, 530, "no suitable pool(s) found"],
      [{ size: 5 }, 432, "would shrink the volume"],
      [{ size: undefined }, 431, "requires that a size be specified"],
      [{ diskofferingid: slow.id }, 431, "is already having disk offering"],
      [{ size: 100_000 }, 530, "no suitable pool(s) found"],
    ] as const;
    for (const [more, code, text] of refusals) {
      const { size, ...params } = { ...move(id), ...more };
      const refusal = await site.refusal("changeOfferingForVolume", { ...params, ...(size ? { size } : {}) });
      expect(refusal).toMatchObject({ code, text: expect.stringContaining(text) });
    }
  });

  it("refuses to move beside snapshots of the instance", async () => {
    const { id, virtualmachineid } = await attached();
    await site.do("stopVirtualMachine", { id: virtualmachineid });
    await site.do("createVMSnapshot", { virtualmachineid });
    const refusal = await site.refusal("changeOfferingForVolume", move(id));
    expect(refusal).toMatchObject({ code: 530, text: expect.stringContaining("remove all VM snapshots") });
  });
});

it("resizeVolume keeps the pool, and so refuses an offering with other tags", async () => {
  const { id } = await attached();
  const resize = (diskofferingid: string) => ({ id, diskofferingid, size: 12 });
  expect(await site.refusal("resizeVolume", resize(fast.id))).toEqual({
    code: 431,
    text: "The tags on the new and old disk offerings must match.",
  });
  const { id: like } = await offering("slow");
  expect(await site.do("resizeVolume", resize(like))).toMatchObject({ storage: "slow", diskofferingid: like });
});
