import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Kept, plain } from "../engine.ts";
import { type Estate, INSTANCE, NETWORK, OFFERING, startEstate, VPC } from "./estate.ts";

const IP = "cloudstack:network:PublicIp";
const NAT = "cloudstack:network:StaticNat";
const FORWARDING = "cloudstack:network:PortForwardingRule";
const BALANCER = "cloudstack:network:LoadBalancerRule";

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error: { details: string }) => error.details,
  );
const networkRow = async (id: string) => (await estate.rows("listNetworks", { id, listall: true }))[0];

describe("a network", () => {
  test("that is a tier of a tenant has its VLAN, its owner and its addresses, and is quiet afterwards", async () => {
    const domain = await estate.byHand("createDomain", { name: "tenant" });
    const person = { username: "t", password: "p", email: "t@t", firstname: "t", lastname: "t" };
    await estate.byHand("createAccount", { ...person, account: "tenant", accounttype: 0, domainid: String(domain.id) });
    const kept = await estate.tier({ account: "tenant", domainId: String(domain.id) });
    expect(await networkRow(kept.id)).toMatchObject({
      account: "tenant",
      domainid: domain.id,
      vlan: "101",
      cidr: "10.0.1.0/24",
    });
    expect(plain(kept.state)).toMatchObject({ cidr: "10.0.1.0/24", type: "Isolated", vlan: 101 });
    expect(await estate.drift(NETWORK, kept)).toEqual({});
  });

  test("of layer 2 has a VLAN and no addresses; a shared one has its range, its domain and no overlap check (T#160, T#216)", async () => {
    const l2Offering = await estate.engine.create(OFFERING, { name: "l2", guestIpType: "L2", specifyVlan: true });
    const l2 = await estate.engine.create(NETWORK, {
      name: "storage",
      networkOfferingId: l2Offering.id,
      zoneId: estate.zoneId,
      vlan: 60,
    });
    expect(await networkRow(l2.id)).toMatchObject({ type: "L2", vlan: "60" });
    expect(await estate.drift(NETWORK, l2)).toEqual({});

    const sharedOffering = await estate.engine.create(OFFERING, {
      name: "shared",
      guestIpType: "Shared",
      specifyVlan: true,
      specifyIpRanges: true,
      services: { Dhcp: "VirtualRouter", Dns: "VirtualRouter", UserData: "VirtualRouter" },
    });
    const shared = await estate.engine.create(NETWORK, {
      name: "shared",
      networkOfferingId: sharedOffering.id,
      zoneId: estate.zoneId,
      vlan: 600,
      bypassVlanOverlapCheck: true,
      gateway: "10.9.0.1",
      netmask: "255.255.255.0",
      startIp: "10.9.0.10",
      endIp: "10.9.0.99",
      aclType: "domain",
    });
    expect(await networkRow(shared.id)).toMatchObject({ type: "Shared", acltype: "Domain", vlan: "600" });
    expect(await estate.drift(NETWORK, shared)).toEqual({});
  });

  test("shows its address range before it is made, and what cannot be is refused before that", async () => {
    const given = { name: "n", networkOfferingId: estate.vpc.id, zoneId: estate.zoneId };
    const tier = { ...given, gateway: "10.0.5.129", netmask: "255.255.255.128" };
    expect(await estate.engine.previewCreate(NETWORK, tier)).toMatchObject({ cidr: "10.0.5.128/25" });
    const { failures } = await estate.engine.check(NETWORK, { ...given, vpcId: estate.vpc.id, vlan: 5000 });
    expect(failures).toEqual({ gateway: expect.any(String), vlan: expect.stringContaining("at most 4094") });
    // TaggedResourceManagerImpl.createTags takes no empty value, and the network would be made by then.
    const tagged = await estate.engine.check(NETWORK, { ...given, tags: { use: "" } });
    expect(tagged.failures).toEqual({ "tags.use": expect.stringContaining("must not be empty") });
  });

  test("changes its text and its tags in place; another VLAN is another network", async () => {
    const kept = await estate.tier();
    const changed = await estate.engine.update(NETWORK, kept, { ...kept.inputs, displayText: "new", tags: { a: "1" } });
    expect(await networkRow(kept.id)).toMatchObject({
      displaytext: "new",
      tags: expect.arrayContaining([expect.objectContaining({ key: "a" })]),
    });
    expect(await estate.drift(NETWORK, changed)).toEqual({});
    const diff = await estate.engine.diff(NETWORK, kept, { ...kept.inputs, vlan: 999 });
    expect(diff).toMatchObject({ replaces: ["vlan"], deleteBeforeReplace: true });
  });

  test("is deleted when its last instance is gone; one that stays is named", async () => {
    const kept = await estate.tier();
    const instance = await estate.engine.create(INSTANCE, estate.instanceOn("stays", kept) as never);
    expect(await failureOf(estate.engine.delete(NETWORK, kept))).toMatch(/still in it: instance stays/);
    await estate.byHand("destroyVirtualMachine", { id: instance.id, expunge: true });
    await estate.engine.delete(NETWORK, kept);
    expect(await networkRow(kept.id)).toBeUndefined();
  });

  test("whose answer was lost is found again, and one of a run that was killed is adopted", async () => {
    await estate.fault({ command: "createNetwork", kind: "drop" });
    const kept = await estate.tier();
    expect(await estate.rows("listNetworks", { keyword: String(plain(kept.inputs).name), listall: true })).toHaveLength(
      1,
    );
    const again = await (await estate.nextRun()).create(NETWORK, kept.inputs);
    expect(again.id).toBe(kept.id);
  });

  test("T#145 a wrong id is told with the parameter that names it, and what to do", async () => {
    const details = await failureOf(estate.tier({ aclId: "00000000-0000-4000-8000-000000000000" }));
    expect(details).toMatch(/createNetwork: [\s\S]*Invalid parameter aclid[\s\S]*does not exist for these keys/);
  });
});

