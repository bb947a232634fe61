/**
 * Devices of hosts on ABLESTACK Mold. The hazards that its makers list (ablestack-cloud#1134) are the tests: half of it done,
 * details lost, ids mixed up, somebody else's allocation released, decimal buses.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { defaultSeed, type Seed } from "../../../emulator/cloudstack/seed.ts";
import { eventually } from "../../support/processes.ts";
import { type Kept, plain } from "../engine.ts";
import { type Estate, INSTANCE, startEstate } from "./estate.ts";

const DEVICE = "cloudstack:gpu:HostDevice";
const setting = { name: "enable.additional.vm.configuration", value: "true" };

const pciDevices = ["10:00.0", "b3:00.0", "b3:00.1", "0000:86:00.0"].map((address) => ({
  name: `${address} 3D controller`,
  text: "NVIDIA Corporation GA100 [A100 PCIe 80GB]",
}));
/** Hosts of one make: their devices have the same names. */
const seed: Seed = { ...defaultSeed, hosts: defaultSeed.hosts.map((host) => ({ ...host, pciDevices })) };

let estate: Estate;
let network: Kept;
let hosts: string[];
let count = 0;
beforeAll(async () => {
  estate = await startEstate("none", { flavor: "mold", seed });
  network = await estate.tier();
  hosts = (await estate.rows("listHosts", { type: "Routing" }))
    .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1))
    .map(({ id }) => String(id));
});
afterAll(() => estate.close());
beforeEach(() => estate.byHand("updateConfiguration", setting));

const hostAt = (index: number) => String(hosts[index]);
const details = { rootDiskController: "scsi", nicAdapter: "virtio" };

async function machine(more: Record<string, unknown> = {}): Promise<Kept> {
  return estate.engine.create(INSTANCE, { ...estate.instanceOn(`gpu-${++count}`, network), details, ...more } as never);
}

const rowOf = async ({ id }: Kept) => (await estate.rows("listVirtualMachines", { id }))[0] ?? {};
const detailsOf = async (vm: Kept) => {
  const all = Object.entries((await rowOf(vm)).details as Record<string, string>);
  return Object.fromEntries(all.filter(([key]) => !/OvercommitRatio$|^Message\./.test(key)));
};
/** Device to the internal number of its owner. */
const allocations = async (hostId: string) => {
  const [row] = await estate.rows("listHostDevices", { id: hostId });
  return row?.vmallocations as Record<string, string>;
};
const namesOf = async ({ id }: Kept) => {
  const rows = await estate.rows("listVmDeviceAssignments", { virtualmachineid: id });
  return rows.map(({ hostdevicesname }) => String(hostdevicesname)).sort();
};
const give = (vm: Kept, hostId: string, ...busAddresses: string[]) =>
  estate.engine.create(DEVICE, { instanceId: vm.id, hostId, busAddresses });

/** Everything that must be as before after a failure. */
async function picture(vm: Kept) {
  const { state, hostid, tags } = await rowOf(vm);
  return { state, hostid, tags, details: await detailsOf(vm), names: await namesOf(vm) };
}

