import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../../../provider/cloudstack/client/client.ts";
import { changeOffering } from "../../../provider/cloudstack/storage/offering.ts";
import { type Kept, plain } from "../engine.ts";
import { type Estate, INSTANCE, startEstate, VOLUME } from "./estate.ts";

let estate: Estate;
let tier: Kept;
const offerings: Record<string, string> = {};
beforeAll(async () => {
  estate = await startEstate();
  tier = await estate.tier();
  for (const tag of ["slow", "fast"]) {
    const place = { zoneid: estate.zoneId, scope: "zone", hypervisor: "KVM", url: `rbd://u:k@10.0.6.1/${tag}` };
    await estate.byHand("createStoragePool", { name: tag, tags: tag, ...place });
    const disk = { name: tag, customized: true, storageTags: [tag] };
    offerings[tag] = (await estate.engine.create("cloudstack:storage:DiskOffering", disk)).id;
  }
  const alike = { name: "slow too", customized: true, storageTags: ["slow"] };
  offerings.alike = (await estate.engine.create("cloudstack:storage:DiskOffering", alike)).id;
});
afterAll(() => estate.close());

const volumeOf = async (id: string) => (await estate.rows("listVolumes", { id, listall: true }))[0];
const instanceOf = async (id: string) => (await estate.rows("listVirtualMachines", { id, listall: true }))[0];
const offered = (name: string) => String(offerings[name]);

async function attached(name: string): Promise<{ machine: Kept; volume: Kept }> {
  const machine = await estate.engine.create(INSTANCE, estate.instanceOn(name, tier) as never);
  const place = { zoneId: estate.zoneId, instanceId: machine.id, diskOfferingId: offered("slow") };
  const volume = await estate.engine.create(VOLUME, { name: `${name}-data`, sizeGib: 10, ...place });
  expect(await volumeOf(volume.id)).toMatchObject({ storage: "slow" });
  return { machine, volume };
}

describe("another offering for a volume", () => {
  test("moves it to the pool of the new tags: the instance is stopped for it, and runs again", async () => {
    const { machine, volume } = await attached("one");
    const wanted = { ...volume.inputs, diskOfferingId: offered("fast"), sizeGib: 20 };
    const diff = await estate.engine.diff(VOLUME, volume, wanted);
    expect(diff).toMatchObject({ replaces: [], changes: { diskOfferingId: "update", sizeGib: "update" } });
    await estate.forgetCalls();
    const kept = await estate.engine.update(VOLUME, volume, wanted);
    expect(kept.id).toBe(volume.id);
    expect(plain(kept.state)).toMatchObject({ storage: "fast", sizeGib: 20, instanceId: machine.id });
    expect(await estate.calls()).toMatchObject({ stopVirtualMachine: 1, startVirtualMachine: 1 });
    expect(await estate.calls()).not.toHaveProperty("detachVolume");
    const instance = await instanceOf(machine.id);
    expect(instance).toMatchObject({ state: "Running" });
    expect(JSON.stringify(instance?.tags ?? [])).not.toContain("pulumi.restart");
    expect(await estate.drift(VOLUME, kept)).toEqual({});
    expect(await estate.drift(INSTANCE, machine)).toEqual({});
  });

  test("with the same tags stops nothing and keeps the pool", async () => {
    const { volume } = await attached("two");
    await estate.forgetCalls();
    const kept = await estate.engine.update(VOLUME, volume, { ...volume.inputs, diskOfferingId: offered("alike") });
    expect(plain(kept.state)).toMatchObject({ storage: "slow", diskOfferingId: offered("alike"), sizeGib: 10 });
    expect(await estate.calls()).not.toHaveProperty("stopVirtualMachine");
  });

  test("leaves an instance stopped that was stopped", async () => {
    const { machine, volume } = await attached("three");
    await estate.byHand("stopVirtualMachine", { id: machine.id });
    const kept = await estate.engine.update(VOLUME, volume, { ...volume.inputs, diskOfferingId: offered("fast") });
    expect(plain(kept.state)).toMatchObject({ storage: "fast" });
    expect(await instanceOf(machine.id)).toMatchObject({ state: "Stopped" });
  });

  test("that fails leaves the volume where it is, and the instance running", async () => {
    const { machine, volume } = await attached("four");
    await estate.fault({ command: "changeOfferingForVolume", kind: "job-failure", text: "no room" });
    const update = estate.engine.update(VOLUME, volume, { ...volume.inputs, diskOfferingId: offered("fast") });
    await expect(update).rejects.toMatchObject({ details: expect.stringContaining("no room") });
    expect(await volumeOf(volume.id)).toMatchObject({ storage: "slow", diskofferingid: offered("slow") });
    expect(await instanceOf(machine.id)).toMatchObject({ state: "Running" });
  });

  test("whose answer was lost is not asked for twice", async () => {
    const { machine, volume } = await attached("five");
    await estate.fault({ command: "changeOfferingForVolume", kind: "drop" });
    const kept = await estate.engine.update(VOLUME, volume, { ...volume.inputs, diskOfferingId: offered("fast") });
    expect(plain(kept.state)).toMatchObject({ storage: "fast" });
    expect(await instanceOf(machine.id)).toMatchObject({ state: "Running" });
  });

  test("of a run that was killed half way is finished by the next, which starts the instance", async () => {
    const { machine, volume } = await attached("six");
    await estate.byHand("createTags", {
      resourceids: machine.id,
      resourcetype: "UserVm",
      "tags[0].key": "pulumi.restart",
      "tags[0].value": "true",
    });
    await estate.byHand("stopVirtualMachine", { id: machine.id });
    const moved = { id: volume.id, diskofferingid: offered("fast"), size: 10, automigrate: true };
    await estate.byHand("changeOfferingForVolume", moved);
    await (await estate.nextRun()).update(VOLUME, volume, { ...volume.inputs, diskOfferingId: offered("fast") });
    expect(await instanceOf(machine.id)).toMatchObject({ state: "Running" });
  });

  test("two volumes of one instance move one after the other", async () => {
    const { machine, volume } = await attached("seven");
    const more = { ...volume.inputs, name: "seven-more" };
    const second = await estate.engine.create(VOLUME, more);
    const kept = await Promise.all(
      [volume, second].map((one) =>
        estate.engine.update(VOLUME, one, { ...one.inputs, diskOfferingId: offered("fast") }),
      ),
    );
    expect(kept.map(({ state }) => plain(state).storage)).toEqual(["fast", "fast"]);
    expect(await instanceOf(machine.id)).toMatchObject({ state: "Running" });
  });

  test("on a server without changeOfferingForVolume keeps the pool, and other tags are refused", async () => {
    const { volume } = await attached("eight");
    const { apiUrl, apiKey, secretKey } = estate.emulator;
    const api = new Client({ apiUrl, apiKey, secretKey });
    const apis = new Map(await api.capabilities.all());
    apis.delete("changeOfferingForVolume");
    api.capabilities.all = async () => apis;
    const context = { api, urn: "urn", signal: AbortSignal.timeout(60_000), log: () => {} };
    const change = (to: string) => changeOffering(context, volume.id, { diskOfferingId: offered(to), sizeGib: 12 });
    await expect(change("fast")).rejects.toThrow("The tags on the new and old disk offerings must match.");
    await change("alike");
    const expected = { storage: "slow", diskofferingid: offered("alike"), size: 12 * 2 ** 30 };
    expect(await volumeOf(volume.id)).toMatchObject(expected);
  });
});