describe("a VPC", () => {
  test("is renamed in place, and is not deleted while a tier is in it", async () => {
    const given = { ...plain(estate.vpc.inputs), name: "other", cidr: "10.1.0.0/16" };
    const kept = await estate.engine.create(VPC, given);
    const renamed = await estate.engine.update(VPC, kept, { ...kept.inputs, displayText: "platform" });
    expect(await estate.drift(VPC, renamed)).toEqual({});
    const tier = await estate.tier({ vpcId: kept.id, gateway: "10.1.1.1" });
    expect(await failureOf(estate.engine.delete(VPC, kept))).toMatch(/still in it: network tier\d+/);
    await estate.engine.delete(NETWORK, tier);
    await estate.engine.delete(VPC, kept);
    expect(await estate.drift(VPC, kept)).toBe("gone");
  });
});

describe("a public address", () => {
  let tier: Kept;
  let instances: Kept[];
  let ip: Kept;
  beforeAll(async () => {
    tier = await estate.tier();
    const make = (name: string) => estate.engine.create(INSTANCE, estate.instanceOn(name, tier) as never);
    instances = await Promise.all([make("web1"), make("web2")]);
    ip = await estate.engine.create(IP, { vpcId: estate.vpc.id, tags: { use: "edge" } });
  });
  const idOf = (i: number) => instances[i]?.id ?? "";

  test("T#32 is told at once, is quiet, and one lost answer does not take two", async () => {
    expect(plain(ip.state).ipAddress).toMatch(/^192\.168\.2\.\d+$/);
    expect(await estate.drift(IP, ip)).toEqual({});
    const before = (await estate.rows("listPublicIpAddresses", { listall: true })).length;
    await estate.fault({ command: "associateIpAddress", kind: "drop" });
    const other = await estate.engine.create(IP, { vpcId: estate.vpc.id }, { name: "other" });
    expect(await estate.rows("listPublicIpAddresses", { listall: true })).toHaveLength(before + 1);
    const again = await (await estate.nextRun()).create(IP, { vpcId: estate.vpc.id }, { name: "other" });
    expect(again.id).toBe(other.id);
    await estate.engine.delete(IP, other);
  });

  test("leads to one instance by static NAT; taken away by hand is seen", async () => {
    const address = await estate.engine.create(IP, { vpcId: estate.vpc.id }, { name: "nat" });
    const given = { publicIpId: address.id, instanceId: idOf(0), networkId: tier.id };
    await estate.fault({ command: "enableStaticNat", kind: "drop" });
    const kept = await estate.engine.create(NAT, given);
    expect(kept.id).toBe(address.id);
    expect(await estate.drift(NAT, kept)).toEqual({});
    await estate.byHand("disableStaticNat", { ipaddressid: address.id });
    expect(await estate.drift(NAT, kept)).toBe("gone");
    await estate.engine.delete(NAT, kept);
  });

  test("forwards ports, and may forward them elsewhere", async () => {
    const given = {
      publicIpId: ip.id,
      protocol: "tcp",
      publicPort: 2222,
      privatePort: 22,
      instanceId: idOf(0),
      networkId: tier.id,
      cidrs: ["10.1.0.0/16", "10.2.0.0/16"],
    };
    let kept = await estate.engine.create(FORWARDING, given);
    const [row] = await estate.rows("listPortForwardingRules", { id: kept.id, listall: true });
    expect(row).toMatchObject({ cidrlist: given.cidrs.join(",") });
    expect(await estate.drift(FORWARDING, kept)).toEqual({});
    kept = await estate.engine.update(FORWARDING, kept, { ...given, privatePort: 2022, instanceId: idOf(1) });
    expect(await estate.rows("listPortForwardingRules", { id: kept.id, listall: true })).toMatchObject([
      { privateport: "2022", virtualmachineid: idOf(1) },
    ]);
    expect(await estate.drift(FORWARDING, kept)).toEqual({});
    await estate.engine.delete(FORWARDING, kept);
  });

  test("balances load over a set of instances", async () => {
    const given = {
      name: "web",
      publicIpId: ip.id,
      networkId: tier.id,
      algorithm: "roundrobin",
      publicPort: 443,
      privatePort: 8443,
      instanceIds: [idOf(0)],
      tags: { use: "edge" },
    };
    let kept = await estate.engine.create(BALANCER, given);
    expect(await estate.drift(BALANCER, kept)).toEqual({});
    kept = await estate.engine.update(BALANCER, kept, { ...given, algorithm: "leastconn", instanceIds: [idOf(1)] });
    const members = await estate.rows("listLoadBalancerRuleInstances", { id: kept.id });
    expect(members.map(({ id }) => id)).toEqual([idOf(1)]);
    await estate.byHand("assignToLoadBalancerRule", { id: kept.id, virtualmachineids: idOf(0) });
    expect(Object.keys(await estate.drift(BALANCER, kept))).toEqual([expect.stringContaining("instanceIds")]);
    await estate.engine.delete(BALANCER, kept);
    await estate.engine.delete(IP, ip);
  });
});

test("a refresh of everything costs one call per list", async () => {
  const tiers = [await estate.tier(), await estate.tier(), await estate.tier()];
  const run = await estate.nextRun();
  await estate.forgetCalls();
  await Promise.all(tiers.map((tier) => run.read(NETWORK, tier)));
  const { listCapabilities: _, ...calls } = await estate.calls();
  expect(calls).toEqual({ listNetworks: 1 });
});
