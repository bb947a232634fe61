import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plain } from "../engine.ts";
import { type Estate, INSTANCE, startEstate } from "./estate.ts";
import { gpuSeed, slice } from "./gpu-hosts.ts";

const CARD = "cloudstack:gpu:GpuCard";
const PROFILE = "cloudstack:gpu:VgpuProfile";
const DEVICE = "cloudstack:gpu:GpuDevice";
const OFFERING = "cloudstack:compute:ServiceOffering";
const LIMITS = "cloudstack:identity:ResourceLimits";

let estate: Estate;
let hostId: string;
beforeAll(async () => {
  estate = await startEstate("none", { seed: gpuSeed });
  const hosts = await estate.rows("listHosts", { type: "Routing", name: "host1" });
  hostId = String(hosts[0]?.id);
});
afterAll(() => estate.close());

const h100 = { vendorId: "10de", deviceId: "2331", vendorName: "NVIDIA Corporation", deviceName: "GH100" };
const card = { ...h100, name: "H100-80", videoRamMib: 81920 };
const found = { vendorId: "10de", deviceId: "20b5", vendorName: "NVIDIA Corporation", deviceName: "A100" };
const rowOf = async (command: string, id: string) => (await estate.rows(command, { id }))[0];
const profilesOf = (gpucardid: string) => estate.rows("listVgpuProfiles", { gpucardid });
const profileId = async (name: string) =>
  String((await estate.engine.invoke("cloudstack:gpu:getVgpuProfile", { name, deviceId: "20b5" })).id);

describe("GpuCard", () => {
  test("is made with its profile passthrough, is quiet, changes its names in place, and takes the profile along", async () => {
    const kept = await estate.engine.create(CARD, card);
    expect(await profilesOf(kept.id)).toMatchObject([{ name: "passthrough", videoram: 81920 }]);
    expect(plain(kept.state).previous).toBeUndefined();
    expect(await estate.drift(CARD, kept)).toEqual({});
    const renamed = await estate.engine.update(CARD, kept, { ...card, name: "H100" });
    expect(await rowOf("listGpuCards", kept.id)).toMatchObject({ name: "H100", deviceid: "2331" });
    expect(plain((await estate.engine.import(CARD, kept.id))?.inputs ?? {})).toEqual({ ...h100, name: "H100" });
    await estate.engine.delete(CARD, renamed);
    expect(await estate.drift(CARD, renamed)).toBe("gone");
    await estate.engine.delete(CARD, renamed);
  });

  test("one that a host has reported is taken over; deleting puts its names back and leaves it", async () => {
    const [before] = (await estate.rows("listGpuCards")).filter(({ deviceid }) => deviceid === "20b5");
    const kept = await estate.engine.create(CARD, { ...found, name: "A100-80" });
    expect(kept.id).toBe(before?.id);
    expect(await rowOf("listGpuCards", kept.id)).toMatchObject({ name: "A100-80", devicename: "A100" });
    expect(plain(kept.state).previous).toEqual({ name: before?.name, deviceName: before?.devicename });
    expect(await estate.drift(CARD, kept)).toEqual({});
    const refreshed = await estate.engine.read(CARD, kept);
    const later = await estate.engine.update(CARD, refreshed as never, { ...found, name: "A100" });
    await estate.engine.delete(CARD, later);
    expect(await rowOf("listGpuCards", kept.id)).toEqual(before);
  });

  test("a lost answer, and a killed run, leave one card, which is ours to delete", async () => {
    const l40s = { ...h100, deviceId: "26b9", deviceName: "AD102GL", name: "L40S" };
    await estate.fault({ command: "createGpuCard", kind: "drop" });
    const kept = await estate.engine.create(CARD, l40s);
    const next = await estate.nextRun();
    const again = await next.create(CARD, l40s);
    expect(again.id).toBe(kept.id);
    expect(plain(again.state).previous).toBeUndefined();
    await next.delete(CARD, again);
    expect(await estate.drift(CARD, again)).toBe("gone");
  });

  test("ids are four hexadecimal digits", async () => {
    const { failures } = await estate.engine.check(CARD, { ...card, vendorId: "0x10de", deviceId: "20bg" });
    expect(Object.keys(failures).sort()).toEqual(["deviceId", "vendorId"]);
  });
});

