import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GpuDevice } from "../../emulator/cloudstack/models/gpu.ts";
import { chooseDevices } from "../../emulator/cloudstack/models/gpu-allocation.ts";
import { type Row, Site } from "./site.ts";

let site: Site;
let network: Row;
let whole: string;
let slice: string;

beforeAll(async () => {
  site = await Site.start({ seed: "enterprise" });
  network = await site.network({}, "DefaultL2NetworkOffering");
  const profiles = await site.list("listVgpuProfiles");
  const idOf = (name: string) => profiles.find((profile) => profile.name === name)?.id ?? "";
  whole = idOf("passthrough");
  slice = idOf("A100-8C");
});
afterAll(() => site.close());

const offering = (vgpuprofileid: string, gpucount = 1) => site.offering({ vgpuprofileid, gpucount });
const devicesOf = (instance: Row) => site.list("listGpuDevices", { virtualmachineid: instance.id });
const remove = (instance: Row, expunge = true) => site.do("destroyVirtualMachine", { id: instance.id, expunge });
const device = async (id: unknown) => (await site.list("listGpuDevices", { id: String(id) }))[0];

async function deploy(offeringId: string, params = {}): Promise<Row> {
  return site.deploy(network, { serviceofferingid: offeringId, ...params });
}

describe("offerings", () => {
  it("say card, profile and size, one GPU unless told, and only that of them", async () => {
    const made = await site.offering({ vgpuprofileid: slice, gpudisplay: true });
    const fields = { vgpuprofilename: "A100-8C", videoram: 8192, maxheads: 1, gpucount: 1, gpudisplay: true };
    expect(made).toMatchObject({ vgpuprofileid: slice, ...fields });
    const listed = await site.list("listServiceOfferings", { vgpuprofileid: slice, gpuenabled: true });
    expect(listed.map(({ id }) => id)).toContain(made.id);
    const counted = await site.offering({ gpucount: -3 });
    expect(counted).toMatchObject({ gpucount: -3, gpudisplay: false });
    expect(counted).not.toHaveProperty("gpucardid");
    const size = { name: "x", cpunumber: 1, cpuspeed: 500, memory: 512 };
    expect(await site.refusal("createServiceOffering", { ...size, vgpuprofileid: slice, gpucount: 0 })).toEqual({
      code: 431,
      text: "GPU count must be greater than 0.",
    });
    const legacy = { "serviceofferingdetails[0].key": "vgpuType", "serviceofferingdetails[0].value": "passthrough" };
    expect(await site.refusal("createServiceOffering", { ...size, ...legacy })).toEqual({
      code: 431,
      text: "Please specify the pciDevice and vgpuType correctly.",
    });
  });
});

