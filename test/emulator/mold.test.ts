import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultSeed, type Seed } from "../../emulator/cloudstack/seed.ts";
import type { Params } from "./client.ts";
import { type Row, Site } from "./site.ts";

const setting = "enable.additional.vm.configuration";
const a100 = { name: "3b:00.0 3D controller", text: "NVIDIA Corporation GA100 [A100 PCIe 40GB] (rev a1)" };
const second = { name: "b3:00.0 3D controller", text: "NVIDIA Corporation GA100 [A100 PCIe 40GB] (rev a1)" };
const sata = { name: "0000:00:1f.2 SATA controller", text: "Intel Corporation C620 Series" };
/** A GPU as the GPU API of CloudStack knows it: here it is one more PCI device. */
const a40 = {
  address: "0000:af:00.0",
  vendorId: "10de",
  deviceId: "2235",
  vendorName: "NVIDIA Corporation",
  deviceName: "GA102GL [A40]",
  memoryMib: 49152,
  numaNode: 0,
};
/** The first host has both cards, the second one of them, at the same address. */
const seed: Seed = {
  ...defaultSeed,
  hosts: defaultSeed.hosts.map((host, index) => ({
    ...host,
    pciDevices: [[a100, second, sata], [a100], []][index] ?? [],
    gpus: index === 2 ? [a40] : [],
  })),
};

let site: Site;
let network: Row;
let hosts: readonly Row[];

beforeEach(async () => {
  site = await Site.start({ flavor: "mold", seed });
  network = await site.network({ gateway: "10.1.1.1", netmask: "255.255.255.0" });
  hosts = await site.list("listHosts");
  await site.do("updateConfiguration", { name: setting, value: "true" });
});
afterEach(() => site.close());

const host = (index: number) => hosts[index]?.id ?? "";
const piece = (bus: string) =>
  `<devices><hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='${bus}' slot='0x00' function='0x0'/></source></hostdev></devices>`;
const stopped = () =>
  site.deployment(network, { startvm: false }).then((order) => site.do("deployVirtualMachine", order));
const give = (id: string, index = 0, device = a100, more: Params = {}) => ({
  hostid: host(index),
  hostdevicesname: device.name,
  hostdevicestext: device.text,
  virtualmachineid: id,
  ...more,
});
const configure = (id: string, details: Readonly<Record<string, string>>) =>
  site.do("updateVirtualMachine", {
    id,
    ...Object.fromEntries(Object.entries(details).map(([key, value]) => [`details[0].${key}`, value])),
  });
const started = async (id: string) => {
  const rows = (await (await fetch(`${site.emulator.controlUrl}/starts`)).json()) as Row[];
  return rows.find((row) => row.id === id);
};
const devicesOf = async (index = 0) => (await site.list("listHostDevices", { id: host(index) }))[0];
/** The number that the server has for an instance. */
const numberOf = async (id: string) => {
  const [row] = await site.listAll("listVirtualMachines", { id });
  return String(row?.instancename).split("-")[2];
};

describe("a Mold server", () => {
  it("takes SHA-256 only, and says 401 to what stock clients send", async () => {
    const answer = await site.call("listZones", {}, { algorithm: "sha1" });
    expect(answer).toMatchObject({
      status: 401,
      content: { errortext: "unable to verify user credentials and/or request signature" },
    });
    expect((await site.call("listZones")).status).toBe(200);
  });

  it("is known by its capabilities and by its commands", async () => {
    const capability = await site.do("listCapabilities");
    expect(capability).toMatchObject({ customhypervisordisplayname: "Cell", desktopserviceenabled: false });
    const apis = await site.list("listApis");
    const names = apis.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["listHostDevices", "updateHostDevices", "listVmDeviceAssignments"]));
    expect(names.filter((name) => /gpu/i.test(String(name)))).toEqual([]);
    const params = apis.flatMap((api) => api.params as { name: string }[]).map(({ name }) => name);
    expect(params.filter((name) => /gpu/i.test(name))).toEqual([]);
    expect((await site.call("listGpuCards")).status).toBe(401);
    const offering = { name: "g", cpunumber: 1, cpuspeed: 500, memory: 512, gpucount: 1 };
    expect(await site.refusal("createServiceOffering", offering)).toMatchObject({
      code: 431,
      text: expect.stringContaining("unknown parameter gpucount"),
    });
  });

  it("counts no GPUs: no kind of limit, no capacity, no settings, no fields of that name", async () => {
    const limits = await site.list("listResourceLimits");
    expect(limits).toHaveLength(16);
    expect(JSON.stringify(limits)).not.toMatch(/gpu/i);
    const { id: domainid } = (await site.do("createDomain", { name: "d" })) as Row;
    expect(await site.refusal("updateResourceLimit", { domainid, resourcetype: 16, max: 1 })).toMatchObject({
      code: 431,
      text: "Please specify valid resource type",
    });
    await site.do("updateResourceLimit", { domainid, resourcetype: 15, max: 1 });
    const capacities = await site.list("listCapacity");
    expect(capacities.map(({ type }) => type)).toEqual(expect.arrayContaining([0, 1, 90]));
    for (const command of [
      "listCapacity",
      "listConfigurations",
      "listHosts",
      "listZones",
      "listDomains",
      "listAccounts",
    ]) {
      expect(JSON.stringify(await site.list(command)), command).not.toMatch(/gpu/i);
    }
    expect(await site.refusal("updateConfiguration", { name: "max.account.gpus", value: "1" })).toMatchObject({
      code: 431,
      text: "Config parameter with name max.account.gpus doesn't exist",
    });
  });

  it("adds Glue storage", async () => {
    const common = { zoneid: site.zoneid, scope: "zone", hypervisor: "KVM", provider: "ABLESTACK" };
    const block = {
      name: "block",
      url: "rbd://t:s@10.0.6.1/pool",
      krbdPath: "/dev/rbd",
      "details[0].provider": "ABLESTACK",
    };
    expect(await site.do("createStoragePool", { ...common, ...block })).toMatchObject({
      type: "RBD",
      provider: "ABLESTACK",
      krbdpath: "/dev/rbd",
      details: { provider: "ABLESTACK" },
    });
    const files = { name: "fs", url: "gluefs://t:s@10.0.6.1/fs1", "details[0].gluefsname": "fs1" };
    expect(await site.do("createStoragePool", { ...common, ...files })).toMatchObject({
      type: "SharedMountPoint",
      path: "/fs1",
      details: { gluefsname: "fs1" },
    });
  });
});