describe("VgpuProfile", () => {
  test("has a life of its own beside passthrough", async () => {
    const made = await estate.engine.create(CARD, { ...h100, deviceId: "2235", deviceName: "GA102GL", name: "A40" });
    const inputs = { name: "A40-12Q", gpuCardId: made.id, maxPerCard: 4, videoRamMib: 12288, description: "12 GiB" };
    const kept = await estate.engine.create(PROFILE, inputs);
    expect(await rowOf("listVgpuProfiles", kept.id)).toMatchObject({ maxvgpuperphysicalgpu: 4, videoram: 12288 });
    expect(await estate.drift(PROFILE, kept)).toEqual({});
    const changed = await estate.engine.update(PROFILE, kept, { ...inputs, videoRamMib: 12000 });
    expect(await rowOf("listVgpuProfiles", kept.id)).toMatchObject({ videoram: 12000, description: "12 GiB" });
    expect(plain((await estate.engine.import(PROFILE, kept.id))?.inputs ?? {})).toMatchObject({ name: "A40-12Q" });
    await estate.engine.delete(PROFILE, changed);
    expect(await estate.drift(PROFILE, changed)).toBe("gone");
    await estate.engine.delete(CARD, made);
  });

  test("passthrough is adopted, never made, and stays when it is deleted", async () => {
    const made = await estate.engine.create(CARD, { ...h100, deviceId: "25b6", deviceName: "GA107GL", name: "A16" });
    const inputs = { name: "passthrough", gpuCardId: made.id, description: "whole" };
    const kept = await estate.engine.create(PROFILE, inputs);
    expect(await profilesOf(made.id)).toHaveLength(1);
    expect(await estate.drift(PROFILE, kept)).toEqual({});
    const imported = await estate.engine.import(PROFILE, kept.id);
    await estate.engine.delete(PROFILE, imported as never);
    expect(await profilesOf(made.id)).toHaveLength(1);
    await estate.engine.delete(PROFILE, kept);
    expect(await profilesOf(made.id)).toMatchObject([{ description: "passthrough" }]);
    await estate.engine.delete(CARD, made);
  });

  test("what an instance once had, the server keeps: the destroy goes on, and the next deployment takes it over", async () => {
    const made = await estate.engine.create(CARD, { ...h100, deviceId: "27b8", deviceName: "AD104GL", name: "L4" });
    const profile = await estate.engine.create(PROFILE, { name: "L4-6Q", gpuCardId: made.id, videoRamMib: 6144 });
    const device = await estate.engine.create(DEVICE, {
      hostId,
      busAddress: "0000:5e:00.4",
      gpuCardId: made.id,
      vgpuProfileId: profile.id,
    });
    const offering = await estate.engine.create(OFFERING, {
      name: "l4",
      cpuNumber: 1,
      cpuSpeedMhz: 500,
      memoryMib: 512,
      vgpuProfileId: profile.id,
      gpuCount: 1,
    });
    const vm = await estate.engine.create(INSTANCE, {
      ...estate.instanceOn("had-l4", await estate.tier()),
      serviceOfferingId: offering.id,
    } as never);
    expect(plain(vm.state)).toMatchObject({ gpuCount: 1, gpuCardName: "L4", vgpuProfileName: "L4-6Q" });
    expect(await estate.drift(INSTANCE, vm)).toEqual({});
    expect(await estate.drift(DEVICE, device)).toEqual({});
    for (const [token, kept] of [
      [INSTANCE, vm],
      [OFFERING, offering],
      [DEVICE, device],
      [PROFILE, profile],
      [CARD, made],
    ] as const) {
      await estate.engine.delete(token, kept);
    }
    expect(await rowOf("listVgpuProfiles", profile.id)).toMatchObject({ name: "L4-6Q" });
    const next = await estate.nextRun();
    const again = await next.create(CARD, { ...h100, deviceId: "27b8", deviceName: "AD104GL", name: "L4" });
    expect(again.id).toBe(made.id);
    expect((await next.create(PROFILE, { name: "L4-6Q", gpuCardId: again.id })).id).toBe(profile.id);
  });
});