describe("instances", () => {
  it("get a slice of the host that has it, keep it while stopped, and give it back when destroyed", async () => {
    const vm = await deploy((await offering(slice)).id);
    expect(vm).toMatchObject({ hostname: "gpu-1", vgpu: "A100-8C", gpucount: 1, videoram: 8192 });
    const [taken] = await devicesOf(vm);
    const parent = () => device(taken?.parentgpudeviceid);
    expect(taken).toMatchObject({ state: "Allocated", vmstate: "Running", virtualmachinename: vm.instancename });
    expect(await parent()).toMatchObject({ state: "PartiallyAllocated" });
    await site.do("stopVirtualMachine", { id: vm.id });
    expect(await devicesOf(vm)).toMatchObject([{ id: taken?.id, state: "Allocated", vmstate: "Stopped" }]);
    await site.list("discoverGpuDevices", { id: String(taken?.hostid) });
    expect(await devicesOf(vm)).toHaveLength(1);
    await site.do("startVirtualMachine", { id: vm.id });
    const inUse = { ids: String((await devicesOf(vm))[0]?.id) };
    for (const command of ["deleteGpuDevice", "unmanageGpuDevice"]) {
      expect(await site.refusal(command, inUse)).toMatchObject({ code: 530 });
    }
    await remove(vm, false);
    expect(await devicesOf(vm)).toEqual([]);
    expect(await device(taken?.id)).toMatchObject({ state: "Free" });
    expect(await parent()).toMatchObject({ state: "Free" });
    expect((await site.do("recoverVirtualMachine", { id: vm.id })).state).toBe("Stopped");
    await remove(vm);
  });

  it("give it back when they stop, where the domain's setting says so", async () => {
    const tenant = await site.tenant();
    const setting = { name: "gpu.detach.on.stop", value: "true", domainid: tenant.domainid };
    await site.do("updateConfiguration", setting);
    const own = await site.network({ ...tenant }, "DefaultL2NetworkOffering");
    const vm = await site.deploy(own, { ...tenant, serviceofferingid: (await offering(slice)).id });
    expect(await devicesOf(vm)).toHaveLength(1);
    await site.do("stopVirtualMachine", { id: vm.id });
    expect(await devicesOf(vm)).toEqual([]);
    await site.do("startVirtualMachine", { id: vm.id });
    expect(await devicesOf(vm)).toHaveLength(1);
    await remove(vm);
  });

  it("have all their whole cards on one host, near each other", async () => {
    const vm = await deploy((await offering(whole, 2)).id);
    const devices = await devicesOf(vm);
    expect(devices.map(({ hostname, numanode }) => [hostname, numanode])).toEqual([
      [vm.hostname, "1"],
      [vm.hostname, "1"],
    ]);
    await remove(vm);
  });

  it("fail with 533 in the job when no host has enough, and take no GPU then", async () => {
    const four = await site.deployment(network, { serviceofferingid: (await offering(whole, 4)).id });
    const refusal = await site.refusal("deployVirtualMachine", four);
    expect(refusal.code).toBe(533);
    expect(refusal.text).toMatch(/^No destination found for a deployment for VM instance \{/);
    const failed = await site.listAll("listVirtualMachines", { name: String(four.name) });
    expect(failed).toMatchObject([{ state: "Error" }]);
    expect((await site.list("listZones"))[0]).toMatchObject({ gputotal: 21, gpuused: 0 });
    const lacking = { ...four, name: "fits", serviceofferingid: (await offering(whole, 3)).id };
    const vm = await site.do("deployVirtualMachine", lacking);
    await site.do("stopVirtualMachine", { id: vm.id });
    // A stopped instance keeps them: the other host has the last three.
    const second = await site.do("deployVirtualMachine", { ...lacking, name: "fits-too" });
    expect(second.hostname).not.toBe(vm.hostname);
    expect(await site.refusal("deployVirtualMachine", { ...lacking, name: "late" })).toMatchObject({ code: 533 });
    await remove(vm);
    await remove(second);
  });

  it("without GPUs go to hosts without GPUs while these have room", async () => {
    const vm = await deploy((await site.offering()).id);
    expect(vm.hostname).toMatch(/^cpu-/);
    expect(vm).not.toHaveProperty("gpucount");
    await remove(vm);
  });

  it("with whole cards do not migrate; with slices they take others on the new host", async () => {
    const vm = await deploy((await offering(whole)).id);
    expect(await site.refusal("migrateVirtualMachine", { virtualmachineid: vm.id })).toEqual({
      code: 431,
      text: "Unsupported operation, VM uses host passthrough, cannot migrate",
    });
    await remove(vm);
    // Only gpu-1 has slices of this size.
    const sliced = await deploy((await offering(slice)).id);
    const [free] = await site.list("listHosts", { name: "gpu-2" });
    const there = { virtualmachineid: sliced.id, hostid: String(free?.id) };
    expect(await site.refusal("migrateVirtualMachine", there)).toMatchObject({ code: 530 });
    await remove(sliced);
  });
});

describe("limits", () => {
  it("count GPUs at the account and at every domain above, when the instance is made", async () => {
    const tenant = await site.tenant();
    const limit = (max: number, owner: object) => site.do("updateResourceLimit", { resourcetype: 16, max, ...owner });
    const own = await site.network({ ...tenant }, "DefaultL2NetworkOffering");
    const order = { ...tenant, serviceofferingid: (await offering(slice, 2)).id };
    await limit(1, tenant);
    const refused = async () => site.refusal("deployVirtualMachine", await site.deployment(own, order));
    expect(await refused()).toMatchObject({
      code: 535,
      text: expect.stringMatching(
        /^Maximum amount of resources of Type = 'gpu', tag = 'null' for Account Name = tenant-\d+ in Domain Id = \d+ is exceeded: Account Resource Limit = 1, Current Account Resource Amount = 0, Current Account Resource Reservation = 0, Requested Resource Amount = 2\.$/,
      ),
    });
    await limit(4, tenant);
    const vm = await site.deploy(own, order);
    await limit(3, { domainid: tenant.domainid });
    expect((await refused()).text).toMatch(/Domain Resource Limit = 3, Current Domain Resource Amount = 2,/);
    const account = async () => (await site.listAll("listAccounts", { name: tenant.account }))[0];
    expect(await account()).toMatchObject({ gputotal: 2, gpulimit: "4", gpuavailable: "2" });
    await remove(vm, false);
    expect(await account()).toMatchObject({ gputotal: 0 });
  });

  it("count what an offering says, also when it gives nothing", async () => {
    const tenant = await site.tenant();
    const own = await site.network({ ...tenant }, "DefaultL2NetworkOffering");
    const empty = await site.offering({ gpucount: 21 });
    const order = await site.deployment(own, { ...tenant, serviceofferingid: empty.id });
    expect(await site.refusal("deployVirtualMachine", order)).toMatchObject({ code: 535 });
  });
});

describe("a GPU that fails", () => {
  it("goes to Error with what is on it, is given to nobody, and comes back as it was", async () => {
    const [carved] = await site.list("listGpuDevices");
    const place = { host: "gpu-1", address: String(carved?.busaddress) };
    const hardware = async () => {
      const { hosts, gpuDevices } = (await (await fetch(`${site.emulator.controlUrl}/inventory`)).json()) as Row;
      return { hosts, gpuDevices };
    };
    const before = await hardware();
    const size = await offering(slice);
    const vm = await deploy(size.id);
    await site.control("gpus", { ...place, state: "Down" });
    expect(await devicesOf(vm)).toMatchObject([{ state: "Error" }]);
    expect((await site.list("listHosts", { name: "gpu-1" }))[0]).toMatchObject({ gputotal: 3 });
    const late = await site.deployment(network, { serviceofferingid: size.id });
    expect(await site.refusal("deployVirtualMachine", late)).toMatchObject({ code: 533 });
    await site.do("stopVirtualMachine", { id: vm.id });
    expect(await site.refusal("startVirtualMachine", { id: vm.id })).toMatchObject({ code: 533 });
    await site.control("gpus", { ...place, state: "Up" });
    expect(await devicesOf(vm)).toMatchObject([{ state: "Allocated" }]);
    await site.do("startVirtualMachine", { id: vm.id });
    await remove(vm);
    expect(await hardware()).toEqual(before);
    expect((await site.control("gpus", { ...place, address: "x", state: "Up" })).status).toBe(400);
  });
});

it("shows what is left among a host's groups, and all GPUs in listings of all capacities only", async () => {
  const [host] = await site.list("listHosts", { name: "gpu-2" });
  const groups = host?.gpugroup as { readonly vgpu: readonly object[] }[] | undefined;
  const vgpu = groups?.[0]?.vgpu;
  expect(vgpu).toHaveLength(2);
  expect(vgpu).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ vgputype: "passthrough", maxcapacity: 3, remainingcapacity: 3 }),
      expect.objectContaining({ vgputype: "A100-4C", maxcapacity: 10, remainingcapacity: 10, maxvgpuperpgpu: 10 }),
    ]),
  );
  const capacities = await site.list("listCapacity");
  expect(capacities.find(({ type }) => type === 19)).toMatchObject({ name: "GPU", capacitytotal: 21 });
  expect(await site.list("listCapacity", { type: 19 })).toEqual([]);
});

it("chooses devices behind one root, else on one NUMA node, else spread", () => {
  const at = (id: number, numaNode: string, pciRoot: string) => ({ id, numaNode, pciRoot }) as GpuDevice;
  const ids = (devices: readonly GpuDevice[], count: number) => chooseDevices(devices, count).map(({ id }) => id);
  const devices = [at(1, "0", "a"), at(2, "0", "b"), at(3, "1", "c"), at(4, "1", "c"), at(5, "1", "d")];
  expect(ids(devices, 1)).toEqual([1]);
  expect(ids(devices, 2)).toEqual([3, 4]);
  expect(ids(devices, 3)).toEqual([3, 4, 5]);
  expect(ids([...devices].slice(0, 3), 2)).toEqual([1, 2]);
  expect(ids(devices, 4)).toEqual([1, 2, 3, 4]);
});