describe("giving devices", () => {
  test("stops, keeps every detail, counts buses in hexadecimal, allocates, and starts on the host", async () => {
    const vm = await machine();
    const kept = await give(vm, hostAt(2), "10:00.0", "0000:B3:00.1");
    expect(await rowOf(vm)).toMatchObject({ state: "Running", hostid: hostAt(2) });
    expect(await detailsOf(vm)).toMatchObject({
      ...details,
      "extraconfig-1": expect.stringContaining("bus='0x10' slot='0x00' function='0x0'"),
      "extraconfig-2": expect.stringContaining("bus='0xb3' slot='0x00' function='0x1'"),
    });
    expect(await namesOf(vm)).toEqual(["10:00.0 3D controller", "b3:00.1 3D controller"]);
    expect(plain(kept.state).configKeys).toEqual({
      "0000:10:00.0": "extraconfig-1",
      "0000:b3:00.1": "extraconfig-2",
    });
    expect(await estate.drift(DEVICE, kept)).toEqual({});
    expect(await estate.drift(INSTANCE, vm)).toEqual({});

    const fewer = await estate.engine.update(DEVICE, kept, { ...kept.inputs, busAddresses: ["b3:00.1", "86:00.0"] });
    expect(await namesOf(vm)).toEqual(["0000:86:00.0 3D controller", "b3:00.1 3D controller"]);
    expect(await detailsOf(vm)).toMatchObject({ ...details, "extraconfig-2": expect.stringContaining("0xb3") });
    expect(await rowOf(vm)).toMatchObject({ state: "Running", hostid: hostAt(2) });
    expect(await estate.drift(DEVICE, fewer)).toEqual({});

    await estate.engine.delete(DEVICE, fewer);
    expect(await detailsOf(vm)).toEqual(details);
    expect(await namesOf(vm)).toEqual([]);
    expect((await rowOf(vm)).state).toBe("Running");
    expect(await estate.drift(DEVICE, fewer)).toBe("gone");
    await estate.engine.delete(DEVICE, fewer);
    await estate.engine.delete(INSTANCE, vm);
  });

  test("a stopped instance stays stopped, and starts on that host when the program wants it", async () => {
    const vm = await machine({ state: "Stopped" });
    const kept = await give(vm, hostAt(1), "b3:00.0");
    expect((await rowOf(vm)).state).toBe("Stopped");
    const on = await estate.engine.update(INSTANCE, vm, { ...vm.inputs, state: "Running" });
    expect(await rowOf(vm)).toMatchObject({ state: "Running", hostid: hostAt(1) });
    await estate.engine.delete(DEVICE, kept);
    await estate.engine.delete(INSTANCE, on);
  });

  test("numbers that are taken stay with what they are", async () => {
    const vm = await machine();
    await estate.byHand("stopVirtualMachine", { id: vm.id });
    const own = { "details[0].extraconfig-2": "<cpu mode='host-passthrough'/>" };
    const all = Object.fromEntries(Object.entries(details).map(([key, value]) => [`details[0].${key}`, value]));
    await estate.byHand("updateVirtualMachine", { id: vm.id, ...all, ...own });
    const kept = await give(vm, hostAt(0), "10:00.0", "b3:00.0");
    expect(plain(kept.state).configKeys).toEqual({
      "0000:10:00.0": "extraconfig-1",
      "0000:b3:00.0": "extraconfig-3",
    });
    await estate.engine.delete(DEVICE, kept);
    expect(await detailsOf(vm)).toEqual({ ...details, "extraconfig-2": "<cpu mode='host-passthrough'/>" });
    await estate.engine.delete(INSTANCE, vm);
  });

  test("changes of the instance afterwards lose nothing, and find the host again", async () => {
    const vm = await machine();
    const kept = await give(vm, hostAt(1), "10:00.0");
    const changed = await estate.engine.update(INSTANCE, vm, {
      ...vm.inputs,
      details: { rootDiskController: "virtio" },
      serviceOfferingId: estate.largeId,
    });
    expect(await detailsOf(vm)).toEqual({
      rootDiskController: "virtio",
      "extraconfig-1": expect.stringContaining("0x10"),
    });
    expect(await rowOf(vm)).toMatchObject({ state: "Running", hostid: hostAt(1), cpunumber: 2 });
    const bare = await estate.engine.update(INSTANCE, changed, {
      ...(estate.instanceOn(String(plain(vm.inputs).name), network) as object),
      serviceOfferingId: estate.largeId,
    } as never);
    expect(Object.keys(await detailsOf(vm))).toEqual(["extraconfig-1"]);
    expect(await estate.drift(INSTANCE, bare)).toEqual({});
    expect(await estate.drift(DEVICE, kept)).toEqual({});
    expect(plain((await estate.engine.import(INSTANCE, vm.id))?.inputs ?? {}).details).toBeUndefined();
    await estate.engine.delete(DEVICE, kept);
    await estate.engine.delete(INSTANCE, bare);
  });

  test("what is imported is what there is", async () => {
    const vm = await machine();
    const kept = await give(vm, hostAt(0), "b3:00.0");
    const next = await estate.nextRun();
    const imported = await next.import(DEVICE, kept.id);
    expect(plain(imported?.inputs ?? {})).toEqual({
      instanceId: vm.id,
      hostId: hostAt(0),
      busAddresses: ["0000:b3:00.0"],
    });
    await next.delete(DEVICE, imported as Kept);
    expect(await namesOf(vm)).toEqual([]);
    await estate.engine.delete(INSTANCE, vm);
  });
});

