/** Settings of one part of the cloud: a zone, cluster, storage pool, account or domain. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setting } from "../../../provider/cloudstack/resources/setting.ts";
import { type Cloud, startCloud } from "../cloud.ts";
import { type Kept, plain } from "../engine.ts";

const SETTING = "cloudstack:management:Setting";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

/** A domain or an account that nothing else is in. */
async function domain(name: string): Promise<string> {
  return String((await cloud.byHand("createDomain", { name })).id);
}
async function account(name: string): Promise<string> {
  const person = { email: "e", firstname: "f", lastname: "l", password: "p", accounttype: 0 };
  return String((await cloud.byHand("createAccount", { ...person, username: name, account: name })).id);
}
const first = async (list: string) => String((await cloud.rows(list))[0]?.id);

/** By scope: a setting of that scope, two values that are not its default, and the part. */
const scopes: Record<string, { name: string; values: [string, string]; part: () => Promise<string> }> = {
  zoneId: { name: "network.throttling.rate", values: ["500", "100"], part: () => first("listZones") },
  clusterId: { name: "kvm.ha.health.check.timeout", values: ["25", "35"], part: () => first("listClusters") },
  storageId: { name: "storage.overprovisioning.factor", values: ["1.5", "3"], part: () => first("listStoragePools") },
  accountId: { name: "allow.user.expunge.recover.vm", values: ["true", "false"], part: () => account("keeper") },
  domainId: { name: "gpu.detach.on.stop", values: ["true", "false"], part: () => domain("trainers") },
};

test("the scopes below are all that a setting can have", () => {
  const known = Object.keys(setting.inputs).filter((name) => name.endsWith("Id"));
  expect(Object.keys(scopes).sort()).toEqual(known.sort());
});

describe.each(Object.entries(scopes))("a setting with %s", (scope, { name, values: [value, other], part }) => {
  let given: { name: string; value: string } & Record<string, string>;
  let kept: Kept;
  let place: Record<string, string>;
  const inForce = async (where: Record<string, string> = {}) =>
    (await cloud.rows("listConfigurations", { name, ...where })).find((row) => row.name === name)?.value;
  beforeAll(async () => {
    const id = await part();
    given = { name, value, [scope]: id };
    place = { [scope.toLowerCase()]: id };
  });

  test("is set there and nowhere else", async () => {
    const before = await inForce();
    kept = await cloud.engine.create(SETTING, given);
    expect(kept.id).toBe(`${name}/${scope}/${given[scope]}`);
    expect([await inForce(place), await inForce()]).toEqual([value, before]);
    expect(plain(kept.state)).toMatchObject({ ...given, previousValue: "" });
    expect(await cloud.drift(SETTING, kept)).toEqual({});
  });

  test("changed there by hand it is seen and set back; what holds elsewhere does not matter", async () => {
    await cloud.byHand("updateConfiguration", { name, value: other });
    expect(await cloud.drift(SETTING, kept)).toEqual({});
    await cloud.byHand("updateConfiguration", { name, value: other, ...place });
    expect(await cloud.drift(SETTING, kept)).toEqual({ value: "update" });
    const live = (await cloud.engine.read(SETTING, kept)) as Kept;
    kept = await cloud.engine.update(SETTING, live, given);
    expect([await inForce(place), await inForce()]).toEqual([value, other]);
    expect(await cloud.drift(SETTING, kept)).toEqual({});
  });

  test("is imported by its id, and previews clean", async () => {
    const next = await cloud.nextRun();
    const imported = (await next.import(SETTING, kept.id)) as Kept;
    expect(plain(imported.inputs)).toEqual(given);
    expect((await next.diff(SETTING, imported, given)).changes).toEqual({});
  });

  test("deleted, the part follows the whole cloud again", async () => {
    await cloud.engine.delete(SETTING, kept);
    expect(await inForce(place)).toBe(other);
    await cloud.byHand("resetConfiguration", { name });
    expect(await inForce(place)).toBe(await inForce());
  });

  test("one of the part's own before is put back", async () => {
    await cloud.byHand("updateConfiguration", { name, value, ...place });
    const own = await cloud.engine.create(SETTING, { ...given, value: other });
    expect(await inForce(place)).toBe(other);
    await cloud.engine.delete(SETTING, own);
    expect(await inForce(place)).toBe(value);
    await cloud.byHand("resetConfiguration", { name, ...place });
  });
});

test.each([
  ["accountId", "allow.user.expunge.recover.vm", () => account("leaver"), "deleteAccount"],
  ["domainId", "gpu.detach.on.stop", () => domain("leavers"), "deleteDomain"],
])("T#347 goes with its part (%s)", async (scope, name, part, command) => {
  const id = await part();
  const kept = await cloud.engine.create(SETTING, { name, value: "true", [scope]: id });
  await cloud.byHand(command, { id });
  expect(await cloud.drift(SETTING, kept)).toBe("gone");
  await cloud.engine.delete(SETTING, kept);
});
