/** Rules of public addresses: what a change, or what is taken out of the program, does at the server; on an isolated network, too. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UNKNOWN } from "../../../provider/core/values.ts";
import { type Failure, type Kept, plain } from "../engine.ts";
import { type Estate, INSTANCE, NETWORK, OFFERING, startEstate } from "./estate.ts";

const IP = "cloudstack:network:PublicIp";
const FORWARDING = "cloudstack:network:PortForwardingRule";
const BALANCER = "cloudstack:network:LoadBalancerRule";

const isolated = Object.fromEntries(
  ["Dhcp", "Dns", "UserData", "SourceNat", "StaticNat", "PortForwarding", "Firewall", "Lb"].map((service) => [
    service,
    "VirtualRouter",
  ]),
);

let estate: Estate;
let network: Kept;
let instance: Kept;
let ip: Kept;
beforeAll(async () => {
  estate = await startEstate();
  const offering = await estate.engine.create(OFFERING, {
    name: "isolated",
    guestIpType: "Isolated",
    services: isolated,
  });
  network = await estate.engine.create(NETWORK, {
    name: "isolated",
    networkOfferingId: offering.id,
    zoneId: estate.zoneId,
    gateway: "10.8.0.1",
    netmask: "255.255.255.0",
  });
  instance = await estate.engine.create(INSTANCE, estate.instanceOn("web", network) as never);
  ip = await estate.engine.create(IP, { networkId: network.id });
});
afterAll(() => estate.close());

const rowOf = async (list: string, { id }: Kept) => (await estate.rows(list, { id, listall: true }))[0];

describe("a load balancer rule", () => {
  const given = () => ({
    name: "web",
    publicIpId: ip.id,
    networkId: network.id,
    algorithm: "roundrobin",
    publicPort: 443,
    privatePort: 8443,
    instanceIds: [instance.id],
  });

  test("for several sources is quiet; other sources make it anew", async () => {
    const cidrs = ["10.1.0.0/16", "10.2.0.0/16"];
    const kept = await estate.engine.create(BALANCER, { ...given(), cidrs, openFirewall: true });
    expect(await rowOf("listLoadBalancerRules", kept)).toMatchObject({ cidrlist: "10.1.0.0/16 10.2.0.0/16" });
    expect(plain(kept.state).cidrs).toEqual(cidrs);
    expect(await estate.drift(BALANCER, kept)).toEqual({});

    const { changes, deleteBeforeReplace } = await estate.engine.diff(BALANCER, kept, { ...kept.inputs, cidrs: [] });
    expect({ changes, deleteBeforeReplace }).toEqual({
      changes: { cidrs: "delete_replace" },
      deleteBeforeReplace: true,
    });
    const other = await estate.engine.diff(BALANCER, kept, { ...kept.inputs, cidrs: ["10.3.0.0/16"] });
    expect(new Set(Object.values(other.changes))).toEqual(new Set(["delete_replace"]));

    // Somebody who changed them by hand: the server keeps what an update says with commas (4.22).
    await estate.byHand("updateLoadBalancerRule", { id: kept.id, cidrlist: cidrs.join(",") });
    expect(await rowOf("listLoadBalancerRules", kept)).toMatchObject({ cidrlist: "10.1.0.0/16,10.2.0.0/16" });
    expect(await estate.drift(BALANCER, kept)).toEqual({});
    await estate.byHand("updateLoadBalancerRule", { id: kept.id, cidrlist: "10.4.0.0/16" });
    expect(Object.values((await estate.drift(BALANCER, kept)) as object)).toContainEqual(
      expect.stringMatching(/replace/),
    );
    await estate.engine.delete(BALANCER, kept);
  });

  test("whose members could not be changed is come back to, also when the program is set back", async () => {
    const kept = await estate.engine.create(BALANCER, given());
    const wanted = { ...given(), algorithm: "source", instanceIds: [] };
    await estate.fault({ command: "removeFromLoadBalancerRule", kind: "job-failure", text: "router said no" });
    const failure = (await estate.engine.update(BALANCER, kept, wanted).catch((error: unknown) => error)) as Failure;
    expect(failure.details).toMatch(/router said no/);
    expect(await rowOf("listLoadBalancerRules", kept)).toMatchObject({ algorithm: "source" });
    const partial = { ...kept, ...failure.partial };
    expect(plain(partial.state)).toMatchObject({ algorithm: "source", instanceIds: [instance.id] });
    const again = await estate.engine.update(BALANCER, partial, wanted);
    expect(await estate.drift(BALANCER, again)).toEqual({});
    const back = await estate.engine.update(BALANCER, partial, given());
    expect(await rowOf("listLoadBalancerRules", kept)).toMatchObject({ algorithm: "roundrobin" });
    expect(await estate.drift(BALANCER, back)).toEqual({});
    await estate.engine.delete(BALANCER, back);
  });

  test("gives up its description", async () => {
    const kept = await estate.engine.create(BALANCER, { ...given(), description: "old" });
    const bare = await estate.engine.update(BALANCER, kept, given());
    expect((await rowOf("listLoadBalancerRules", kept))?.description ?? "").toBe("");
    expect(plain(bare.state).description).toBeUndefined();
    expect(await estate.drift(BALANCER, bare)).toEqual({});
    await estate.engine.delete(BALANCER, bare);
  });
});

describe("a port forwarding rule", () => {
  const given = () => ({
    publicIpId: ip.id,
    protocol: "tcp",
    publicPort: 2222,
    privatePort: 22,
    privateEndPort: 22,
    instanceId: instance.id,
    openFirewall: true,
  });

  test("gives up its last port: it is the first one again, also when that one moves", async () => {
    const kept = await estate.engine.create(FORWARDING, given());
    expect(await estate.drift(FORWARDING, kept)).toEqual({});
    const { privateEndPort: _, ...bare } = given();
    const moved = await estate.engine.update(FORWARDING, kept, { ...bare, privatePort: 2022 });
    expect(await rowOf("listPortForwardingRules", kept)).toMatchObject({ privateport: "2022", privateendport: "2022" });
    expect(await estate.drift(FORWARDING, moved)).toEqual({});
    const named = await estate.engine.update(FORWARDING, moved, { ...bare, privatePort: 2022, privateEndPort: 2022 });
    await estate.forgetCalls();
    await estate.engine.update(FORWARDING, named, { ...bare, privatePort: 2022 });
    expect(await estate.calls()).toMatchObject({ updatePortForwardingRule: 1 });
    await estate.engine.delete(FORWARDING, moved);
  });

  test("of several ports moves as a whole; another address of its instance names the instance, too", async () => {
    const range = { publicPort: 3000, publicEndPort: 3009, privatePort: 3000, privateEndPort: 3009 };
    let kept = await estate.engine.create(FORWARDING, { ...given(), ...range });
    expect(await estate.drift(FORWARDING, kept)).toEqual({});
    kept = await estate.engine.update(FORWARDING, kept, { ...kept.inputs, privatePort: 4000, privateEndPort: 4009 });
    const row = await rowOf("listPortForwardingRules", kept);
    expect(row).toMatchObject({ privateport: "4000", privateendport: "4009" });
    const vmguestip = String(row?.vmguestip);
    await expect(estate.byHand("updatePortForwardingRule", { id: kept.id, vmguestip })).rejects.toThrow(
      /set along with/,
    );
    kept = await estate.engine.update(FORWARDING, kept, { ...kept.inputs, vmGuestIp: vmguestip });
    expect(await estate.drift(FORWARDING, kept)).toEqual({});
    await estate.engine.delete(FORWARDING, kept);
  });

  test("goes before an instance that is made anew, with which the server would remove it", async () => {
    const other = await estate.engine.create(INSTANCE, estate.instanceOn("replaced", network) as never);
    const kept = await estate.engine.create(FORWARDING, { ...given(), instanceId: other.id });
    await estate.byHand("destroyVirtualMachine", { id: other.id, expunge: true });
    await expect(estate.engine.update(FORWARDING, kept, given())).rejects.toMatchObject({
      details: expect.stringMatching(/Unable to find/),
    });
    const asked = await estate.engine.diff(FORWARDING, kept, { ...given(), instanceId: UNKNOWN });
    expect(asked).toMatchObject({ replaces: ["instanceId"], deleteBeforeReplace: true });
  });

  test("for some sources only is refused on an isolated network, in preview already: the server would let everybody in", async () => {
    const cidrs = ["10.1.0.0/16"];
    const refusal = { details: expect.stringMatching(/VPC[\s\S]*leave cidrs out/) };
    await expect(estate.engine.previewCreate(FORWARDING, { ...given(), cidrs })).rejects.toMatchObject(refusal);
    await expect(estate.engine.create(FORWARDING, { ...given(), cidrs })).rejects.toMatchObject(refusal);
    expect(await estate.rows("listPortForwardingRules", { listall: true })).toEqual([]);
  });

  test("has as many private ports as public ones, which is told before anything is sent", async () => {
    const failuresOf = async (more: object) =>
      Object.entries((await estate.engine.check(FORWARDING, { ...given(), ...more } as never)).failures);
    expect(await failuresOf({ privateEndPort: 23 })).toEqual([
      ["privateEndPort", expect.stringMatching(/^22-23: .*2222-2222/)],
    ]);
    expect(await failuresOf({ publicEndPort: 2225 })).toHaveLength(1);
    expect(await failuresOf({ publicPort: 22, publicEndPort: 25, privateEndPort: 25 })).toEqual([]);
    expect(await failuresOf({ privateEndPort: 21 })).toHaveLength(1);
  });
});

describe("an isolated network", () => {
  test("and its public address are quiet, imported as they are, changed in place, and go", async () => {
    expect(plain(network.state)).toMatchObject({ type: "Isolated", cidr: "10.8.0.0/24" });
    expect(await estate.drift(NETWORK, network)).toEqual({});
    expect(await estate.drift(IP, ip)).toEqual({});
    expect(await rowOf("listPublicIpAddresses", ip)).toMatchObject({ associatednetworkid: network.id });

    for (const [token, kept] of [
      [NETWORK, network],
      [IP, ip],
    ] as const) {
      const run = await estate.nextRun();
      const imported = await run.import(token, kept.id);
      expect(imported && (await run.diff(token, imported, kept.inputs)).changes).toEqual({});
    }
    network = await estate.engine.update(NETWORK, network, {
      ...network.inputs,
      name: "renamed",
      displayText: "for tests",
    });
    expect(await rowOf("listNetworks", network)).toMatchObject({ name: "renamed", displaytext: "for tests" });
    expect(await estate.drift(NETWORK, network)).toEqual({});
    const services = { ...isolated, Vpn: "VirtualRouter" };
    const larger = await estate.engine.create(OFFERING, { name: "larger", guestIpType: "Isolated", services });
    const smaller = { ...network.inputs };
    network = await estate.engine.update(NETWORK, network, { ...network.inputs, networkOfferingId: larger.id });
    expect(await rowOf("listNetworks", network)).toMatchObject({ networkofferingid: larger.id });
    expect(await estate.drift(NETWORK, network)).toEqual({});
    await expect(estate.engine.update(NETWORK, network, smaller)).rejects.toMatchObject({
      details: expect.stringMatching(/will remove the following services \[Vpn\]/),
    });
    const elsewhere = { networkId: "00000000-0000-4000-8000-000000000001" };
    expect((await estate.engine.diff(IP, ip, elsewhere)).changes).toEqual({ networkId: "update_replace" });

    await estate.byHand("destroyVirtualMachine", { id: instance.id, expunge: true });
    await estate.engine.delete(IP, ip);
    expect(await estate.drift(IP, ip)).toBe("gone");
    await estate.engine.delete(NETWORK, network);
    expect(await estate.drift(NETWORK, network)).toBe("gone");
  });
});