describe("GpuDevice", () => {
  test("is registered, changed and deleted", async () => {
    const made = await estate.engine.create(CARD, { ...h100, deviceId: "1eb8", deviceName: "TU104GL", name: "T4" });
    const [profile] = await profilesOf(made.id);
    const place = { hostId, busAddress: "0000:86:00.0", gpuCardId: made.id };
    const inputs = { ...place, vgpuProfileId: String(profile?.id), numaNode: 0 };
    const kept = await estate.engine.create(DEVICE, { ...inputs, managed: false });
    expect(await rowOf("listGpuDevices", kept.id)).toMatchObject({ managedstate: "Unmanaged", gpudevicetype: "PCI" });
    expect(await estate.drift(DEVICE, kept)).toEqual({});
    const changed = await estate.engine.update(DEVICE, kept, { ...inputs, numaNode: 1 });
    expect(await rowOf("listGpuDevices", kept.id)).toMatchObject({ managedstate: "Managed", numanode: "1" });
    await estate.byHand("unmanageGpuDevice", { ids: kept.id });
    expect(await estate.drift(DEVICE, changed)).toEqual({ managed: "update" });
    await estate.engine.delete(DEVICE, changed);
    expect(await estate.drift(DEVICE, changed)).toBe("gone");
    await estate.engine.delete(CARD, made);
  });

  test("one that the host has reported is taken over, and deleting puts back what it was", async () => {
    const [before] = (await estate.rows("listGpuDevices", { hostid: hostId })).filter(
      ({ busaddress }) => busaddress === "0000:3b:00.0",
    );
    const kept = await estate.engine.create(DEVICE, { hostId, busAddress: "3B:00.0", managed: false });
    expect(kept.id).toBe(before?.id);
    expect(await rowOf("listGpuDevices", kept.id)).toMatchObject({ managedstate: "Unmanaged" });
    expect(await estate.drift(DEVICE, kept)).toEqual({});
    await estate.engine.delete(DEVICE, kept);
    expect(await rowOf("listGpuDevices", kept.id)).toEqual(before);
  });

  test("one that nobody has reported needs card and profile", async () => {
    await expect(estate.engine.create(DEVICE, { hostId, busAddress: "0000:ff:00.0" })).rejects.toMatchObject({
      details: expect.stringMatching(/the host has reported no device at this address/),
    });
    const { failures } = await estate.engine.check(DEVICE, { hostId, busAddress: "slot 3" });
    expect(failures.busAddress).toMatch(/a PCI address such as/);
  });

  test("a lost answer leaves one device", async () => {
    const [any] = await estate.rows("listGpuDevices", { hostid: hostId });
    const of = { gpuCardId: String(any?.gpucardid), vgpuProfileId: String(any?.vgpuprofileid) };
    await estate.fault({ command: "createGpuDevice", kind: "drop" });
    const kept = await estate.engine.create(DEVICE, { hostId, busAddress: "0000:ee:00.0", ...of });
    const rows = await estate.rows("listGpuDevices", { hostid: hostId });
    expect(rows.filter(({ busaddress }) => busaddress === "0000:ee:00.0")).toHaveLength(1);
    expect(plain(kept.state).previous).toBeUndefined();
    await estate.engine.delete(DEVICE, kept);
    expect(await estate.drift(DEVICE, kept)).toBe("gone");
  });
});