it("CloudStack has none of it", async () => {
  const plain = await Site.start({ seed });
  expect((await plain.call("listHostDevices", { id: host(0) })).status).toBe(401);
  const pool = { name: "p", zoneid: plain.zoneid, url: "rbd://t:s@10.0.6.1/p", krbdpath: "/dev/rbd" };
  expect(await plain.refusal("createStoragePool", pool)).toMatchObject({ code: 431 });
  const { id } = await plain.deploy(await plain.network({ gateway: "10.1.1.1", netmask: "255.255.255.0" }));
  const update = { id, "details[0].extraconfig-1": piece("0x3b") };
  expect(await plain.refusal("updateVirtualMachine", update)).toMatchObject({ code: 431 });
  await plain.close();
});

describe("host devices", () => {
  it("are listed by names that begin with the address, with their owners by number", async () => {
    expect(await devicesOf()).toEqual({
      hostdevicesname: [sata.name, a100.name, second.name],
      hostdevicestext: [sata.text, a100.text, second.text],
      vmallocations: {},
    });
    expect((await devicesOf(2))?.hostdevicesname).toEqual(["0000:af:00.0 3D controller"]);
    const { id } = await stopped();
    const answer = await site.call("updateHostDevices", give(id));
    const number = await numberOf(id);
    expect(answer.content).toEqual({
      count: 1,
      updatehostdevices: [{ hostdevicesname: a100.name, virtualmachineid: number, allocated: true }],
    });
    expect((await devicesOf())?.vmallocations).toEqual({ [a100.name]: number });
    const [row] = await site.list("listVmDeviceAssignments", { virtualmachineid: id });
    expect(row).toEqual({
      devicetype: "pci",
      hostdevicesname: a100.name,
      hostdevicestext: a100.text,
      hostid: expect.any(Number),
      hostname: "host1",
    });
    await site.control("hosts", { name: "host1", state: "Down" });
    expect(await site.refusal("listHostDevices", { id: host(0) })).toMatchObject({ code: 530 });
  });

  it("are given to stopped instances only, and to one at a time", async () => {
    const [first, other] = [await stopped(), await stopped()];
    await site.do("startVirtualMachine", { id: first.id });
    expect(await site.refusal("updateHostDevices", give(first.id))).toMatchObject({
      code: 530,
      text: expect.stringContaining("stopped"),
    });
    await site.do("stopVirtualMachine", { id: first.id });
    await site.do("updateHostDevices", give(first.id));
    expect(await site.refusal("updateHostDevices", give(other.id))).toMatchObject({
      code: 530,
      text: expect.stringMatching(
        /^Failed to update device allocation: Device .* is already allocated to VM: i-\d+-\d+-VM$/,
      ),
    });
    expect(await site.refusal("updateHostDevices", give(other.id, 2))).toMatchObject({ code: 530 });
  });

  it("are released from whoever has them unless the owner is named", async () => {
    const [first, other] = [await stopped(), await stopped()];
    await site.do("updateHostDevices", give(first.id));
    const release = { hostid: host(0), hostdevicesname: a100.name };
    expect(await site.refusal("updateHostDevices", { ...release, currentvmid: other.id })).toMatchObject({ code: 530 });
    expect((await devicesOf())?.vmallocations).not.toEqual({});
    await site.do("updateHostDevices", { ...release, currentvmid: (await numberOf(first.id)) ?? "" });
    expect((await devicesOf())?.vmallocations).toEqual({});
    await site.do("updateHostDevices", give(other.id));
    await site.do("updateHostDevices", release);
    expect((await devicesOf())?.vmallocations).toEqual({});
  });

  it("stay allocated to instances that are gone", async () => {
    const { id } = await stopped();
    await site.do("updateHostDevices", give(id));
    const number = await numberOf(id);
    await site.do("destroyVirtualMachine", { id, expunge: true });
    expect((await devicesOf())?.vmallocations).toEqual({ [a100.name]: number });
    const { id: other } = await stopped();
    expect(await site.refusal("updateHostDevices", give(other))).toMatchObject({ code: 530 });
  });
});

