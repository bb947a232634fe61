import { afterAll, beforeAll, expect, it } from "vitest";
import type { Params } from "./client.ts";
import { type Row, Site, type Tenant } from "./site.ts";

let site: Site;
let vpc: Row;
let tier: Row;

beforeAll(async () => {
  site = await Site.start();
  vpc = await site.vpc();
  tier = await site.tier(vpc, 1);
});
afterAll(() => site.close());

const find = async (id: string): Promise<Row | undefined> => (await site.listAll("listVirtualMachines", { id }))[0];
const refusal = async (params: Params) => site.refusal("deployVirtualMachine", await site.deployment(tier, params));
const cloudConfig = Buffer.from("#cloud-config\n").toString("base64");

it("has a leg in several networks, in the order asked for, the first one default", async () => {
  const second = await site.tier(vpc, 2);
  const l2 = await site.network({ vlan: "60" }, "DefaultL2NetworkOfferingVlan");
  const { networkids: _, ...params } = await site.deployment(tier);
  const instance = await site.do("deployVirtualMachine", {
    ...params,
    "iptonetworklist[0].networkid": second.id,
    "iptonetworklist[0].ip": "10.0.2.77",
    "iptonetworklist[1].networkid": tier.id,
    "iptonetworklist[1].mac": "02:aa:bb:cc:dd:01",
    "iptonetworklist[2].networkid": l2.id,
  });
  const nics = instance.nic as Row[];
  expect(nics.map((nic) => [nic.networkid, nic.isdefault])).toEqual([
    [second.id, true],
    [tier.id, false],
    [l2.id, false],
  ]);
  expect(instance.ipaddress).toBe("10.0.2.77");
  expect(nics[1]?.macaddress).toBe("02:aa:bb:cc:dd:01");
  expect(nics[2]).not.toHaveProperty("ipaddress");
});

it("refuses what cannot be deployed", async () => {
  const l2 = await site.network({ vlan: "61" }, "DefaultL2NetworkOfferingVlan");
  expect(await refusal({ ipaddress: "10.0.1.300" })).toEqual({
    code: 431,
    text: "Invalid specified IPv4 address 10.0.1.300",
  });
  expect(await refusal({ "iptonetworklist[0].networkid": tier.id })).toMatchObject({ code: 431 });
  expect((await refusal({ userdata: "%%%" })).text).toBe("User data is not base64 encoded");
  expect((await refusal({ hypervisor: "XenServer" })).text).toMatch(/^Hypervisor passed to the deployVm call/);
  expect((await refusal({ "details[0].memory": "1024" })).text).toMatch(/should not be specified for static/);
  expect((await refusal({ keypair: "none" })).text).toBe("Not all specified keyparis exist");
  const onL2 = await site.refusal("deployVirtualMachine", await site.deployment(l2, { userdata: cloudConfig }));
  expect(onL2.text).toMatch(
    /^Unable to deploy VM as UserData is provided while deploying the VM, but there is no support/,
  );
  const offering = await site.offering();
  await site.do("deleteServiceOffering", { id: offering.id });
  const inactive = await refusal({ serviceofferingid: offering.id });
  expect(inactive).toEqual({ code: 431, text: `Service offering is inactive: [${offering.id}].` });
});

it("keeps names, addresses and networks of a destroyed instance until it is expunged", async () => {
  const { id, name } = await site.deploy(tier, { ipaddress: "10.0.1.50" });
  await site.do("destroyVirtualMachine", { id });
  expect(await find(id)).toMatchObject({ state: "Destroyed", ipaddress: "10.0.1.50" });
  expect(await site.listAll("listVirtualMachines", { id, state: "present" })).toEqual([]);
  expect((await refusal({ name: String(name) })).text).toMatch(/already exists in the network domain/);
  expect(await refusal({ ipaddress: "10.0.1.50" })).toMatchObject({ code: 530 });
  expect(await site.do("recoverVirtualMachine", { id })).toMatchObject({ state: "Stopped" });
  await site.do("destroyVirtualMachine", { id, expunge: true });
  expect(await find(id)).toBeUndefined();
  await site.deploy(tier, { name: String(name), ipaddress: "10.0.1.50" });
});

