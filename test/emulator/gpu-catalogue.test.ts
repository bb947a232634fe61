import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callerOf, type Keys } from "./client.ts";
import { type Row, Site } from "./site.ts";

let site: Site;
let hosts: readonly Row[];

beforeAll(async () => {
  site = await Site.start({ seed: "demo-gpu" });
  hosts = await site.list("listHosts");
});
afterAll(() => site.close());

const names = { devicename: "AD102", vendorname: "NVIDIA" };

/** A card that no host has, with its profile for the whole card. */
async function newCard(deviceid: string): Promise<{ card: Row; whole: Row }> {
  const card = await site.do("createGpuCard", {
    ...names,
    deviceid,
    vendorid: "10de",
    name: deviceid,
    videoram: 24576,
  });
  const [whole] = await site.list("listVgpuProfiles", { gpucardid: card.id });
  if (whole === undefined) throw new Error("a card has a profile from the start");
  return { card, whole };
}

const hostNamed = (name: string) => {
  const host = hosts.find((one) => one.name === name);
  if (host === undefined) throw new Error(`no host ${name}`);
  return host;
};

describe("what hosts report", () => {
  it("is there from the start: card, profiles and devices, carved up as the host has them", async () => {
    const [card, ...others] = await site.list("listGpuCards");
    expect(others).toEqual([]);
    expect(card).toMatchObject({ vendorid: "10de", deviceid: "20f1" });
    const profiles = await site.list("listVgpuProfiles", { gpucardid: card?.id ?? "" });
    expect(profiles).toMatchObject([
      { name: "passthrough", videoram: 40960, maxvgpuperphysicalgpu: 1 },
      { name: "A100-8C", videoram: 8192, maxvgpuperphysicalgpu: 5 },
    ]);
    const devices = await site.list("listGpuDevices", { hostid: hostNamed("gpu").id });
    const types = Map.groupBy(devices, (device) => device.gpudevicetype);
    expect([...types].map(([type, rows]) => [type, rows.length])).toEqual([
      ["VGPUOnly", 1],
      ["MDEV", 5],
      ["PCI", 3],
    ]);
    const [parent] = types.get("VGPUOnly") ?? [];
    for (const slice of types.get("MDEV") ?? []) {
      expect(slice).toMatchObject({ parentgpudeviceid: parent?.id, numanode: "0", vgpuprofilename: "A100-8C" });
    }
    expect(await site.list("listGpuDevices", { hostid: hostNamed("cpu-1").id })).toEqual([]);
  });

  it("has the last word: a device that only somebody registered goes to Error, a deleted one comes back", async () => {
    const hostid = hostNamed("gpu").id;
    const { card, whole } = await newCard("2684");
    const place = { hostid, busaddress: "0000:e1:00.0", gpucardid: card.id, vgpuprofileid: whole.id };
    const registered = await site.do("createGpuDevice", place);
    expect(registered).toMatchObject({ gpudevicetype: "PCI", numanode: "-1", state: "Free", managedstate: "Managed" });
    const [first] = await site.list("listGpuDevices", { hostid });
    await site.do("deleteGpuDevice", { ids: String(first?.id) });
    const found = await site.list("discoverGpuDevices", { id: hostid });
    expect(found.find(({ id }) => id === registered.id)).toMatchObject({ state: "Error", managedstate: "Managed" });
    const again = found.find(({ busaddress }) => busaddress === first?.busaddress);
    expect(again).toMatchObject({ gpudevicetype: "VGPUOnly", state: "Free" });
    const slices = found.filter(({ gpudevicetype }) => gpudevicetype === "MDEV");
    expect(new Set(slices.map((slice) => slice.parentgpudeviceid))).toEqual(new Set([again?.id]));
    await site.do("deleteGpuDevice", { ids: registered.id });
    await site.do("deleteGpuCard", { id: card.id });
  });

  it("cannot be asked of a host that is down", async () => {
    await site.control("hosts", { name: "cpu-2", state: "Down" });
    const refusal = await site.refusal("discoverGpuDevices", { id: hostNamed("cpu-2").id });
    expect(refusal.code).toBe(431);
    expect(refusal.text).toMatch(/^Host \[Host \{.*"name":"cpu-2".*\}\] is not in Up status$/);
    await site.control("hosts", { name: "cpu-2", state: "Up" });
  });
});

describe("cards", () => {
  it("refuse what the real server refuses, all with 530", async () => {
    const card = { ...names, name: "x", deviceid: "2235", vendorid: "10de" };
    const refused = async (change: object) => {
      const { code, text } = await site.refusal("createGpuCard", { ...card, ...change });
      expect(code).toBe(530);
      return text;
    };
    const failed = "Failed to create GPU card: ";
    expect(await refused({ deviceid: "20f1" })).toBe(
      `${failed}GPU card with vendor ID 10de and device ID 20f1 already exists`,
    );
    expect(await refused({ deviceid: "22-5" })).toBe(
      `${failed}Device ID must be alphanumeric and in hexadecimal format`,
    );
    expect(await refused({ vendorid: "10:e" })).toBe(
      `${failed}Vendor ID must be alphanumeric and in hexadecimal format`,
    );
    expect(await refused({ deviceid: "2235f" })).toMatch(/Data too long for column 'device_id'/);
  });

  it("change their names only, and are gone when deleted, with their profiles", async () => {
    const { card, whole } = await newCard("2236");
    expect(await site.do("updateGpuCard", { id: card.id, name: "A10" })).toMatchObject({
      name: "A10",
      deviceid: "2236",
    });
    expect(await site.do("deleteGpuCard", { id: card.id })).toEqual({ success: true });
    expect(await site.refusal("listGpuCards", { id: card.id })).toMatchObject({ code: 431 });
    expect(await site.refusal("listVgpuProfiles", { id: whole.id })).toMatchObject({ code: 431 });
  });

  it("stay while hosts have devices of them", async () => {
    const [card] = await site.list("listGpuCards", { deviceid: "20f1", activeonly: true });
    const refusal = await site.refusal("deleteGpuCard", { id: String(card?.id) });
    expect(refusal.text).toMatch(
      /^Failed to delete GPU card: Cannot delete GPU card GPUCard \{.*\} as it is in use by one/,
    );
  });
});

