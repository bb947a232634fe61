import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { type Failure, plain } from "../engine.ts";
import { OFFERING } from "./estate.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const services = { SourceNat: "VirtualRouter", Dhcp: "VirtualRouter" };
const given = { guestIpType: "Isolated", services };
const rowOf = async (id: string) => (await cloud.rows("listNetworkOfferings", { id }))[0];

test("changes in place what can be, and is quiet after each change", async () => {
  const kept = await cloud.engine.create(OFFERING, { ...given, name: "plain", tags: "fast" });
  expect(await cloud.drift(OFFERING, kept)).toEqual({});

  const zone = String((await cloud.rows("listZones"))[0]?.id);
  const named = { ...kept.inputs, name: "renamed", displayText: "for tests", zoneIds: [zone] };
  const changed = await cloud.engine.update(OFFERING, kept, named);
  expect(await rowOf(kept.id)).toMatchObject({ name: "renamed", displaytext: "for tests", zoneid: zone, tags: "fast" });
  expect(await cloud.drift(OFFERING, changed)).toEqual({});

  const { tags: _, zoneIds: __, ...bare } = changed.inputs;
  const open = await cloud.engine.update(OFFERING, changed, bare);
  expect(plain(open.state)).not.toHaveProperty("tags");
  const row = await rowOf(kept.id);
  expect(row).not.toHaveProperty("tags");
  expect(row).not.toHaveProperty("zoneid");
  expect(await cloud.drift(OFFERING, open)).toEqual({});

  const anew = await cloud.engine.diff(OFFERING, open, { ...bare, persistent: true });
  expect(anew).toMatchObject({ changes: { persistent: "update_replace" }, deleteBeforeReplace: true });
});

test("without a limit of the rate, which the server tells as -1, is quiet", async () => {
  const kept = await cloud.engine.create(OFFERING, { ...given, name: "unlimited", networkRateMbps: 0 });
  expect(await rowOf(kept.id)).toMatchObject({ networkrate: -1 });
  expect(await cloud.drift(OFFERING, kept)).toEqual({});
});

test("changed by hand is drift, which the next update takes back; deleted by hand is gone", async () => {
  const kept = await cloud.engine.create(OFFERING, { ...given, name: "touched", displayText: "ours" });
  await cloud.byHand("updateNetworkOffering", { id: kept.id, displaytext: "theirs" });
  expect(await cloud.drift(OFFERING, kept)).toEqual({ displayText: "update" });
  const live = await (await cloud.nextRun()).read(OFFERING, kept);
  const repaired = await cloud.engine.update(OFFERING, live ?? kept, kept.inputs);
  expect(await rowOf(kept.id)).toMatchObject({ displaytext: "ours" });
  expect(await cloud.drift(OFFERING, repaired)).toEqual({});
  await cloud.byHand("deleteNetworkOffering", { id: kept.id });
  expect(await cloud.drift(OFFERING, kept)).toBe("gone");
  await cloud.engine.delete(OFFERING, kept);
});

test("becomes the required one once no other is, and optional again", async () => {
  const kept = await cloud.engine.create(OFFERING, { ...given, name: "required" });
  const wanted = { ...kept.inputs, availability: "Required" };
  const refused: Failure = await cloud.engine.update(OFFERING, kept, wanted).then(
    () => ({ code: 0, details: "changed" }),
    (error) => error,
  );
  expect(refused.details).toMatch(/System already has network offering .* with availability Required/);

  const [present] = await cloud.rows("listNetworkOfferings", { availability: "Required" });
  await cloud.byHand("updateNetworkOffering", { id: String(present?.id), availability: "Optional" });
  const required = await cloud.engine.update(OFFERING, kept, wanted);
  expect(plain(required.state).availability).toBe("Required");
  expect(await cloud.drift(OFFERING, required)).toEqual({});
  const { availability: _, ...bare } = required.inputs;
  const optional = await cloud.engine.update(OFFERING, required, bare);
  expect(await rowOf(kept.id)).toMatchObject({ availability: "Optional" });
  expect(await cloud.drift(OFFERING, optional)).toEqual({});

  const shared = { ...given, name: "shared", guestIpType: "Shared", specifyIpRanges: true, specifyVlan: true };
  const none = await cloud.engine.create(OFFERING, { ...shared, services: { Dhcp: "VirtualRouter" } });
  await expect(cloud.engine.update(OFFERING, none, { ...none.inputs, availability: "Required" })).rejects.toMatchObject(
    { details: expect.stringContaining("only for networkOfferings of type Isolated") },
  );
});
