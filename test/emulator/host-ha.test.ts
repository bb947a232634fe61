import { afterEach, beforeEach, expect, it } from "vitest";
import type { Params } from "./client.ts";
import { type Row, Site } from "./site.ts";

let site: Site;
let host: Row;
let clusterid: string;

beforeEach(async () => {
  site = await Site.start();
  host = (await site.list("listHosts"))[0] as Row;
  clusterid = String(host.clusterid);
});
afterEach(() => site.close());

const hostid = () => ({ hostid: host.id });
const shown = async () => (await site.list("listHosts", { id: host.id }))[0];
const processor = (params: Params = {}): Params => ({
  ...hostid(),
  driver: "ipmitool",
  address: "10.0.100.11",
  port: "623",
  username: "admin",
  password: "bmc-password",
  ...params,
});

it("watches a host once somebody is chosen to, it is enabled, and the host can be switched off", async () => {
  expect(await site.refusal("enableHAForHost", hostid())).toMatchObject({
    code: 431,
    text: expect.stringContaining("HAProvider is not provided"),
  });
  const configured = await site.do("configureHAForHost", { ...hostid(), provider: "KVMHAProvider" });
  expect(configured).toMatchObject({ ...hostid(), haprovider: "kvmhaprovider", status: true });
  expect((await shown())?.hostha).toEqual({ haenable: false, hastate: "Disabled", haprovider: "kvmhaprovider" });
  await site.do("enableHAForHost", hostid());
  expect((await shown())?.hostha).toMatchObject({ haenable: true, hastate: "Ineligible" });
  await site.do("configureOutOfBandManagement", processor());
  await site.do("enableOutOfBandManagementForHost", hostid());
  expect((await shown())?.hostha).toMatchObject({ hastate: "Available" });
  expect(await site.list("listHostHAResources", hostid())).toEqual([
    { ...hostid(), haenable: true, hastate: "Available", haprovider: "kvmhaprovider" },
  ]);
  await site.do("disableHAForCluster", { clusterid });
  expect((await shown())?.hostha).toMatchObject({ haenable: true, hastate: "Disabled" });
  await site.do("enableHAForCluster", { clusterid });
  await site.do("disableHAForHost", hostid());
  expect((await shown())?.hostha).toMatchObject({ haenable: false, hastate: "Disabled" });
});

it("refuses providers that do not exist or are for other hypervisors", async () => {
  const configure = (provider: string) => site.refusal("configureHAForHost", { ...hostid(), provider });
  expect(await configure("none")).toEqual({ code: 530, text: "Given HA provider [none] does not exist." });
  expect(await configure("simulatorhaprovider")).toMatchObject({
    code: 431,
    text: expect.stringContaining("of hypervisor type: [KVM]"),
  });
  expect(await site.list("listHostHAProviders", { hypervisor: "KVM" })).toEqual([{ haprovider: "KVMHAProvider" }]);
});

it("keeps everything of a service processor but the password, and switches the host's power", async () => {
  const unset = await site.refusal("enableOutOfBandManagementForHost", hostid());
  expect(unset).toMatchObject({ code: 530, text: expect.stringContaining("not configured for the host") });
  expect(await site.refusal("configureOutOfBandManagement", processor({ driver: "telepathy" }))).toMatchObject({
    code: 530,
  });
  const { id: _none, ...configured } = await site.do("configureOutOfBandManagement", processor());
  expect(configured).toMatchObject({ driver: "ipmitool", port: "623", enabled: false, powerstate: "Disabled" });
  const off = { ...hostid(), action: "OFF" };
  expect(await site.refusal("issueOutOfBandManagementPowerAction", off)).toMatchObject({ code: 530 });
  await site.do("enableOutOfBandManagementForHost", hostid());
  expect(await site.do("issueOutOfBandManagementPowerAction", off)).toMatchObject({ powerstate: "Off" });
  expect(await shown()).toMatchObject({ state: "Down", outofbandmanagement: { powerstate: "Off", enabled: true } });
  const inventory = await (await fetch(`${site.emulator.controlUrl}/inventory`)).text();
  for (const text of [inventory, JSON.stringify(await shown())]) expect(text).not.toContain("bmc-password");
});

it("has settings for each cluster", async () => {
  const name = "kvm.ha.activity.check.interval";
  expect(await site.do("updateConfiguration", { name, value: "30", clusterid })).toMatchObject({ value: "30" });
  const value = async (params: Params) => (await site.list("listConfigurations", { name, ...params }))[0]?.value;
  expect([await value({ clusterid }), await value({})]).toEqual(["30", "60"]);
  expect(await site.refusal("updateConfiguration", { name, value: "soon", clusterid })).toMatchObject({ code: 431 });
});

it("places and counts by the cluster's own overcommit", async () => {
  const network = await site.network({ gateway: "10.1.1.1", netmask: "255.255.255.0" });
  const serviceofferingid = (await site.offering({ cpunumber: 16, cpuspeed: 2000, memory: 1024 })).id;
  const deploy = async () => site.deploy(network, { serviceofferingid });
  const total = async () => Number((await site.list("listCapacity", { type: 1, clusterid }))[0]?.capacitytotal);
  const before = await total();
  const more = async () => {
    for (let n = 0; ; n += 1) {
      try {
        await deploy();
      } catch {
        return n;
      }
    }
  };
  // The router takes some MHz of one host, which is then too small.
  expect(await more()).toBe(2);
  await site.do("updateConfiguration", { name: "cpu.overprovisioning.factor", value: "2.0", clusterid });
  expect(await total()).toBe(2 * before);
  expect((await site.list("listClusters", { id: clusterid }))[0]).toMatchObject({ cpuovercommitratio: "2.0" });
  expect(await more()).toBe(3);
});