describe("offerings and instances with GPUs", () => {
  const size = { cpuNumber: 1, cpuSpeedMhz: 500, memoryMib: 512 };

  test("T#246 an instance gets its share, also after it was stopped; a limit stops the next", async () => {
    const offering = await estate.engine.create(OFFERING, {
      ...size,
      name: "slice",
      vgpuProfileId: await profileId(slice.profile),
      gpuCount: 2,
    });
    expect(await estate.drift(OFFERING, offering)).toEqual({});
    expect(plain((await estate.engine.import(OFFERING, offering.id))?.inputs ?? {})).toMatchObject({ gpuCount: 2 });
    const diff = await estate.engine.diff(OFFERING, offering, { ...offering.inputs, gpuCount: 1 });
    expect(diff.changes).toEqual({ gpuCount: "update_replace" });

    const tenant = await estate.engine.create("cloudstack:identity:Domain", { name: "gpus" });
    const limits = await estate.engine.create(LIMITS, { domainId: tenant.id, limits: { gpus: 2 } });
    expect(plain(await estate.engine.invoke("cloudstack:identity:getLimits", { domainId: tenant.id }))).toMatchObject({
      limits: { gpus: 2 },
    });
    const account = await estate.engine.create("cloudstack:identity:Account", {
      name: "trainer",
      accountType: "user",
      domainId: tenant.id,
      username: "trainer",
      password: "only for this test",
      email: "trainer@example.org",
      firstName: "T",
      lastName: "T",
    });
    const owner = { account: "trainer", domainId: tenant.id };
    const network = await estate.tier(owner);
    const inputs = { ...estate.instanceOn("sliced", network), ...owner, serviceOfferingId: offering.id };
    const vm = await estate.engine.create(INSTANCE, inputs as never);
    await expect(estate.engine.create(INSTANCE, { ...inputs, name: "too-many" } as never)).rejects.toMatchObject({
      details: expect.stringMatching(/limits of Type 'gpu' for Domain .* Limit = 2/),
    });
    const { devices } = (await estate.engine.invoke("cloudstack:gpu:getGpuDevices", { instanceId: vm.id })) as {
      devices: Record<string, unknown>[];
    };
    expect(devices).toMatchObject([
      { profileName: slice.profile, state: "Allocated", hostId, type: "MDEV", instanceId: vm.id },
      { profileName: slice.profile, state: "Allocated" },
    ]);
    const { hosts } = (await estate.engine.invoke("cloudstack:infrastructure:getHosts", { name: "host1" })) as {
      hosts: Record<string, unknown>[];
    };
    expect(hosts).toMatchObject([{ gpusUsed: 2 }]);
    const stopped = await estate.engine.update(INSTANCE, vm, { ...vm.inputs, state: "Stopped" });
    expect(plain(stopped.state)).toMatchObject({ gpuCount: 2 });
    await estate.engine.delete(INSTANCE, stopped);
    await estate.engine.delete("cloudstack:network:Network", network);
    await estate.engine.delete(LIMITS, limits);
    await estate.engine.delete("cloudstack:identity:Account", account);
    await estate.engine.delete("cloudstack:identity:Domain", tenant);
  });

  test("when no host has enough of them, the failure says where to look and leaves nothing", async () => {
    const vgpuProfileId = await profileId(slice.profile);
    const offering = await estate.engine.create(OFFERING, { ...size, name: "five", vgpuProfileId, gpuCount: 5 });
    const network = await estate.tier();
    const inputs = { ...estate.instanceOn("too-big", network), serviceOfferingId: offering.id };
    await expect(estate.engine.create(INSTANCE, inputs as never)).rejects.toMatchObject({
      details: expect.stringMatching(/No destination found[\s\S]*5 free GPU devices of A100-20C[\s\S]*host1 4 Free/),
    });
    expect(await estate.rows("listVirtualMachines", { name: "too-big", listall: true })).toEqual([]);
    await estate.engine.delete("cloudstack:network:Network", network);
    await estate.engine.delete(OFFERING, offering);
  });

  test("a count without a profile, or a profile without a count, is refused", async () => {
    expect((await estate.engine.check(OFFERING, { ...size, name: "x", gpuCount: 1 })).failures).toMatchObject({
      vgpuProfileId: expect.stringContaining("required together with gpuCount"),
    });
    const vgpuProfileId = "6cf0c327-6d89-40f6-a845-1400a5547320";
    expect((await estate.engine.check(OFFERING, { ...size, name: "x", vgpuProfileId })).failures).toMatchObject({
      gpuCount: expect.stringContaining("required together with vgpuProfileId"),
    });
  });

  test("getVgpuProfile finds by card, and says what there is otherwise", async () => {
    const profile = await estate.engine.invoke("cloudstack:gpu:getVgpuProfile", {
      name: slice.profile,
      vendorId: "10DE",
      deviceId: "20b5",
    });
    expect(profile).toMatchObject({ videoRamMib: 20480, maxPerCard: 4, vendorId: "10de" });
    const cardName = String(profile.cardName);
    expect(await estate.engine.invoke("cloudstack:gpu:getVgpuProfile", { name: slice.profile, cardName })).toEqual(
      profile,
    );
    await expect(
      estate.engine.invoke("cloudstack:gpu:getVgpuProfile", { name: "A100-1C", deviceId: "20b5" }),
    ).rejects.toMatchObject({
      details: expect.stringMatching(/A100-1C of 20b5\): there is none.*\n.*\[10de:20b5\] A100-20C/),
    });
  });

  test("getCapacity tells of GPUs, getClusters of overcommitment, getApis that offerings have GPUs", async () => {
    const { capacities } = (await estate.engine.invoke("cloudstack:infrastructure:getCapacity", {})) as {
      capacities: { type: number; total: number }[];
    };
    expect(capacities.find(({ type }) => type === 19)?.total).toBeGreaterThanOrEqual(5);
    const { clusters } = (await estate.engine.invoke("cloudstack:infrastructure:getClusters", {})) as {
      clusters: Record<string, unknown>[];
    };
    expect(clusters).toMatchObject([{ name: "cluster1", hypervisor: "KVM", cpuOvercommitRatio: 1 }]);
    const { parameters } = (await estate.engine.invoke("cloudstack:infrastructure:getApis", {
      commands: ["createServiceOffering", "updateHostDevices"],
    })) as { parameters: Record<string, string[]> };
    expect(parameters.createServiceOffering).toContain("vgpuprofileid");
    expect(parameters.updateHostDevices).toBeUndefined();
  });
});