describe("profiles", () => {
  it("have a name of their own on their card", async () => {
    const { card } = await newCard("2237");
    const profile = { gpucardid: card.id, name: "A40-8C", maxvgpuperphysicalgpu: 6, videoram: 8192 };
    const { id } = await site.do("createVgpuProfile", profile);
    const failed = /^Failed to create vGPU profile: vGPU profile with name A40-8C already exists$/;
    expect((await site.refusal("createVgpuProfile", profile)).text).toMatch(failed);
    expect((await site.refusal("updateVgpuProfile", { id, name: "passthrough" })).text).toMatch(/already exists$/);
    expect(await site.do("updateVgpuProfile", { id, name: "A40-8C", maxheads: 1 })).toMatchObject({ maxheads: 1 });
    await site.do("deleteGpuCard", { id: card.id });
  });

  it("take their offerings along, and stay while hosts have devices of them", async () => {
    const { card } = await newCard("2238");
    const profile = await site.do("createVgpuProfile", { gpucardid: card.id, name: "A16-4C" });
    const unused = await site.offering({ vgpuprofileid: profile.id });
    await site.do("deleteVgpuProfile", { id: profile.id });
    expect(await site.refusal("listServiceOfferings", { id: unused.id })).toMatchObject({ code: 431 });

    const [inUse] = await site.list("listVgpuProfiles", { name: "A100-8C" });
    expect((await site.refusal("deleteVgpuProfile", { id: String(inUse?.id) })).text).toMatch(
      /^Failed to delete vGPU profile: Cannot delete vGPU profile with ID \d+ as it is in use by one or more GPU devices$/,
    );
    await site.do("deleteGpuCard", { id: card.id });
  });
});

describe("devices", () => {
  let place: { readonly hostid: string; readonly gpucardid: string; readonly vgpuprofileid: string };

  beforeAll(async () => {
    const { card, whole } = await newCard("2330");
    place = { hostid: hostNamed("cpu-1").id, gpucardid: card.id, vgpuprofileid: whole.id };
  });

  const refused = async (command: string, params: Record<string, string>) => {
    const { code, text } = await site.refusal(command, params);
    expect(code).toBe(530);
    return text;
  };

  it("are one an address, of a profile of their card, under a parent on their host", async () => {
    const parent = await site.do("createGpuDevice", { ...place, busaddress: "0000:01:00.0", type: "VGPUOnly" });
    const slice = { ...place, busaddress: "a-uuid", type: "mdev", parentgpudeviceid: parent.id, numanode: "1" };
    const made = await site.do("createGpuDevice", slice);
    expect(made).toMatchObject({ gpudevicetype: "MDEV", parentgpudeviceid: parent.id, numanode: "1" });

    expect(await refused("createGpuDevice", slice)).toBe(
      "GPU device with bus address a-uuid already exists on host cpu-1",
    );
    const other = { ...slice, busaddress: "b-uuid" };
    expect(await refused("createGpuDevice", { ...other, type: "NVLINK" })).toBe("Invalid GPU device type: NVLINK");
    const [strange] = await site.list("listVgpuProfiles", { name: "A100-8C" });
    expect(await refused("createGpuDevice", { ...other, vgpuprofileid: String(strange?.id) })).toMatch(
      /^vGPU profile A100-8C does not belong to GPU card 2330$/,
    );
    expect(await refused("createGpuDevice", { ...other, hostid: hostNamed("cpu-2").id })).toBe(
      "Parent GPU device must be on the same host",
    );
    expect(await refused("updateGpuDevice", { id: parent.id, parentgpudeviceid: parent.id })).toBe(
      "GPU device cannot be its own parent",
    );
    expect(await site.do("updateGpuDevice", { id: made.id, type: "PCI" })).toMatchObject({ gpudevicetype: "PCI" });

    await site.do("deleteGpuDevice", { ids: parent.id });
    const [orphan] = await site.list("listGpuDevices", { id: made.id });
    expect(orphan).not.toHaveProperty("parentgpudeviceid");
    await site.do("deleteGpuDevice", { ids: made.id });
  });

  it("count in capacity only while they are managed", async () => {
    const { id } = await site.do("createGpuDevice", { ...place, busaddress: "0000:02:00.0" });
    const total = async () => (await site.list("listHosts", { name: "cpu-1" }))[0]?.gputotal;
    expect(await total()).toBe(1);
    await site.do("unmanageGpuDevice", { ids: id });
    expect(await total()).toBe(0);
    await site.do("manageGpuDevice", { ids: id });
    expect(await total()).toBe(1);
    await site.do("deleteGpuDevice", { ids: id });
  });
});

it("shows users what devices are and not where", async () => {
  const { domainid, account } = await site.tenant();
  const [user] = (await site.listAll("listUsers", { domainid, account })) as Row[];
  const made = await site.call("registerUserKeys", { id: String(user?.id) });
  const { apikey: apiKey, secretkey: secretKey } = made.content.userkeys as Record<string, string>;
  const keys = { apiKey, secretKey } as Keys;
  const { content } = await callerOf(site.emulator)("listGpuDevices", {}, { keys });
  const [device] = content.gpudevice as Row[];
  expect(Object.keys(device ?? {}).sort()).toEqual(["gpucardname", "id", "vgpuprofilename"]);
});
