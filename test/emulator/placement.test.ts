import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Affinity, chooseHost, type HostRoom } from "../../emulator/cloudstack/models/placement.ts";
import { defaultSeed } from "../../emulator/cloudstack/seed.ts";
import { type Row, Site } from "./site.ts";

describe("choosing a host", () => {
  const room = (id: number, freeMemoryMib: number, more: Partial<HostRoom> = {}): HostRoom => ({
    id,
    usable: true,
    cores: 8,
    coreMhz: 2000,
    freeMhz: 16_000,
    freeMemoryMib,
    tags: [],
    ...more,
  });
  const small = { cores: 2, coreMhz: 1000, memoryMib: 2048, hostTags: [] };
  const on = (type: Affinity["type"], ...hosts: number[]): Affinity => ({ type, hosts: new Set(hosts) });

  it("takes the one with the most room, the last one first", () => {
    expect(chooseHost([room(1, 4096), room(2, 8192)], small, [])?.id).toBe(2);
    expect(chooseHost([room(1, 4096), room(2, 8192)], small, [], { lastHost: 1 })?.id).toBe(1);
  });
  it("never gives more cores or faster ones than a host has, however much is overcommitted", () => {
    expect(chooseHost([room(1, 8192, { freeMhz: 1e6 })], { ...small, cores: 9 }, [])).toBeUndefined();
    expect(chooseHost([room(1, 8192, { freeMhz: 1e6 })], { ...small, coreMhz: 2001 }, [])).toBeUndefined();
  });
  it("leaves out hosts that are down, full or without the tags", () => {
    expect(chooseHost([room(1, 8192, { usable: false }), room(2, 1024)], small, [])).toBeUndefined();
    expect(chooseHost([room(1, 8192)], { ...small, hostTags: ["gpu"] }, [])).toBeUndefined();
    expect(chooseHost([room(1, 8192, { tags: ["gpu", "x"] })], { ...small, hostTags: ["gpu"] }, [])?.id).toBe(1);
  });
  it("obeys strict groups and only prefers what the others ask for", () => {
    const hosts = [room(1, 8192), room(2, 4096)];
    expect(chooseHost(hosts, small, [on("host anti-affinity", 1)])?.id).toBe(2);
    expect(chooseHost(hosts, small, [on("host anti-affinity", 1, 2)])).toBeUndefined();
    expect(chooseHost(hosts, small, [on("host affinity", 2)])?.id).toBe(2);
    expect(chooseHost(hosts, small, [on("host affinity")])?.id).toBe(1);
    expect(chooseHost(hosts, small, [on("non-strict host anti-affinity", 1)])?.id).toBe(2);
    expect(chooseHost(hosts, small, [on("non-strict host anti-affinity", 1, 2)])?.id).toBe(1);
    expect(chooseHost(hosts, small, [on("non-strict host affinity", 2)], { lastHost: 1 })?.id).toBe(2);
  });
});

describe("in a zone of three hosts", () => {
  let site: Site;
  let network: Row;

  beforeAll(async () => {
    site = await Site.start();
    network = await site.network({ gateway: "10.1.1.1", netmask: "255.255.255.0" });
  });
  afterAll(() => site.close());

  const group = (type: string): Promise<Row> => site.do("createAffinityGroup", { name: site.name("ag"), type });
  const hostOf = async (id: string) => (await site.listAll("listVirtualMachines", { id }))[0]?.hostname;

  it("puts members of a strict anti-affinity group on hosts of their own, as many as there are", async () => {
    const { id: affinitygroupids } = await group("host anti-affinity");
    const instances = [];
    for (let n = 0; n < 3; n += 1) instances.push(await site.deploy(network, { affinitygroupids }));
    expect(new Set(instances.map((instance) => instance.hostname)).size).toBe(3);
    const fourth = await site.refusal("deployVirtualMachine", await site.deployment(network, { affinitygroupids }));
    expect(fourth.code).toBe(533);
    expect(fourth.text).toMatch(/, Please check the affinity groups provided, there may not be sufficient capacity/);
    const [listed] = await site.listAll("listAffinityGroups", { id: affinitygroupids });
    expect(listed?.virtualmachineIds).toHaveLength(4);
  });

  it("keeps members of an affinity group together, and changes groups only while stopped", async () => {
    const { id: affinitygroupids } = await group("host affinity");
    const first = await site.deploy(network, { affinitygroupids });
    const second = await site.deploy(network, { affinitygroupids });
    expect(second.hostname).toBe(first.hostname);
    const leave = { id: second.id, affinitygroupids: "" };
    expect(await site.refusal("updateVMAffinityGroup", leave)).toMatchObject({ code: 431 });
    await site.do("stopVirtualMachine", { id: second.id });
    expect((await site.do("updateVMAffinityGroup", leave)).affinitygroup).toEqual([]);
  });

  it("restarts HA instances elsewhere when their host goes down, stops the others, moves the router", async () => {
    const { id: ha } = await site.offering({ offerha: true });
    const safe = await site.deploy(network, { serviceofferingid: ha });
    const name = String(safe.hostname);
    const [host] = await site.list("listHosts", { name });
    const unsafe = await site.deploy(network, { hostid: String(host?.id) });
    await site.control("hosts", { name, state: "Down" });
    expect(await hostOf(safe.id)).not.toBe(name);
    const [stopped] = await site.listAll("listVirtualMachines", { id: unsafe.id });
    expect(stopped).toMatchObject({ state: "Stopped", haenable: false });
    const [router] = await site.listAll("listRouters", { networkid: network.id });
    expect(router?.hostname).not.toBe(name);
    await site.control("hosts", { name, state: "Up" });
    expect(await site.do("startVirtualMachine", { id: unsafe.id })).toMatchObject({ hostname: name });
  });

  it("migrates a running instance to a host that is named, or to another one", async () => {
    const instance = await site.deploy(network);
    const moved = await site.do("migrateVirtualMachine", { virtualmachineid: instance.id });
    expect(moved).toMatchObject({ state: "Running" });
    expect(moved.hostid).not.toBe(instance.hostid);
    const back = { virtualmachineid: instance.id, hostid: String(instance.hostid) };
    expect(await site.do("migrateVirtualMachine", back)).toMatchObject({ hostid: instance.hostid });
  });
});

it("counts room with the cluster's overcommit", async () => {
  const [host] = defaultSeed.hosts;
  if (host === undefined) throw new Error("the default seed has hosts");
  const site = await Site.start({ seed: { ...defaultSeed, hosts: [host] } });
  const network = await site.network({}, "DefaultL2NetworkOffering");
  const { id: serviceofferingid } = await site.offering({ cpunumber: 16, cpuspeed: 2000, memory: 1024 });
  await site.deploy(network, { serviceofferingid });
  const second = await site.deployment(network, { serviceofferingid });
  expect(await site.refusal("deployVirtualMachine", second)).toMatchObject({ code: 533 });
  const [cluster] = await site.list("listClusters");
  const factor = { name: "cpu.overprovisioning.factor", value: "2", clusterid: String(cluster?.id) };
  await site.do("updateConfiguration", factor);
  const started = await site.deploy(network, { serviceofferingid });
  expect(started.details).toEqual({ cpuOvercommitRatio: "2", memoryOvercommitRatio: "1.0" });
  await site.close();
});
