/** One VLAN for two networks: the server refuses it, unless the program says that it is meant. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Failure } from "../engine.ts";
import { type Estate, NETWORK, OFFERING, startEstate } from "./estate.ts";

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

const services = { Dhcp: "VirtualRouter", UserData: "VirtualRouter" };
const shared = { gateway: "10.9.0.1", netmask: "255.255.255.0" };

test.each([
  ["L2", {}, {}, {}],
  [
    "Shared",
    { specifyIpRanges: true, services },
    { ...shared, startIp: "10.9.0.10", endIp: "10.9.0.99" },
    { ...shared, startIp: "10.9.0.100", endIp: "10.9.0.120" },
  ],
])("T#160 T#216 a second network (%s) on one VLAN is made where the program bypasses the check", async (...args) => {
  const [guestIpType, more, first, second] = args;
  const vlan = 60;
  const offering = await estate.engine.create(OFFERING, { name: guestIpType, guestIpType, specifyVlan: true, ...more });
  const given = { networkOfferingId: offering.id, zoneId: estate.zoneId, vlan };
  const one = await estate.engine.create(NETWORK, { ...given, ...first, name: "one" });

  const inputs = { ...given, ...second, name: "two" };
  const refused: Failure = await estate.engine.create(NETWORK, inputs).then(
    () => ({ code: 0, details: "made" }),
    (error) => error,
  );
  expect(refused.details).toContain(`vlan ${vlan} already exists or overlaps`);
  expect(refused.partial).toBeUndefined();

  const two = await estate.engine.create(NETWORK, { ...inputs, bypassVlanOverlapCheck: true });
  expect(await estate.rows("listNetworks", { id: two.id, listall: true })).toMatchObject([{ vlan: String(vlan) }]);
  expect(await estate.drift(NETWORK, two)).toEqual({});
  for (const kept of [two, one]) await estate.engine.delete(NETWORK, kept);
});
