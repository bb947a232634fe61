/** Properties that only matter at creation, and that a list of their kind does not tell: an import finds out what it can. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { networkAclList } from "../../../provider/cloudstack/resources/network-acl-list.ts";
import { template } from "../../../provider/cloudstack/resources/template.ts";
import { answer, scriptedServer } from "../client/scripted-server.ts";
import { type Kept, plain } from "../engine.ts";
import { type Estate, NETWORK, OFFERING, startEstate } from "./estate.ts";

const TEMPLATE = "cloudstack:compute:Template";
const router = (...services: string[]) => Object.fromEntries(services.map((service) => [service, "VirtualRouter"]));

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

/** What `pulumi import` brings, and what a program that says `given` shows after it. */
async function imported(token: string, { id }: Kept) {
  const run = await estate.nextRun();
  const found = await run.import(token, id);
  if (found === undefined) throw new Error(`${id} is not found`);
  const changes = async (given: Kept["inputs"]) => (await run.diff(token, found, given)).changes;
  return { run, found, inputs: plain(found.inputs), changes };
}

describe("a shared network", () => {
  const range = { gateway: "10.9.0.1", netmask: "255.255.255.0", startIp: "10.9.0.10", endIp: "10.9.0.99" };

  test("with a range is imported with it, changes in place, and goes", async () => {
    const kind = { guestIpType: "Shared", specifyVlan: true, specifyIpRanges: true };
    const services = router("Dhcp", "Dns", "UserData");
    const offering = await estate.engine.create(OFFERING, { name: "shared", ...kind, services });
    const given = { name: "shared", networkOfferingId: offering.id, zoneId: estate.zoneId, vlan: 60, ...range };
    const kept = await estate.engine.create(NETWORK, { ...given, aclType: "domain" });
    const { inputs, changes, run, found } = await imported(NETWORK, kept);
    expect(inputs).toMatchObject(range);
    expect(await changes(kept.inputs)).toEqual({});
    expect(await changes({ ...kept.inputs, endIp: "10.9.0.50" })).toEqual({ endIp: "update_replace" });
    // A refresh keeps what the import found.
    expect(await run.drift(NETWORK, found)).toEqual({});

    const other = await estate.engine.create(OFFERING, { name: "shared too", ...kind, services });
    await expect(
      estate.engine.update(NETWORK, kept, { ...kept.inputs, networkOfferingId: other.id }),
    ).rejects.toMatchObject({ details: expect.stringMatching(/for Isolated networks only/) });
    const named = await estate.engine.update(NETWORK, kept, { ...kept.inputs, displayText: "for all" });
    expect(await estate.rows("listNetworks", { id: kept.id })).toMatchObject([{ displaytext: "for all" }]);
    expect(await estate.drift(NETWORK, named)).toEqual({});
    await estate.engine.delete(NETWORK, named);
    expect(await estate.drift(NETWORK, named)).toBe("gone");
  });
});

test("a layer 2 network is imported as it is, changes in place, and goes", async () => {
  const offering = await estate.engine.create(OFFERING, { name: "l2", guestIpType: "L2", specifyVlan: true });
  const given = { name: "l2", networkOfferingId: offering.id, zoneId: estate.zoneId, vlan: 61 };
  const kept = await estate.engine.create(NETWORK, given);
  const { inputs, changes } = await imported(NETWORK, kept);
  expect(inputs).not.toHaveProperty("startIp");
  expect(await changes(kept.inputs)).toEqual({});
  const named = await estate.engine.update(NETWORK, kept, { ...kept.inputs, name: "storage", tags: { a: "1" } });
  expect(await estate.rows("listNetworks", { id: kept.id })).toMatchObject([{ name: "storage" }]);
  expect(await estate.drift(NETWORK, named)).toEqual({});
  await estate.engine.delete(NETWORK, named);
  expect(await estate.drift(NETWORK, named)).toBe("gone");
});