it("stays in Error after a failed deployment, without counting against the limits", async () => {
  const tenant: Tenant = await site.tenant();
  const network = await site.network({ gateway: "10.1.1.1", netmask: "255.255.255.0", ...tenant });
  const { id: serviceofferingid } = await site.offering({ cpunumber: 32, memory: 1024 });
  const params = await site.deployment(network, { ...tenant, serviceofferingid });
  expect(await site.refusal("deployVirtualMachine", params)).toEqual({
    code: 533,
    text: expect.stringMatching(
      /^No destination found for a deployment for VM instance \{"id":\d+,"instanceName":"i-\d+-\d+-VM"/,
    ),
  });
  const [failed] = await site.listAll("listVirtualMachines", { name: String(params.name) });
  expect(failed).toMatchObject({ state: "Error", account: tenant.account });
  expect(await site.listAll("listVolumes", { virtualmachineid: String(failed?.id) })).toEqual([]);
  const [account] = await site.listAll("listAccounts", { name: tenant.account });
  expect(account).toMatchObject({ vmtotal: 0, cputotal: 0, volumetotal: 0 });
  await site.do("destroyVirtualMachine", { id: String(failed?.id), expunge: true });
  await site.do("deleteNetwork", { id: network.id });
});

it("counts against account and domain", async () => {
  const tenant = await site.tenant();
  const network = await site.network({ gateway: "10.1.1.1", netmask: "255.255.255.0", ...tenant });
  await site.do("updateResourceLimit", { domainid: tenant.domainid, resourcetype: 0, max: 1 });
  await site.deploy(network, tenant);
  const over = await site.refusal("deployVirtualMachine", await site.deployment(network, tenant));
  expect(over).toMatchObject({
    code: 535,
    text: expect.stringMatching(/^Maximum domain resource limits of Type 'user_vm'/),
  });
});

it("replaces all details at once, and keeps user data out of lists unless asked", async () => {
  const { id } = await site.deploy(tier, { "details[0].a": "1", "details[0].b": "2", userdata: cloudConfig });
  expect((await find(id))?.details).toEqual({ a: "1", b: "2" });
  await site.do("updateVirtualMachine", { id, "details[0].c": "3" });
  expect((await find(id))?.details).toEqual({ c: "3" });
  expect(await find(id)).not.toHaveProperty("userdata");
  const [withData] = await site.listAll("listVirtualMachines", { id, userdata: true });
  expect(withData?.userdata).toBe(cloudConfig);
  const [short] = await site.listAll("listVirtualMachines", { id, details: "min" });
  expect(short).toMatchObject({ nic: [], affinitygroup: [] });
  expect(short).not.toHaveProperty("serviceofferingid");
});

it("takes new user data when stopped", async () => {
  const { id: userdataid } = await site.do("registerUserData", { name: "ud", userdata: cloudConfig });
  const { id } = await site.deploy(tier, { userdataid });
  expect(await find(id)).toMatchObject({ userdataid, userdataname: "ud" });
  const other = Buffer.from("#!/bin/sh\n").toString("base64");
  expect((await site.refusal("resetUserDataForVirtualMachine", { id, userdata: other })).text).toMatch(
    /should be stopped/,
  );
  await site.do("stopVirtualMachine", { id });
  await site.do("resetUserDataForVirtualMachine", { id, userdata: other });
  expect(await find(id)).not.toHaveProperty("userdataid");
  expect((await site.do("getVirtualMachineUserData", { virtualmachineid: id })).userdata).toBe(other);
});

it("forgets user data in a reset only: an update keeps what it is not given", async () => {
  const content = Buffer.from("#cloud-config\nhostname: $host\n").toString("base64");
  const { id: userdataid } = await site.do("registerUserData", { name: "asks", userdata: content, params: "host" });
  const { id } = await site.deploy(tier, { userdataid, "userdatadetails[0].host": "a" });
  await site.do("updateVirtualMachine", { id, userdata: cloudConfig });
  expect(await find(id)).toMatchObject({ userdataid, userdatadetails: "{host=a}" });
  await site.do("updateVirtualMachine", { id, userdata: "" });
  expect((await site.do("getVirtualMachineUserData", { virtualmachineid: id })).userdata).toBe(cloudConfig);
  await site.do("stopVirtualMachine", { id });
  await site.do("resetUserDataForVirtualMachine", { id });
  const [reset] = await site.listAll("listVirtualMachines", { id, userdata: true });
  for (const name of ["userdata", "userdataid", "userdatadetails"]) expect(reset).not.toHaveProperty(name);
});

it("changes its size when stopped only, on KVM with a fixed offering", async () => {
  const { id } = await site.deploy(tier);
  const larger = await site.offering({ cpunumber: 2, memory: 1024, offerha: true });
  const params = { id, serviceofferingid: larger.id };
  expect((await site.refusal("scaleVirtualMachine", params)).text).toMatch(/^Unable to live scale VM on KVM/);
  await site.do("stopVirtualMachine", { id });
  expect(await site.do("scaleVirtualMachine", params)).toMatchObject({ cpunumber: 2, memory: 1024, haenable: true });
  expect((await site.refusal("scaleVirtualMachine", params)).text).toMatch(/^Not upgrading vm/);
  expect(await site.do("startVirtualMachine", { id })).toMatchObject({ state: "Running" });
});

it("gains and loses network cards, but never the default one", async () => {
  const { id, nic } = await site.deploy(tier);
  const other = await site.tier(vpc, 3);
  const params = { virtualmachineid: id, networkid: other.id };
  const more = await site.do("addNicToVirtualMachine", { ...params, ipaddress: "10.0.3.9" });
  expect((more.nic as Row[]).map((card) => card.ipaddress)).toContain("10.0.3.9");
  expect((await site.refusal("addNicToVirtualMachine", params)).text).toMatch(/^A NIC already exists/);
  const [first, second] = more.nic as Row[];
  expect((nic as Row[])[0]?.id).toBe(first?.id);
  const remove = (nicid: unknown) => ({ virtualmachineid: id, nicid: String(nicid) });
  expect((await site.refusal("removeNicFromVirtualMachine", remove(first?.id))).text).toMatch(/nic is default\.$/);
  const ip = await site.do("associateIpAddress", { vpcid: vpc.id });
  await site.do("enableStaticNat", { ipaddressid: ip.id, virtualmachineid: id, networkid: other.id });
  expect((await site.refusal("removeNicFromVirtualMachine", remove(second?.id))).text).toMatch(/Static NAT rules\.$/);
  const move = { nicid: String(second?.id), ipaddress: "10.0.3.10" };
  expect((await site.refusal("updateVmNicIp", move)).text).toMatch(/^VM is not Stopped/);
  await site.do("stopVirtualMachine", { id });
  expect(((await site.do("updateVmNicIp", move)).nic as Row[])[1]?.ipaddress).toBe("10.0.3.10");
  const [moved] = await site.list("listPublicIpAddresses", { id: ip.id });
  expect(moved).toMatchObject({ vmipaddress: "10.0.3.10" });
  await site.do("disassociateIpAddress", { id: ip.id });
  expect((await site.do("removeNicFromVirtualMachine", remove(second?.id))).nic).toHaveLength(1);
});

it("does not go while it is protected", async () => {
  const { id } = await site.deploy(tier);
  await site.do("updateVirtualMachine", { id, deleteprotection: true });
  expect((await site.refusal("destroyVirtualMachine", { id })).text).toMatch(/delete protection/);
});

it("has no root disk smaller than its template", async () => {
  const [template] = await site.listAll("listTemplates", { id: site.templateid, templatefilter: "all" });
  const params = { zoneid: site.zoneid, templateid: site.templateid, networkids: tier.id };
  const { id: serviceofferingid } = await site.offering();
  const refused = await site.refusal("deployVirtualMachine", { ...params, serviceofferingid, rootdisksize: 1 });
  expect(refused.code).toBe(431);
  expect(refused.text).toBe(
    `Unsupported: rootdisksize override (1 GB) is smaller than template size (${(Number(template?.size) / 2 ** 30).toFixed(2)} GB) ${template?.size}`,
  );
});

it("shows a user less than an administrator", async () => {
  const tenant = await site.tenant();
  const network = await site.network({ gateway: "10.1.1.1", netmask: "255.255.255.0", ...tenant });
  const { id: serviceofferingid } = await site.offering({ rootdisksize: 20 });
  const { id } = await site.deploy(network, { ...tenant, serviceofferingid, "details[0].a": "1" });
  const [user] = await site.listAll("listUsers", { username: tenant.account });
  const keys = await site.do("registerUserKeys", { id: String(user?.id) });
  const asUser = { keys: { apiKey: String(keys.apikey), secretKey: String(keys.secretkey) } };
  const seen = async (command: string): Promise<Row> => {
    const { content } = await site.call(command, {}, asUser);
    return (Object.values(content).find(Array.isArray) as Row[])[0] as Row;
  };
  const [full] = await site.listAll("listVirtualMachines", { id });
  expect(full).toMatchObject({ details: { a: "1", rootdisksize: "20" }, hostname: expect.any(String) });
  const instance = await seen("listVirtualMachines");
  expect(instance).toMatchObject({ id, details: { a: "1" } });
  for (const field of ["instancename", "hostid", "hostname"]) expect(instance).not.toHaveProperty(field);
  expect(instance.details).not.toHaveProperty("rootdisksize");
  expect(await seen("listNetworks")).not.toHaveProperty("vlan");
  expect(await seen("listVolumes")).not.toHaveProperty("storage");
});