describe("the XML among an instance's details", () => {
  it("needs a setting, and is lost when it is not sent again", async () => {
    const { id } = await stopped();
    await site.do("updateConfiguration", { name: setting, value: "false" });
    expect(await site.refusal("updateVirtualMachine", { id, "details[0].extraconfig-1": "<devices/>" })).toEqual({
      code: 431,
      text: "attempted setting extraconfig but enable.additional.vm.configuration is disabled",
    });
    await site.do("updateConfiguration", { name: setting, value: "true" });
    const both = await configure(id, { "extraconfig-1": piece("0x3b"), note: "kept" });
    expect(both.details).toMatchObject({ "extraconfig-1": piece("0x3b"), note: "kept" });
    expect((await configure(id, { note: "kept" })).details).not.toHaveProperty("extraconfig-1");
  });

  it("counts from the next start, on a host that has the device, whoever it is allocated to", async () => {
    const { id } = await stopped();
    await configure(id, { "extraconfig-1": piece("0x3b") });
    expect(await started(id)).toMatchObject({ devices: [] });
    await site.do("startVirtualMachine", { id, hostid: host(1) });
    const devices = ["0000:3b:00.0"];
    expect(await started(id)).toMatchObject({
      host: "host2",
      devices,
      extraConfig: { "extraconfig-1": piece("0x3b") },
    });
    await configure(id, { note: "none" });
    expect(await started(id)).toMatchObject({ devices });
    await site.do("stopVirtualMachine", { id });
    await site.do("startVirtualMachine", { id });
    expect(await started(id)).toMatchObject({ devices: [], extraConfig: {} });
  });

  it("keeps the instance where it is: no migration, and no start where the device is not or is in use", async () => {
    const [first, other] = [await stopped(), await stopped()];
    for (const { id } of [first, other]) await configure(id, { "extraconfig-1": piece("0xb3") });
    const start = (id: string, index: number) => ({ id, hostid: host(index) });
    expect(await site.refusal("startVirtualMachine", start(first.id, 2))).toMatchObject({
      code: 530,
      text: expect.stringContaining("Device 0000:b3:00.0 not found"),
    });
    await site.do("startVirtualMachine", start(first.id, 0));
    expect(await site.refusal("startVirtualMachine", start(other.id, 0))).toMatchObject({
      code: 530,
      text: expect.stringContaining("PCI device 0000:b3:00.0 is in use by driver QEMU, domain i-"),
    });
    expect((await site.listAll("listVirtualMachines", { id: other.id }))[0]).toMatchObject({ state: "Stopped" });
    const migrate = { virtualmachineid: first.id, hostid: host(1) };
    expect(await site.refusal("migrateVirtualMachine", migrate)).toMatchObject({ code: 530 });
  });

  it.each([
    ["3b", "Invalid value for attribute 'bus'"],
    ["37", "Device 0000:25:00.0 not found"],
  ])("reads bus %s as libvirt does", async (bus, text) => {
    const { id } = await stopped();
    await configure(id, { "extraconfig-1": piece(bus) });
    expect(await site.refusal("startVirtualMachine", { id })).toMatchObject({
      code: 530,
      text: expect.stringContaining(text),
    });
  });

  it("is written by updateHostDevices too, when it is sent along; twice is once too often", async () => {
    const { id } = await stopped();
    await configure(id, { "extraconfig-1": piece("0x3b") });
    await site.do("updateHostDevices", give(id, 0, a100, { xmlconfig: piece("0x3b") }));
    const [row] = await site.listAll("listVirtualMachines", { id });
    expect(row?.details).toMatchObject({ "extraconfig-2": piece("0x3b") });
    expect(await site.refusal("startVirtualMachine", { id })).toMatchObject({
      text: expect.stringContaining("Hostdev already exists"),
    });
  });
});

it("makes no VM snapshots of instances with devices, and gives no devices to instances with snapshots", async () => {
  const { id } = await stopped();
  await site.do("updateHostDevices", give(id));
  expect(await site.refusal("createVMSnapshot", { virtualmachineid: id })).toMatchObject({ code: 431 });
  const release = { hostid: host(0), hostdevicesname: a100.name };
  await site.do("updateHostDevices", release);
  const snapshot = await site.do("createVMSnapshot", { virtualmachineid: id, name: "before" });
  expect(snapshot).toMatchObject({ state: "Ready", displayname: "before", virtualmachineid: id });
  expect(await site.list("listVMSnapshot", { virtualmachineid: id })).toHaveLength(1);
  expect(await site.refusal("updateHostDevices", give(id))).toMatchObject({ code: 530 });
  await site.do("deleteVMSnapshot", { vmsnapshotid: snapshot.id });
  await site.do("updateHostDevices", give(id));
});