describe("a network offering", () => {
  const given = { guestIpType: "Isolated", services: router("SourceNat", "Dhcp", "Lb") };
  const choice = (service: string, capability: string, value: string) => ({ service, capability, value });
  const redundant = choice("SourceNat", "RedundantRouter", "true");

  test("is imported with the capabilities that are not the server's default, and no others", async () => {
    const serviceCapabilities = [redundant, choice("Lb", "SupportedLBIsolation", "dedicated")];
    const kept = await estate.engine.create(OFFERING, { ...given, name: "chosen", serviceCapabilities });
    expect(await estate.drift(OFFERING, kept)).toEqual({});
    const { inputs, changes } = await imported(OFFERING, kept);
    expect(new Set(inputs.serviceCapabilities as object[])).toEqual(new Set(serviceCapabilities));
    expect(await changes(kept.inputs)).toEqual({});
    expect(await changes({ ...kept.inputs, serviceCapabilities: [redundant] })).toEqual({
      "serviceCapabilities[1]": "delete_replace",
    });
    const { serviceCapabilities: _, ...bare } = kept.inputs;
    expect(await changes(bare)).toEqual({ serviceCapabilities: "delete_replace" });
  });

  test("that spells out a default is the same offering", async () => {
    const kept = await estate.engine.create(OFFERING, { ...given, name: "standard" });
    const { inputs, changes, run, found } = await imported(OFFERING, kept);
    expect(inputs).not.toHaveProperty("serviceCapabilities");
    const spelled = { ...kept.inputs, serviceCapabilities: [choice("Lb", "ElasticLb", "false")] };
    expect(await changes(spelled)).toEqual({ serviceCapabilities: "add" });
    const updated = await run.update(OFFERING, found, spelled);
    expect(await run.drift(OFFERING, updated)).toEqual({});
    expect((await run.diff(OFFERING, updated, kept.inputs)).changes).toEqual({ serviceCapabilities: "delete" });
    expect(await changes({ ...kept.inputs, serviceCapabilities: [redundant] })).toEqual({
      serviceCapabilities: "add_replace",
    });
  });
});

test("a template that is in every zone is the same with and without their names; another zone makes it anew", async () => {
  const image = { name: "t", url: "http://images.example/t.qcow2", format: "QCOW2", hypervisor: "KVM" };
  const kept = await estate.engine.create(TEMPLATE, { ...image, zoneIds: [estate.zoneId] });
  const { inputs, changes, run, found } = await imported(TEMPLATE, kept);
  expect(inputs).not.toHaveProperty("zoneIds");
  expect(await changes(image)).toEqual({});
  expect(await changes(kept.inputs)).toEqual({ zoneIds: "add" });
  const elsewhere = { ...image, zoneIds: ["00000000-0000-4000-8000-000000000001"] };
  expect(await changes(elsewhere)).toEqual({ zoneIds: "add_replace" });
  const updated = await run.update(TEMPLATE, found, kept.inputs);
  expect(await run.drift(TEMPLATE, updated)).toEqual({});
});

test("a template that is in some of the zones is imported with these; the embedded cloud has one zone only", async () => {
  const [east, west, north] = ["1", "2", "3"].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
  const copies = [east, west].map((zoneid) => ({ id: "00000000-0000-4000-8000-000000000009", name: "t", zoneid }));
  await using server = await scriptedServer(({ command }) => {
    if (command === "listZones") return answer(command, { count: 3, zone: [east, west, north].map((id) => ({ id })) });
    return answer(command, { count: 2, template: copies });
  });
  const context = { api: server.client(), urn: "urn:t", signal: AbortSignal.timeout(10_000), log: () => {} };
  const id = String(copies[0]?.id);
  expect((await template.read(context, id, {}))?.values.zoneIds).toEqual([east, west]);
  // One row for each zone is not several objects.
  expect((await template.read(context, "t", {}))?.id).toBe(id);
  expect((await template.read(context, id, { name: "t" }))?.values).not.toHaveProperty("zoneIds");
  const stays = (zoneIds?: (string | undefined)[]) =>
    template.staysItself?.(context, {
      path: "zoneIds",
      id,
      state: {},
      before: {},
      after: zoneIds === undefined ? {} : { zoneIds: zoneIds.map(String) },
    });
  expect(await stays([west, east])).toBe(true);
  expect(await stays([east])).toBe(false);
  expect(await stays()).toBe(false);
});

test("an ACL list is imported with its rules where the server has more rules than are fetched for a few", async () => {
  const id = "00000000-0000-4000-8000-00000000000a";
  const rule = {
    id,
    aclid: id,
    number: 1,
    action: "Deny",
    traffictype: "Ingress",
    protocol: "all",
    cidrlist: "0.0.0.0/0",
  };
  await using server = await scriptedServer(({ command, aclid }) => {
    if (command === "listNetworkACLLists") return answer(command, { count: 1, networkacllist: [{ id, name: "l" }] });
    return answer(command, { count: aclid === undefined ? 2501 : 1, networkacl: [rule] });
  });
  const context = { api: server.client(), urn: "urn:t", signal: AbortSignal.timeout(10_000), log: () => {} };
  expect((await networkAclList.read(context, id, {}))?.values.rules).toMatchObject([{ number: 1, action: "deny" }]);
});