describe("when a step fails, everything is as it was", () => {
  const failures = [
    ["the stop", "stopVirtualMachine", "job-failure"],
    ["the change of details", "updateVirtualMachine", "error"],
    ["the allocation", "updateHostDevices", "error"],
    ["the start", "startVirtualMachine", "job-failure"],
  ] as const;

  test.each(failures)("giving: %s", async (_what, command, kind) => {
    const vm = await machine();
    const before = await picture(vm);
    await estate.fault({ command, kind, status: 530, text: "out of order" });
    await expect(give(vm, hostAt(2), "10:00.0", "b3:00.0")).rejects.toMatchObject({
      details: expect.stringMatching(/out of order[\s\S]*everything was taken back/),
    });
    expect(await picture(vm)).toEqual(before);
    expect(await allocations(hostAt(2))).toEqual({});
    await estate.engine.delete(DEVICE, await give(vm, hostAt(2), "10:00.0"));
    await estate.engine.delete(INSTANCE, vm);
  });

  test.each(failures)("taking: %s", async (_what, command, kind) => {
    const vm = await machine();
    const kept = await give(vm, hostAt(2), "10:00.0", "b3:00.0");
    const before = await picture(vm);
    await estate.fault({ command, kind, status: 530, text: "out of order" });
    await expect(estate.engine.delete(DEVICE, kept)).rejects.toMatchObject({
      details: expect.stringMatching(/out of order[\s\S]*everything was taken back/),
    });
    expect(await picture(vm)).toEqual(before);
    expect(await estate.drift(DEVICE, kept)).toEqual({});
    await estate.engine.delete(DEVICE, kept);
    await estate.engine.delete(INSTANCE, vm);
  });

  test("the second of two allocations", async () => {
    const vm = await machine();
    const before = await picture(vm);
    const other = await machine();
    await estate.byHand("stopVirtualMachine", { id: other.id });
    await estate.forgetCalls();
    // Given to the other one behind the list's back: only the request itself finds out.
    await estate.fault({ command: "updateHostDevices", kind: "slow", delayMs: 1000 });
    const giving = give(vm, hostAt(0), "10:00.0", "b3:00.0");
    await eventually("it is asked for", async () => "updateHostDevices" in (await estate.calls()));
    await estate.byHand("updateHostDevices", {
      hostid: hostAt(0),
      hostdevicesname: "b3:00.0 3D controller",
      virtualmachineid: other.id,
    });
    await expect(giving).rejects.toMatchObject({ details: expect.stringContaining("is already allocated to VM") });
    expect(await picture(vm)).toEqual(before);
    expect(await namesOf(other)).toEqual(["b3:00.0 3D controller"]);
    await estate.byHand("updateHostDevices", {
      hostid: hostAt(0),
      hostdevicesname: "b3:00.0 3D controller",
      currentvmid: other.id,
    });
    await estate.engine.delete(INSTANCE, other);
    await estate.engine.delete(INSTANCE, vm);
  });

  test("an answer that is lost is no failure", async () => {
    const vm = await machine();
    await estate.fault({ command: "updateHostDevices", kind: "drop" });
    const kept = await give(vm, hostAt(2), "10:00.0");
    expect(await estate.drift(DEVICE, kept)).toEqual({});
    await estate.fault({ command: "updateHostDevices", kind: "drop" });
    await estate.engine.delete(DEVICE, kept);
    expect(await allocations(hostAt(2))).toEqual({});
    await estate.engine.delete(INSTANCE, vm);
  });

  test("a run that was killed after the stop: the next one starts the instance, and leaves no note", async () => {
    const vm = await machine();
    const note = { "tags[0].key": "pulumi.restart", "tags[0].value": "true" };
    await estate.byHand("createTags", { resourceids: vm.id, resourcetype: "UserVm", ...note });
    await estate.byHand("stopVirtualMachine", { id: vm.id });
    const kept = await (await estate.nextRun()).create(DEVICE, {
      instanceId: vm.id,
      hostId: hostAt(2),
      busAddresses: ["10:00.0"],
    });
    expect(await rowOf(vm)).toMatchObject({ state: "Running", hostid: hostAt(2), tags: [] });
    await estate.engine.delete(DEVICE, kept);
    await estate.engine.delete(INSTANCE, vm);
  });

  test("what cannot be taken back is told, and the next run goes on from there", async () => {
    const vm = await machine();
    await estate.fault({ command: "startVirtualMachine", kind: "job-failure", text: "no power", times: 2 });
    await expect(give(vm, hostAt(2), "10:00.0")).rejects.toMatchObject({
      details: expect.stringMatching(/no power[\s\S]*not taken back: start the instance: .*no power/),
    });
    expect(await rowOf(vm)).toMatchObject({ state: "Stopped", tags: [{ key: "pulumi.restart" }] });
    expect(await allocations(hostAt(2))).toEqual({});
    const kept = await give(vm, hostAt(2), "10:00.0");
    expect(await rowOf(vm)).toMatchObject({ state: "Running", tags: [] });
    await estate.engine.delete(DEVICE, kept);
    await estate.engine.delete(INSTANCE, vm);
  });
});

