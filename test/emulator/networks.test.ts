import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultSeed } from "../../emulator/cloudstack/seed.ts";
import { type Row, Site } from "./site.ts";

let site: Site;

beforeAll(async () => {
  site = await Site.start();
});
afterAll(() => site.close());

const l2 = "DefaultL2NetworkOffering";
const l2Vlan = "DefaultL2NetworkOfferingVlan";

it("takes the VLAN of a network from the dynamic range when the first instance starts", async () => {
  const network = await site.network({ gateway: "10.1.1.1", netmask: "255.255.255.0" });
  expect(network).toMatchObject({ state: "Allocated", type: "Isolated", cidr: "10.1.1.0/24" });
  expect(network).not.toHaveProperty("vlan");
  await site.deploy(network);
  const [after] = await site.listAll("listNetworks", { id: network.id });
  expect(after).toMatchObject({ state: "Implemented", vlan: "500", broadcasturi: "vlan://500" });
  const other = await site.network({}, l2);
  await site.deploy(other);
  expect((await site.listAll("listNetworks", { id: other.id }))[0]).toMatchObject({ vlan: "501" });
});

it("refuses a VLAN that is missing, not wanted, dynamic or taken", async () => {
  const refused = async (params: Record<string, string>, offering: string) => {
    const [found] = await site.list("listNetworkOfferings", { name: offering });
    const base = { name: site.name("n"), zoneid: site.zoneid, networkofferingid: String(found?.id) };
    return (await site.refusal("createNetwork", { ...base, ...params })).text;
  };
  await site.network({ vlan: "42" }, l2Vlan);
  expect(await refused({}, l2Vlan)).toBe("Vlan has to be specified; corresponding offering says specifyVlan=true");
  expect(await refused({ vlan: "43" }, l2)).toBe("Can't specify vlan; corresponding offering says specifyVlan=false");
  expect(await refused({ vlan: "500" }, l2Vlan)).toMatch(/^The VLAN tag to use for new guest network, 500 is already/);
  expect(await refused({ vlan: "42" }, l2Vlan)).toMatch(/^Network with vlan 42 already exists or overlaps/);
});

it("limits the tiers of a VPC by vpc.max.networks", async () => {
  const small = await Site.start({ seed: { ...defaultSeed, settings: {} } });
  try {
    const vpc = await small.vpc();
    for (const octet of [1, 2, 3]) await small.tier(vpc, octet);
    // The server reads this setting when it starts: raising it changes nothing until then.
    await small.do("updateConfiguration", { name: "vpc.max.networks", value: "8" });
    await expect(small.tier(vpc, 4)).rejects.toThrow("530 Number of networks per VPC cannot surpass [3].");
    const [listed] = await small.listAll("listVPCs", { id: vpc.id });
    expect(listed?.network).toHaveLength(3);
  } finally {
    await small.close();
  }
});

it("refuses a second offering with public load balancing in one VPC", async () => {
  const services = ["Dhcp", "SourceNat", "Lb"];
  const { id: networkofferingid } = await site.do("createNetworkOffering", {
    name: "another-lb",
    displaytext: "x",
    traffictype: "GUEST",
    guestiptype: "Isolated",
    forvpc: true,
    enable: true,
    supportedservices: services.join(","),
    ...Object.fromEntries(
      services.flatMap((service, index) => [
        [`serviceproviderlist[${index}].service`, service],
        [`serviceproviderlist[${index}].provider`, "VpcVirtualRouter"],
      ]),
    ),
  });
  const vpc = await site.vpc();
  await site.tier(vpc, 1);
  await site.tier(vpc, 2);
  await expect(site.tier(vpc, 3, { networkofferingid })).rejects.toThrow(/Public LB service is already supported/);
});

it("keeps a shared network to its domain, and its addresses to its range", async () => {
  const tenant = await site.tenant();
  const stranger = await site.tenant();
  const network = await site.network(
    {
      gateway: "10.9.0.1",
      netmask: "255.255.255.0",
      startip: "10.9.0.10",
      endip: "10.9.0.11",
      vlan: "77",
      acltype: "domain",
      domainid: tenant.domainid,
    },
    "DefaultSharedNetworkOffering",
  );
  expect(network).toMatchObject({ type: "Shared", acltype: "Domain", state: "Setup", vlan: "77" });
  expect(network).not.toHaveProperty("account");
  const ranges = (parameters: Record<string, string>) => site.list("listVlanIpRanges", parameters);
  const range = { forvirtualnetwork: false, vlan: "vlan://77", startip: "10.9.0.10", endip: "10.9.0.11" };
  expect(await ranges({ networkid: String(network.id) })).toMatchObject([{ ...range, networkid: network.id }]);
  expect(await ranges({ forvirtualnetwork: "true" })).toMatchObject([{ vlan: "vlan://untagged" }]);
  expect(await ranges({ zoneid: String(network.zoneid) })).toHaveLength(2);
  expect(await site.deploy(network, { ...tenant })).toMatchObject({ ipaddress: "10.9.0.10" });
  const foreign = await site.refusal("deployVirtualMachine", await site.deployment(network, { ...stranger }));
  expect(foreign).toMatchObject({ code: 531, text: expect.stringMatching(/is not available in domain id=/) });
  // The router of a shared network has an address of the range, too.
  const full = await site.refusal("deployVirtualMachine", await site.deployment(network, { ...tenant }));
  expect(full).toEqual({ code: 533, text: "Insufficient address capacity" });
});

