import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { type Failure, type Kept, plain } from "../engine.ts";

const TEMPLATE = "cloudstack:compute:Template";
const TAGS = "cloudstack:management:Tags";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const image = { url: "http://images.example/u.qcow2", format: "QCOW2", hypervisor: "KVM" };

test("a template is ready when it exists, is quiet, changes in place, and is made once", async () => {
  const kept = await cloud.engine.create(TEMPLATE, { name: "u", ...image, tags: { team: "a" } });
  expect(plain(kept.state)).toMatchObject({ name: "u", isReady: true, isPublic: false, tags: { team: "a" } });
  expect(await cloud.drift(TEMPLATE, kept)).toEqual({});

  const changed = await cloud.engine.update(TEMPLATE, kept, {
    ...kept.inputs,
    displayText: "Ubuntu",
    isPublic: true,
    tags: { team: "b" },
  });
  const [row] = await cloud.rows("listTemplates", { templatefilter: "all", id: kept.id });
  expect(row).toMatchObject({ displaytext: "Ubuntu", ispublic: true });
  expect(await cloud.drift(TEMPLATE, changed)).toEqual({});

  const again = await (await cloud.nextRun()).create(TEMPLATE, {
    ...kept.inputs,
    displayText: "Ubuntu",
    isPublic: true,
  });
  expect(again.id).toBe(kept.id);
  await cloud.engine.delete(TEMPLATE, changed);
  expect(await cloud.drift(TEMPLATE, changed)).toBe("gone");
});

describe("of a template, made with everything,", () => {
  const given = { ...image, name: "full", displayText: "Full", checksum: "{SHA-256}0123", tags: { team: "a" } };
  const permissions = { isPublic: true, isFeatured: true, isExtractable: true };
  const settings = { details: { rootDiskController: "scsi" }, passwordEnabled: true, requiresHvm: false };
  let kept: Kept;
  beforeAll(async () => {
    kept = await cloud.engine.create(TEMPLATE, { ...given, ...permissions, ...settings });
  });

  test("an import shows what a program has to say, and previews clean", async () => {
    for (const key of [kept.id, "full", "admin/full"]) {
      const next = await cloud.nextRun();
      const imported = (await next.import(TEMPLATE, key)) as Kept;
      expect(imported.id).toBe(kept.id);
      // Of a checksum the server tells the value without the algorithm.
      expect(plain(imported.inputs)).toMatchObject({ ...given, ...permissions, ...settings, checksum: "0123" });
      expect((await next.diff(TEMPLATE, imported, kept.inputs)).changes).toEqual({});
    }
  });

  test.each(Object.keys(permissions))("%s taken away by hand is seen and given back", async (permission) => {
    await cloud.byHand("updateTemplatePermissions", { id: kept.id, [permission.toLowerCase()]: false });
    expect(await cloud.drift(TEMPLATE, kept)).toEqual({ [permission]: "update" });
    const next = await cloud.nextRun();
    const live = (await next.read(TEMPLATE, kept)) as Kept;
    await cloud.forgetCalls();
    const repaired = await next.update(TEMPLATE, live, kept.inputs);
    const calls = await cloud.calls();
    expect(calls).toMatchObject({ updateTemplatePermissions: 1 });
    expect(calls).not.toHaveProperty("updateTemplate");
    expect(await cloud.drift(TEMPLATE, repaired)).toEqual({});
  });

  test("what was renamed and set otherwise by hand is set back", async () => {
    await cloud.byHand("updateTemplate", { id: kept.id, name: "theirs", passwordenabled: false });
    expect(await cloud.drift(TEMPLATE, kept)).toEqual({ name: "update", passwordEnabled: "update" });
    const live = (await cloud.engine.read(TEMPLATE, kept)) as Kept;
    const repaired = await cloud.engine.update(TEMPLATE, live, kept.inputs);
    expect(await cloud.drift(TEMPLATE, repaired)).toEqual({});
  });

  test("deleted by hand, it is gone, deleting it succeeds, and it is made again", async () => {
    await cloud.byHand("deleteTemplate", { id: kept.id });
    expect(await cloud.drift(TEMPLATE, kept)).toBe("gone");
    await cloud.engine.delete(TEMPLATE, kept);
    const again = await (await cloud.nextRun()).create(TEMPLATE, kept.inputs);
    expect(again.id).not.toBe(kept.id);
    expect(await cloud.drift(TEMPLATE, again)).toEqual({});
  });
});

test("its hypervisor and checksum are the same in another spelling, and others make it anew", async () => {
  const spelled = { ...image, hypervisor: "kvm", checksum: "{SHA-256}ABCD" };
  const kept = await cloud.engine.create(TEMPLATE, { name: "spelled", ...spelled });
  expect(await cloud.drift(TEMPLATE, kept)).toEqual({});
  const changes = async (more: object) =>
    (await cloud.engine.diff(TEMPLATE, kept, { ...kept.inputs, ...more } as never)).changes;
  expect(await changes({ hypervisor: "KVM", checksum: "abcd" })).toEqual({});
  expect(await changes({ checksum: "{SHA-256}abce" })).toEqual({ checksum: "update_replace" });
  await cloud.engine.delete(TEMPLATE, kept);
});

test("a wrong address is refused with the server's words", async () => {
  const failure: Failure = await cloud.engine
    .create(TEMPLATE, { ...image, name: "x", url: "http://127.0.0.1/none.qcow2" })
    .catch((error) => error);
  expect(failure.details).toContain("Illegal host specified in URL.");
  expect(failure.partial).toBeUndefined();
});

test("xanzy#25 tags on things made elsewhere: only ours are managed, others are no difference", async () => {
  const zone = String((await cloud.rows("listZones"))[0]?.id);
  const offering = String((await cloud.rows("listVPCOfferings", { name: "Default VPC offering" }))[0]?.id);
  const vpc = { name: "v", displaytext: "v", cidr: "10.9.0.0/16", zoneid: zone, vpcofferingid: offering };
  const id = String((await cloud.byHand("createVPC", vpc)).id);
  const byHand = { resourceids: id, resourcetype: "Vpc" };
  await cloud.byHand("createTags", { ...byHand, "tags[0].key": "theirs", "tags[0].value": "1" });

  const kept = await cloud.engine.create(TAGS, {
    resourceType: "Vpc",
    resourceIds: [id],
    tags: { layer: "1", owner: "city" },
  });
  expect(kept.id).toBe(`Vpc/${id}`);
  expect(await cloud.drift(TAGS, kept)).toEqual({});
  const changed = await cloud.engine.update(TAGS, kept, { ...kept.inputs, tags: { layer: "2" } });
  const read = async () =>
    Object.fromEntries(
      (await cloud.rows("listTags", { resourceid: id, resourcetype: "Vpc", listall: true })).map(({ key, value }) => [
        key,
        value,
      ]),
    );
  expect(await read()).toEqual({ theirs: "1", layer: "2" });

  await cloud.byHand("deleteTags", { ...byHand, "tags[0].key": "layer" });
  await cloud.byHand("createTags", { ...byHand, "tags[0].key": "layer", "tags[0].value": "9" });
  expect(await cloud.drift(TAGS, changed)).toEqual({ "tags.layer": "update" });
  const repaired = await cloud.engine.update(TAGS, changed, changed.inputs);
  expect(await read()).toEqual({ theirs: "1", layer: "2" });
  await cloud.engine.delete(TAGS, repaired);
  expect(await read()).toEqual({ theirs: "1" });
  expect(await cloud.drift(TAGS, repaired)).toBe("gone");
});