describe("refused before anything is stopped", () => {
  async function refused(vm: Kept, hostId: string, address: string, reason: RegExp) {
    const before = await picture(vm);
    await estate.forgetCalls();
    await expect(give(vm, hostId, address)).rejects.toMatchObject({ details: expect.stringMatching(reason) });
    const calls = await estate.calls();
    expect(calls.stopVirtualMachine ?? 0).toBe(0);
    expect(await picture(vm)).toEqual(before);
  }

  test("a device of another instance, one that is not there, an instance with snapshots, a setting that forbids it", async () => {
    const [vm, other] = [await machine(), await machine()];
    const kept = await give(other, hostAt(0), "10:00.0");
    await refused(vm, hostAt(0), "10:00.0", /is allocated to instance \d+/);
    await refused(vm, hostAt(0), "77:00.0", /has no device at this address[\s\S]*it has: .*10:00\.0 3D controller/);
    await estate.byHand("updateConfiguration", { ...setting, value: "false" });
    await refused(vm, hostAt(0), "b3:00.0", /enable\.additional\.vm\.configuration: false[\s\S]*management:Setting/);
    await estate.byHand("updateConfiguration", setting);
    await estate.byHand("createVMSnapshot", { virtualmachineid: vm.id, name: "before" });
    await refused(vm, hostAt(0), "b3:00.0", /the instance has snapshots: before/);
    // The same address of another host is another device.
    const namesake = await machine();
    const own = await give(namesake, hostAt(1), "10:00.0");
    await estate.engine.delete(DEVICE, own);
    expect(await namesOf(other)).toEqual(["10:00.0 3D controller"]);
    await estate.engine.delete(DEVICE, kept);
    for (const each of [vm, other, namesake]) await estate.engine.delete(INSTANCE, each);
  });
});