it("changes the offering of an isolated network to one that is alike and has all of its services", async () => {
  const network = await site.network({ gateway: "10.4.0.1", netmask: "255.255.255.0" });
  const shape = { traffictype: "Guest", guestiptype: "Isolated", enable: "true" };
  const all = "SourceNat,Vpn,UserData,StaticNat,Firewall,Dhcp,Dns,PortForwarding,Lb";
  const change = async (more: Record<string, string>) => {
    const offering = await site.do("createNetworkOffering", { name: site.name("o"), ...shape, ...more });
    return { id: String(network.id), networkofferingid: String(offering.id) };
  };
  const { text } = await site.refusal("updateNetwork", await change({ supportedservices: "SourceNat,Dhcp" }));
  expect(text).toMatch(/will remove the following services \[Vpn, /);
  const fixed = await change({ supportedservices: all, specifyvlan: "true" });
  expect(await site.refusal("updateNetwork", fixed)).toMatchObject({ text: expect.stringMatching(/Can't upgrade/) });
  const disabled = await change({ supportedservices: all, enable: "false" });
  expect(await site.refusal("updateNetwork", disabled)).toMatchObject({ text: expect.stringMatching(/Enabled state/) });
  const alike = await change({ supportedservices: all });
  expect(await site.do("updateNetwork", alike)).toMatchObject({ networkofferingid: alike.networkofferingid });
});

it("holds a network until the last instance on it is expunged", async () => {
  const network = await site.network({ gateway: "10.2.0.1", netmask: "255.255.255.0" });
  const instance = await site.deploy(network);
  const used = { code: 530, text: "Failed to delete network" };
  expect(await site.refusal("deleteNetwork", { id: network.id })).toEqual(used);
  await site.do("destroyVirtualMachine", { id: instance.id });
  expect(await site.refusal("deleteNetwork", { id: network.id })).toEqual(used);
  await site.do("expungeVirtualMachine", { id: instance.id });
  await site.do("deleteNetwork", { id: network.id });
  expect(await site.listAll("listNetworks", { id: network.id })).toEqual([]);
  expect(await site.listAll("listRouters", { networkid: network.id })).toEqual([]);
});

it("expunges a destroyed instance by itself when its time is over", async () => {
  const network = await site.network({ gateway: "10.3.0.1", netmask: "255.255.255.0" });
  const { id } = await site.deploy(network, { ipaddress: "10.3.0.7" });
  await site.do("destroyVirtualMachine", { id });
  const again = await site.deployment(network, { ipaddress: "10.3.0.7" });
  expect(await site.refusal("deployVirtualMachine", again)).toMatchObject({ code: 530 });
  await site.control("clock", { offsetSeconds: 2 * 86_400 });
  expect(await site.listAll("listVirtualMachines", { id })).toEqual([]);
  await site.do("deployVirtualMachine", again);
  await site.control("clock", { offsetSeconds: 0 });
});

it("shows a tenant its own networks only", async () => {
  const [tenant, other] = [await site.tenant(), await site.tenant()];
  const mine: Row = await site.network({ gateway: "10.4.0.1", netmask: "255.255.255.0", ...tenant });
  await site.network({ gateway: "10.4.0.1", netmask: "255.255.255.0", ...other });
  const { id } = (await site.listAll("listUsers", { username: tenant.account }))[0] ?? { id: "" };
  const keys = await site.do("registerUserKeys", { id });
  const asTenant = { keys: { apiKey: String(keys.apikey), secretKey: String(keys.secretkey) } };
  const { content } = await site.call("listNetworks", { listall: true }, asTenant);
  expect((content.network as Row[]).map((network) => network.id)).toEqual([mine.id]);
  const refused = await site.call(
    "deleteNetwork",
    { id: (await site.listAll("listNetworks", other))[0]?.id ?? "" },
    asTenant,
  );
  expect(refused.status).toBe(531);
});
