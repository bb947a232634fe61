import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { plain } from "../engine.ts";

const HA = "cloudstack:infrastructure:HostHa";
const OOB = "cloudstack:infrastructure:OutOfBandManagement";

let cloud: Cloud;
let hosts: string[];
beforeAll(async () => {
  cloud = await startCloud();
  hosts = (await cloud.rows("listHosts", { type: "Routing" })).map(({ id }) => String(id));
});
afterAll(() => cloud.close());

const hostAt = async (index: number) => (await cloud.rows("listHosts", { id: String(hosts[index]) }))[0];
const bmc = (hostId: string) => ({ hostId, address: "10.9.0.1", username: "ADMIN", password: "let me in" });

describe("OutOfBandManagement", () => {
  test("is configured and switched on, changes in place, and is switched off", async () => {
    const kept = await cloud.engine.create(OOB, bmc(String(hosts[0])));
    expect((await hostAt(0))?.outofbandmanagement).toMatchObject({ address: "10.9.0.1", port: "623", enabled: true });
    expect(kept.state.password).toMatchObject({ value: "let me in" });
    expect(await cloud.drift(OOB, kept)).toEqual({});
    const changed = await cloud.engine.update(OOB, kept, { ...kept.inputs, driver: "redfish", port: 443 });
    expect((await hostAt(0))?.outofbandmanagement).toMatchObject({ driver: "redfish", port: "443", enabled: true });
    await cloud.byHand("disableOutOfBandManagementForHost", { hostid: String(hosts[0]) });
    expect(await cloud.drift(OOB, changed)).toEqual({ enabled: "update" });
    const back = await cloud.engine.update(OOB, (await cloud.engine.read(OOB, changed)) as never, changed.inputs);
    expect(await cloud.drift(OOB, back)).toEqual({});
    await cloud.engine.delete(OOB, back);
    expect((await hostAt(0))?.outofbandmanagement).toMatchObject({ enabled: false });
    await cloud.engine.delete(OOB, back);
  });

  test("import tells all but the password, and the program's password is no difference", async () => {
    const kept = await cloud.engine.create(OOB, bmc(String(hosts[1])));
    const imported = await cloud.engine.import(OOB, kept.id);
    expect(plain(imported?.inputs ?? {})).toMatchObject({ address: "10.9.0.1", username: "ADMIN", enabled: true });
    expect((await cloud.engine.diff(OOB, imported as never, kept.inputs)).changes).toEqual({});
    await cloud.engine.delete(OOB, kept);
  });
});

describe("HostHa", () => {
  test("a host with a service processor is watched; deleting switches it off", async () => {
    const hostId = String(hosts[2]);
    const processor = await cloud.engine.create(OOB, bmc(hostId));
    const kept = await cloud.engine.create(HA, { hostId });
    expect((await hostAt(2))?.hostha).toMatchObject({ haenable: true, hastate: "Available" });
    expect(await cloud.drift(HA, kept)).toEqual({});
    expect(plain((await cloud.engine.import(HA, hostId))?.inputs ?? {})).toEqual({ ...plain(kept.inputs) });
    const off = await cloud.engine.update(HA, kept, { hostId, enabled: false });
    expect((await hostAt(2))?.hostha).toMatchObject({ haenable: false });
    expect(await cloud.drift(HA, off)).toEqual({});
    const on = await cloud.engine.update(HA, off, { hostId });
    await cloud.engine.delete(HA, on);
    expect((await hostAt(2))?.hostha).toMatchObject({ haenable: false });
    await cloud.engine.delete(HA, on);
    await cloud.engine.delete(OOB, processor);
  });

  test("a host that was watched before stays so when this is deleted; one that was not, does not", async () => {
    const hostId = String(hosts[0]);
    await cloud.byHand("configureHAForHost", { hostid: hostId, provider: "kvmhaprovider" });
    await cloud.byHand("enableHAForHost", { hostid: hostId });
    const kept = await cloud.engine.create(HA, { hostId });
    expect(plain(kept.state)).toMatchObject({ previousProvider: "kvmhaprovider", previouslyEnabled: true });
    expect(await cloud.drift(HA, kept)).toEqual({});
    const off = await cloud.engine.update(HA, kept, { hostId, enabled: false });
    await cloud.engine.delete(HA, off);
    expect((await hostAt(0))?.hostha).toMatchObject({ haenable: true, haprovider: "kvmhaprovider" });
    await cloud.byHand("disableHAForHost", { hostid: hostId });
    const again = await cloud.engine.create(HA, { hostId });
    expect(plain(again.state)).toMatchObject({ previouslyEnabled: false });
    await cloud.engine.delete(HA, again);
    expect((await hostAt(0))?.hostha).toMatchObject({ haenable: false });
  });

  test("a create of which the second half fails is finished by the next run", async () => {
    const hostId = String(hosts[1]);
    await cloud.fault({ command: "enableHAForHost", kind: "job-failure", text: "no" });
    const failure = await cloud.engine.create(HA, { hostId }).catch((error) => error);
    expect(failure.partial).toMatchObject({ id: hostId });
    const kept = { id: hostId, inputs: failure.partial.inputs, state: failure.partial.state };
    const done = await cloud.engine.update(HA, kept, { hostId });
    expect(plain(done.state).enabled).toBe(true);
    expect((await hostAt(1))?.hostha).toMatchObject({ haenable: true });
    await cloud.engine.delete(HA, done);
  });

  test("a provider that the server does not know is its error", async () => {
    await expect(cloud.engine.create(HA, { hostId: String(hosts[0]), provider: "magic" })).rejects.toMatchObject({
      details: expect.stringContaining("Given HA provider [magic] does not exist"),
    });
  });
});
