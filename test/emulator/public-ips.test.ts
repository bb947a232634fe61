import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Row, Site } from "./site.ts";

let site: Site;
let vpc: Row;
let tier: Row;
let instance: Row;
let ip: Row;

beforeAll(async () => {
  site = await Site.start();
  vpc = await site.vpc();
  tier = await site.tier(vpc, 1);
  instance = await site.deploy(tier);
});
afterAll(() => site.close());

beforeEach(async () => {
  ip = await site.do("associateIpAddress", { vpcid: vpc.id });
});

const nat = () => ({ ipaddressid: ip.id, virtualmachineid: instance.id, networkid: tier.id });
const forward = (publicport: number) => ({ ...nat(), protocol: "tcp", publicport, privateport: publicport });
const balance = (publicport: number) => ({
  name: site.name("lb"),
  publicipid: ip.id,
  networkid: tier.id,
  algorithm: "roundrobin",
  publicport,
  privateport: 8080,
});
const listed = async () => (await site.list("listPublicIpAddresses", { id: ip.id }))[0];

it("gives a VPC a source NAT address that cannot be released", async () => {
  const [source] = await site.list("listPublicIpAddresses", { vpcid: vpc.id, issourcenat: true });
  expect(source).toMatchObject({ issourcenat: true, vpcid: vpc.id });
  expect(await site.refusal("disassociateIpAddress", { id: String(source?.id) })).toMatchObject({ code: 431 });
});

it("serves a tier only while something uses it there", async () => {
  await site.do("enableStaticNat", nat());
  expect(await listed()).toMatchObject({
    isstaticnat: true,
    associatednetworkid: tier.id,
    vmipaddress: instance.ipaddress,
  });
  expect((await site.listAll("listVirtualMachines", { id: instance.id }))[0]).toMatchObject({ publicip: ip.ipaddress });
  await site.do("disableStaticNat", { ipaddressid: ip.id });
  expect(await listed()).not.toHaveProperty("associatednetworkid");
  await site.do("disassociateIpAddress", { id: ip.id });
  expect(await listed()).toBeUndefined();
});

it("has rules or static NAT, never both, and every port once", async () => {
  const rule = await site.do("createPortForwardingRule", forward(80));
  expect(rule).toMatchObject({ publicport: "80", privateport: "80", vmguestip: instance.ipaddress, state: "Active" });
  expect(await listed()).toMatchObject({ hasrules: true });
  const taken = {
    code: 537,
    text: expect.stringMatching(
      /^The range specified, 80-80, conflicts with rule FirewallRule {.*"purpose":"PortForwarding".*} which has 80-80$/,
    ),
  };
  expect(await site.refusal("createPortForwardingRule", forward(80))).toEqual(taken);
  expect(await site.refusal("createLoadBalancerRule", balance(80))).toEqual(taken);
  expect(await site.refusal("enableStaticNat", nat())).toEqual({
    code: 537,
    text: expect.stringMatching(
      /^Failed to enable .* ip address IPAddress {.*} as it already has PortForwarding rules/,
    ),
  });
  await site.do("deletePortForwardingRule", { id: rule.id });
  await site.do("enableStaticNat", nat());
  expect(await site.refusal("createPortForwardingRule", forward(81))).toEqual({
    code: 431,
    text: expect.stringMatching(/^Unable to create port forwarding rule; ip IPAddress {.*} has static nat enabled$/),
  });
  expect(await site.refusal("createLoadBalancerRule", balance(81))).toEqual({
    code: 537,
    text: `Can't do load balance on ip address: ${ip.ipaddress}`,
  });
  await site.do("disassociateIpAddress", { id: ip.id });
});

it("forwards a port once for each protocol and each source, and not at all beside a balancer's", async () => {
  const rules = [
    await site.do("createPortForwardingRule", forward(80)),
    await site.do("createPortForwardingRule", { ...forward(80), protocol: "udp" }),
    await site.do("createPortForwardingRule", { ...forward(80), cidrlist: "192.0.2.0/24" }),
    await site.do("createPortForwardingRule", { ...forward(80), cidrlist: "198.51.100.0/24" }),
  ];
  const both = { ...forward(80), cidrlist: "203.0.113.0/24,192.0.2.0/24" };
  expect(await site.refusal("createPortForwardingRule", both)).toMatchObject({ code: 537 });
  for (const { id } of rules) await site.do("deletePortForwardingRule", { id });
  const balancer = await site.do("createLoadBalancerRule", balance(80));
  const udp = { ...forward(80), protocol: "udp" };
  expect(await site.refusal("createPortForwardingRule", udp)).toMatchObject({ code: 537 });
  await site.do("deleteLoadBalancerRule", { id: balancer.id });
});