describe("instances that go", () => {
  test("with its instance a device is released, with or without the resource's own delete", async () => {
    const vm = await machine();
    const kept = await give(vm, hostAt(1), "10:00.0");
    await estate.engine.delete(INSTANCE, vm);
    expect(await allocations(hostAt(1))).toEqual({});
    expect(await estate.drift(DEVICE, kept)).toBe("gone");
    await estate.engine.delete(DEVICE, kept);
  });

  test("after one that was expunged by hand the allocation is released by the number that the server gave it", async () => {
    const vm = await machine();
    const kept = await give(vm, hostAt(1), "10:00.0");
    await estate.byHand("destroyVirtualMachine", { id: vm.id, expunge: true });
    expect(Object.keys(await allocations(hostAt(1)))).toEqual(["10:00.0 3D controller"]);
    await estate.engine.delete(DEVICE, kept);
    expect(await allocations(hostAt(1))).toEqual({});
  });

  test("half of it, done by hand, is drift and mended", async () => {
    const vm = await machine();
    const kept = await give(vm, hostAt(1), "10:00.0", "b3:00.0");
    await estate.byHand("updateHostDevices", {
      hostid: hostAt(1),
      hostdevicesname: "10:00.0 3D controller",
      currentvmid: vm.id,
    });
    expect(Object.keys(await estate.drift(DEVICE, kept))).not.toEqual([]);
    const live = (await estate.engine.read(DEVICE, kept)) as Kept;
    const mended = await estate.engine.update(DEVICE, live, kept.inputs);
    expect(await namesOf(vm)).toEqual(["10:00.0 3D controller", "b3:00.0 3D controller"]);
    expect(await estate.drift(DEVICE, mended)).toEqual({});
    await estate.engine.delete(DEVICE, mended);
    await estate.engine.delete(INSTANCE, vm);
  });
});

test("getHostDevices lists what a host has, getDeviceAssignments who has it, and getApis tells that this is the way here", async () => {
  const vm = await machine();
  const kept = await give(vm, hostAt(0), "b3:00.0");
  const { devices } = await estate.engine.invoke("cloudstack:gpu:getHostDevices", { hostId: hostAt(0) });
  expect(devices).toMatchObject([
    { busAddress: "0000:10:00.0", name: "10:00.0 3D controller", description: expect.stringContaining("A100") },
    { busAddress: "0000:86:00.0" },
    { busAddress: "0000:b3:00.0", allocatedTo: expect.stringMatching(/^\d+$/) },
    { busAddress: "0000:b3:00.1" },
  ]);
  const name = String(plain(vm.inputs).name);
  const ask = (instanceNames?: string[]) =>
    estate.engine.invoke("cloudstack:gpu:getDeviceAssignments", instanceNames === undefined ? {} : { instanceNames });
  const [hostName] = (await estate.rows("listHosts", { id: hostAt(0) })).map((row) => row.name);
  const given = { instanceId: vm.id, instanceName: name, hostName, busAddresses: ["0000:b3:00.0"] };
  expect((await ask([name])).assignments).toEqual([{ ...given, networkNames: [plain(network.inputs).name] }]);
  expect((await ask()).assignments).toContainEqual(expect.objectContaining(given));
  expect((await ask(["nobody"])).assignments).toEqual([]);

  const { parameters } = (await estate.engine.invoke("cloudstack:infrastructure:getApis", {
    commands: ["createServiceOffering", "updateHostDevices"],
  })) as { parameters: Record<string, string[]> };
  expect(parameters.createServiceOffering).not.toContain("vgpuprofileid");
  expect(parameters.updateHostDevices).toContain("currentvmid");
  await expect(
    estate.engine.create("cloudstack:compute:ServiceOffering", {
      name: "gpu",
      cpuNumber: 1,
      cpuSpeedMhz: 500,
      memoryMib: 512,
      vgpuProfileId: "6cf0c327-6d89-40f6-a845-1400a5547320",
      gpuCount: 1,
    }),
  ).rejects.toMatchObject({ details: expect.stringMatching(/offerings know no GPUs[\s\S]*HostDevice/) });
  await estate.engine.delete(DEVICE, kept);
  await estate.engine.delete(INSTANCE, vm);
});
