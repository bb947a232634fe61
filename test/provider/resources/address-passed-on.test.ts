/** A public address keeps its id for ever: what the state knows by that id may be somebody else's by now. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, INSTANCE, NETWORK, startEstate, VPC } from "./estate.ts";

const IP = "cloudstack:network:PublicIp";
const NAT = "cloudstack:network:StaticNat";

let estate: Estate;
let vpcOfferingId: string;
beforeAll(async () => {
  estate = await startEstate();
  vpcOfferingId = String((await estate.rows("listVPCOfferings", { name: "Default VPC offering" }))[0]?.id);
});
afterAll(() => estate.close());

const addressOf = async (id: string) => (await estate.rows("listPublicIpAddresses", { id, listall: true }))[0];
const othersVpc = (name: string) =>
  estate.byHand("createVPC", { name, cidr: "10.9.0.0/16", zoneid: estate.zoneId, vpcofferingid: vpcOfferingId });

test("an address released by hand and taken by others is gone, with its static NAT, and stays theirs", async () => {
  const tier = await estate.tier();
  const instance = await estate.engine.create(INSTANCE, estate.instanceOn("ours", tier) as never);
  const ip = await estate.engine.create(IP, { vpcId: estate.vpc.id });
  const nat = await estate.engine.create(NAT, { publicIpId: ip.id, instanceId: instance.id, networkId: tier.id });
  const address = String((await addressOf(ip.id))?.ipaddress);

  const vpc = await othersVpc("theirs");
  await estate.byHand("disableStaticNat", { ipaddressid: ip.id });
  await estate.byHand("disassociateIpAddress", { id: ip.id });
  expect(await estate.drift(IP, ip)).toBe("gone");

  const { networkOfferingId } = tier.inputs as { networkOfferingId: string };
  const theirTier = await estate.byHand("createNetwork", {
    name: "theirs",
    networkofferingid: networkOfferingId,
    zoneid: estate.zoneId,
    vpcid: String(vpc.id),
    gateway: "10.9.1.1",
    netmask: "255.255.255.0",
    vlan: 190,
  });
  const theirs = await estate.engine.create(
    INSTANCE,
    estate.instanceOn("theirs", { networkId: String(theirTier.id) }) as never,
  );
  const taken = await estate.byHand("associateIpAddress", { vpcid: String(vpc.id), ipaddress: address });
  expect(taken).toMatchObject({ id: ip.id, ipaddress: address, vpcid: vpc.id, tags: [] });
  await estate.byHand("enableStaticNat", {
    ipaddressid: ip.id,
    virtualmachineid: theirs.id,
    networkid: String(theirTier.id),
  });

  expect(await estate.drift(NAT, nat)).toBe("gone");
  expect(await estate.drift(IP, ip)).toBe("gone");
  await estate.engine.delete(NAT, nat);
  await estate.engine.delete(IP, ip);
  expect(await addressOf(ip.id)).toMatchObject({ vpcid: vpc.id, isstaticnat: true, virtualmachineid: theirs.id });
});

test("of an isolated network, likewise", async () => {
  const offering = await estate.engine.create("cloudstack:network:NetworkOffering", {
    name: "isolated",
    guestIpType: "Isolated",
    services: Object.fromEntries(["Dhcp", "SourceNat", "StaticNat"].map((service) => [service, "VirtualRouter"])),
  });
  const networkOf = (name: string) =>
    estate.engine.create(NETWORK, { name, networkOfferingId: offering.id, zoneId: estate.zoneId });
  const [ours, theirs] = await Promise.all([networkOf("isolated ours"), networkOf("isolated theirs")]);
  const ip = await estate.engine.create(IP, { networkId: ours.id });
  expect(await estate.drift(IP, ip)).toEqual({});
  const ipaddress = String((await addressOf(ip.id))?.ipaddress);
  await estate.byHand("disassociateIpAddress", { id: ip.id });
  await estate.byHand("associateIpAddress", { networkid: theirs.id, ipaddress });
  expect(await estate.drift(IP, ip)).toBe("gone");
  await estate.engine.delete(IP, ip);
  expect(await addressOf(ip.id)).toMatchObject({ associatednetworkid: theirs.id });
});

test("tags outlive an address that went with its VPC: our mark on somebody else's address is not ours", async () => {
  const old = await estate.engine.create(VPC, {
    name: "old",
    cidr: "10.7.0.0/16",
    zoneId: estate.zoneId,
    vpcOfferingId,
  });
  const ip = await estate.engine.create(IP, { vpcId: old.id }, { name: "marked" });
  const ipaddress = String((await addressOf(ip.id))?.ipaddress);
  const vpc = await othersVpc("next");
  await estate.byHand("deleteVPC", { id: old.id });
  const taken = await estate.byHand("associateIpAddress", { vpcid: String(vpc.id), ipaddress });
  expect(taken).toMatchObject({ id: ip.id, tags: [{ key: "pulumi.mark" }] });

  const again = await (await estate.nextRun()).create(IP, { vpcId: estate.vpc.id }, { name: "marked" });
  expect(again.id).not.toBe(ip.id);
  expect(await addressOf(ip.id)).toMatchObject({ vpcid: vpc.id });
});

test("an address that somebody has just taken for rules of his own in our VPC is no leftover of ours", async () => {
  const tier = await estate.tier();
  const instance = await estate.engine.create(INSTANCE, estate.instanceOn("by-hand", tier) as never);
  const theirs = await estate.byHand("associateIpAddress", { vpcid: estate.vpc.id });
  await estate.byHand("createPortForwardingRule", {
    ipaddressid: String(theirs.id),
    networkid: tier.id,
    virtualmachineid: instance.id,
    protocol: "tcp",
    publicport: 22,
    privateport: 22,
  });
  const ours = await (await estate.nextRun()).create(IP, { vpcId: estate.vpc.id }, { name: "beside" });
  expect(ours.id).not.toBe(theirs.id);
});