it("serves the tier that it serves already, whatever other one a call names", async () => {
  const elsewhere = await site.tier(vpc, 3);
  const machine = await site.deploy(elsewhere);
  const there = { networkid: elsewhere.id, virtualmachineid: machine.id };
  const { networkid: _, ...nowhere } = forward(80);
  expect(await site.refusal("createPortForwardingRule", nowhere)).toEqual({
    code: 431,
    text: expect.stringMatching(
      /^Unable to create port forwarding rule for the ipAddress id=\d+ as ip is not associated/,
    ),
  });
  const rule = await site.do("createPortForwardingRule", forward(80));
  expect(await site.do("createPortForwardingRule", { ...forward(81), networkid: elsewhere.id })).toMatchObject({
    networkid: tier.id,
  });
  const stranger = { code: 431, text: "Vm doesn't belong to network associated with ipAddress" };
  expect(await site.refusal("createPortForwardingRule", { ...forward(82), ...there })).toEqual(stranger);
  expect(await site.refusal("createLoadBalancerRule", { ...balance(443), networkid: elsewhere.id })).toEqual({
    code: 431,
    text: expect.stringMatching(/^Cannot create Load Balancer rule lb-\d+ as the IP address .* is not associated with/),
  });
  expect(await site.refusal("enableStaticNat", { ...nat(), ...there })).toEqual({
    code: 431,
    text: "Vm doesn't belong to the network with specified id",
  });
  await site.do("deletePortForwardingRule", { id: rule.id });
  await site.do("disassociateIpAddress", { id: ip.id });
  for (const [command, params, text] of [
    ["createPortForwardingRule", forward(80), /^Unable to create PF rule, invalid IP address id \d+$/],
    ["createLoadBalancerRule", balance(443), /^Unable to create load balancer rule, invalid IP address ID \d+$/],
  ] as const) {
    expect(await site.refusal(command, params)).toEqual({ code: 431, text: expect.stringMatching(text) });
  }
});

it("serves one thing at a time in a tier whose offering has no conserve mode", async () => {
  const services = ["SourceNat", "StaticNat", "PortForwarding", "Lb"];
  const offering = await site.do("createNetworkOffering", {
    name: site.name("tier"),
    ...{ traffictype: "GUEST", guestiptype: "Isolated", forvpc: true, conservemode: false, enable: true },
    supportedservices: services.join(","),
    ...Object.fromEntries(
      services.flatMap((service, index) => [
        [`serviceproviderlist[${index}].service`, service],
        [`serviceproviderlist[${index}].provider`, "VpcVirtualRouter"],
      ]),
    ),
  });
  const other = await site.vpc();
  const network = await site.tier(other, 1, { networkofferingid: offering.id });
  const machine = await site.deploy(network);
  const address = await site.do("associateIpAddress", { vpcid: other.id });
  const there = { networkid: network.id, virtualmachineid: machine.id };
  const forwarding = { ...forward(80), ...there, ipaddressid: address.id };
  const balancing = { ...balance(443), networkid: network.id, publicipid: address.id };
  const refused = (used: string, wanted: string, ip = address) => ({
    code: 431,
    text: `The IP ${ip.ipaddress} is already used as ${used} rather than ${wanted}`,
  });

  const rule = await site.do("createPortForwardingRule", forwarding);
  expect(await site.refusal("createLoadBalancerRule", balancing)).toEqual(refused("PortForwarding", "Lb"));
  const { content } = await site.call("createLoadBalancerRule", balancing);
  expect(content).toMatchObject({ cserrorcode: 9999 });
  const staticNat = { ...there, ipaddressid: address.id };
  expect(await site.refusal("enableStaticNat", staticNat)).toEqual(refused("PortForwarding", "StaticNat"));
  const second = await site.do("createPortForwardingRule", { ...forwarding, publicport: 81, privateport: 81 });
  await site.do("deletePortForwardingRule", { id: second.id });
  await site.do("deletePortForwardingRule", { id: rule.id });

  const balancer = await site.do("createLoadBalancerRule", balancing);
  expect(await site.refusal("createPortForwardingRule", forwarding)).toEqual(refused("Lb", "PortForwarding"));
  await site.do("deleteLoadBalancerRule", { id: balancer.id });

  const [source] = await site.list("listPublicIpAddresses", { vpcid: other.id, issourcenat: true });
  expect(await site.refusal("createPortForwardingRule", { ...forwarding, ipaddressid: String(source?.id) })).toEqual(
    refused("SourceNat", "PortForwarding", source),
  );
});

it("serves several things at once in a tier of the server's own offering, which has conserve mode", async () => {
  const rule = await site.do("createPortForwardingRule", forward(80));
  const balancer = await site.do("createLoadBalancerRule", balance(443));
  await site.do("deletePortForwardingRule", { id: rule.id });
  await site.do("deleteLoadBalancerRule", { id: balancer.id });
});

it("balances over instances of its network", async () => {
  const rule = await site.do("createLoadBalancerRule", balance(443));
  await site.do("assignToLoadBalancerRule", { id: rule.id, virtualmachineids: instance.id });
  const again = await site.refusal("assignToLoadBalancerRule", { id: rule.id, virtualmachineids: instance.id });
  expect(again.text).toMatch(/is already mapped to load balancer\.$/);
  const members = await site.list("listLoadBalancerRuleInstances", { id: rule.id });
  expect(members).toMatchObject([{ id: instance.id, name: instance.name }]);
  const elsewhere = await site.deploy(await site.tier(vpc, 2));
  const foreign = await site.refusal("assignToLoadBalancerRule", { id: rule.id, virtualmachineids: elsewhere.id });
  expect(foreign.text).toMatch(/doesn't belong in the same network/);
  await site.do("removeFromLoadBalancerRule", { id: rule.id, virtualmachineids: instance.id });
  expect(await site.list("listLoadBalancerRuleInstances", { id: rule.id })).toEqual([]);
  await site.do("deleteLoadBalancerRule", { id: rule.id });
});

it("lets go of an instance that is expunged", async () => {
  const passing = await site.deploy(tier);
  await site.do("enableStaticNat", { ...nat(), virtualmachineid: passing.id });
  await site.do("destroyVirtualMachine", { id: passing.id, expunge: true });
  expect(await listed()).toMatchObject({ isstaticnat: false });
});
