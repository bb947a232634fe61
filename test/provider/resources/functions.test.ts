import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";

let cloud: Cloud;
let zone: string;
beforeAll(async () => {
  cloud = await startCloud();
  zone = String((await cloud.rows("listZones"))[0]?.id);
});
afterAll(() => cloud.close());

test("getZone finds by name or id, and says what there is otherwise", async () => {
  const found = await cloud.engine.invoke("cloudstack:infrastructure:getZone", { name: "zone1" });
  expect(found).toMatchObject({ id: zone, name: "zone1", networkType: "Advanced", allocationState: "Enabled" });
  expect(await cloud.engine.invoke("cloudstack:infrastructure:getZone", { id: zone })).toEqual(found);
  await expect(cloud.engine.invoke("cloudstack:infrastructure:getZone", { name: "zone2" })).rejects.toMatchObject({
    details: expect.stringMatching(/look-up of a zone failed \(zone2\): there is none.*\n.*there are: zone1/),
  });
  await expect(cloud.engine.invoke("cloudstack:infrastructure:getZone", {})).rejects.toMatchObject({
    details: expect.stringContaining("neither name nor id"),
  });
});

test("getTemplate finds what a zone can start, and names the others when it finds nothing", async () => {
  const found = await cloud.engine.invoke("cloudstack:compute:getTemplate", { name: "Ubuntu 22.04", zoneId: zone });
  expect(found).toMatchObject({ name: "Ubuntu 22.04", isReady: true, hypervisor: "KVM" });
  await expect(
    cloud.engine.invoke("cloudstack:compute:getTemplate", { name: "Plan 9", zoneId: zone }),
  ).rejects.toMatchObject({
    details: expect.stringContaining("Ubuntu 22.04"),
  });
});

test("getTemplate takes no template that just anybody published, and does not choose among several", async () => {
  const find = (name: string) => cloud.engine.invoke("cloudstack:compute:getTemplate", { name, zoneId: zone });
  const { id } = (await find("Ubuntu 22.04")) as { id: string };
  const [{ ostypeid } = {}] = await cloud.rows("listTemplates", { templatefilter: "all", id });
  const register = async (isfeatured: string) => {
    const words = { name: "Ubuntu 22.04", hypervisor: "KVM", format: "QCOW2", url: "http://192.0.2.1/u.qcow2" };
    const more = { displaytext: "another", zoneid: zone, ostypeid: String(ostypeid), ispublic: "true", isfeatured };
    await cloud.byHand("registerTemplate", { ...words, ...more });
  };
  await register("false");
  expect(await find("Ubuntu 22.04")).toMatchObject({ id });
  await register("true");
  await expect(find("Ubuntu 22.04")).rejects.toMatchObject({
    details: expect.stringMatching(new RegExp(`there are 2 of this name[\\s\\S]*give the id of one: .*${id}`)),
  });
  expect(await find(id)).toMatchObject({ id, name: "Ubuntu 22.04" });
});

test("getHosts tells what each host has and has given away", async () => {
  const { hosts } = (await cloud.engine.invoke("cloudstack:infrastructure:getHosts", { zoneId: zone })) as {
    hosts: Record<string, unknown>[];
  };
  expect(hosts).toHaveLength(3);
  expect(hosts[0]).toMatchObject({
    state: "Up",
    hypervisor: "KVM",
    cpuNumber: 16,
    cpuSpeedMhz: 2000,
    memoryMib: 65536,
    zoneId: zone,
  });
  expect(hosts.map(({ name }) => name)).toEqual([...hosts.map(({ name }) => name)].sort());
});

test("getCapacity tells every kind", async () => {
  const { capacities } = (await cloud.engine.invoke("cloudstack:infrastructure:getCapacity", { zoneId: zone })) as {
    capacities: { type: number; total: number; percentUsed: number }[];
  };
  const memory = capacities.find(({ type }) => type === 0);
  expect(memory?.total).toBe(3 * 64 * 2 ** 30);
  expect(memory?.percentUsed).toBe(0);
});

test("getNetworkOffering and getVpcOffering find by name", async () => {
  const isolated = "DefaultIsolatedNetworkOfferingWithSourceNatService";
  const offering = await cloud.engine.invoke("cloudstack:network:getNetworkOffering", { name: isolated });
  expect(offering).toMatchObject({ name: isolated, guestIpType: "Isolated", state: "Enabled", forVpc: false });
  expect(offering.services).toContain("SourceNat");
  const vpc = await cloud.engine.invoke("cloudstack:network:getVpcOffering", {});
  expect(vpc).toMatchObject({ name: "Default VPC offering", isDefault: true });
});

test("getApis says what the keys may call and with which parameters", async () => {
  const { parameters } = await cloud.engine.invoke("cloudstack:infrastructure:getApis", {
    commands: ["createDomain", "createGpuCardOfMold"],
  });
  expect(parameters).toEqual({ createDomain: ["domainid", "name", "networkdomain", "parentdomainid"] });
});

test("getLimits tells the limits of a domain, and those of one account in it", async () => {
  const domainid = String((await cloud.byHand("createDomain", { name: "limited" })).id);
  const person = { username: "u", password: "p", email: "e", firstname: "f", lastname: "l", accounttype: 0 };
  for (const account of ["one", "two"])
    await cloud.byHand("createAccount", { ...person, username: account, account, domainid });
  await cloud.byHand("updateResourceLimit", { domainid, resourcetype: 8, max: 12 });
  await cloud.byHand("updateResourceLimit", { domainid, account: "one", resourcetype: 8, max: 5 });
  await cloud.byHand("updateResourceLimit", { domainid, account: "one", resourcetype: 0, max: -1 });

  const limitsOf = async (account?: string) => {
    const whose = { domainId: domainid, ...(account !== undefined && { account }) };
    return (await cloud.engine.invoke("cloudstack:identity:getLimits", whose)).limits;
  };
  expect(await limitsOf()).toMatchObject({ cpus: 12, gpus: 20 });
  expect(await limitsOf("one")).toMatchObject({ cpus: 5, instances: -1 });
  expect(await limitsOf("two")).not.toMatchObject({ cpus: 5 });
  await expect(limitsOf("nobody")).rejects.toMatchObject({ details: expect.stringMatching(/nobody/) });
});

test("getSetting tells what holds in the whole cloud, in a zone and in a cluster", async () => {
  const inForce = (name: string, place = {}) =>
    cloud.engine.invoke("cloudstack:management:getSetting", { name, ...place });
  expect(await inForce("vpc.max.networks")).toEqual({ value: expect.stringMatching(/^\d+$/), isDynamic: false });
  const clusterId = String((await cloud.rows("listClusters"))[0]?.id);
  const places = [
    { name: "network.throttling.rate", value: "500", place: { zoneId: zone }, where: { zoneid: zone } },
    { name: "kvm.ha.health.check.timeout", value: "25", place: { clusterId }, where: { clusterid: clusterId } },
  ];
  for (const { name, value, place, where } of places) {
    await cloud.byHand("updateConfiguration", { name, value, ...where });
    expect(await inForce(name, place)).toMatchObject({ value });
    expect(await inForce(name)).not.toMatchObject({ value });
  }
  await expect(inForce("no.such.setting")).rejects.toMatchObject({
    details: expect.stringContaining("no.such.setting"),
  });
});

test("arguments are checked like inputs", async () => {
  await expect(cloud.engine.invoke("cloudstack:compute:getTemplate", { nam: "x", zoneId: "1" })).rejects.toThrow(
    /name is required.*|nam there is no such property/,
  );
});
