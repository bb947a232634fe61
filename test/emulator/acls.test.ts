import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Params } from "./client.ts";
import { type Row, Site } from "./site.ts";

let site: Site;
let vpc: Row;
let acl: Row;

beforeAll(async () => {
  site = await Site.start();
  vpc = await site.vpc();
});
afterAll(() => site.close());

beforeEach(async () => {
  acl = await site.do("createNetworkACLList", { name: site.name("acl"), vpcid: vpc.id });
});

const tcp = { protocol: "tcp", startport: 443, endport: 443, cidrlist: "10.0.0.0/8", traffictype: "egress" };
const rule = (params: Params): Promise<Row> => site.do("createNetworkACL", { aclid: acl.id, ...tcp, ...params });
const refusal = async (params: Params) =>
  (await site.refusal("createNetworkACL", { aclid: acl.id, ...tcp, ...params })).text;
const order = async (): Promise<unknown[]> => {
  const items = await site.listAll("listNetworkACLs", { aclid: acl.id });
  return [...items].sort((a, b) => Number(a.number) - Number(b.number)).map(({ id, number }) => [id, number]);
};

it("numbers a rule after the last one when no number is given", async () => {
  expect((await rule({})).number).toBe(1);
  expect((await rule({ number: 40 })).number).toBe(40);
  expect((await rule({})).number).toBe(41);
});

it("refuses what no rule can be", async () => {
  await rule({ number: 7 });
  expect(await refusal({ number: 7 })).toBe(`ACL item with number 7 already exists in ACL: ${acl.id}`);
  expect(await refusal({ number: 0 })).toBe("Invalid number [0]. Number cannot be < 1");
  expect(await refusal({ endport: 70000 })).toBe("End public port is an invalid value: 70000");
  expect(await refusal({ cidrlist: "10.0.0/8" })).toBe("Source cidrs formatting error 10.0.0/8");
  expect(await refusal({ protocol: "sctp2" })).toMatch(/^Invalid protocol \[sctp2\]/);
  expect(await refusal({ protocol: "all" })).toBe("start port and end port must be null if protocol = 'all'");
  expect(await refusal({ action: "drop" })).toBe("Invalid action [drop]. Permitted actions are Allow and Deny");
  expect(await refusal({ icmptype: 8 })).toBe("Can specify icmpCode and icmpType for ICMP protocol only");
});

it("changes what is given, or replaces the whole rule with partialupgrade=false", async () => {
  const { id } = await rule({ number: 3, reason: "why", action: "deny" });
  const partly = await site.do("updateNetworkACLItem", { id, endport: 500 });
  expect(partly).toMatchObject({ startport: "443", endport: "500", action: "Deny", reason: "why", state: "Add" });
  const wholly = await site.do("updateNetworkACLItem", {
    id,
    protocol: "all",
    cidrlist: "0.0.0.0/0",
    partialupgrade: false,
  });
  expect(wholly).toMatchObject({ number: 3, protocol: "all", action: "Allow", traffictype: "Ingress" });
  for (const gone of ["startport", "endport", "reason"]) expect(wholly).not.toHaveProperty(gone);
  await rule({ number: 4 });
  expect(await site.refusal("updateNetworkACLItem", { id, number: 4 })).toMatchObject({ code: 431 });
});

it("moves a rule between two others and makes room for it", async () => {
  const [a, b, c, d] = [await rule({}), await rule({}), await rule({}), await rule({ number: 12 })] as const;
  await site.do("moveNetworkAclItem", { id: d.id, previousaclruleid: a.id, nextaclruleid: b.id });
  expect(await order()).toEqual([
    [a.id, 1],
    [d.id, 2],
    [b.id, 3],
    [c.id, 4],
  ]);
  await site.do("moveNetworkAclItem", { id: c.id, nextaclruleid: a.id });
  expect((await order())[0]).toEqual([c.id, 1]);
  await site.do("moveNetworkAclItem", { id: c.id, previousaclruleid: b.id });
  expect((await order()).at(-1)).toEqual([c.id, 5]);
});

it("has two built-in lists that nobody changes", async () => {
  const lists = await site.listAll("listNetworkACLLists", { vpcid: vpc.id });
  const builtIn = lists.filter(({ name }) => String(name).startsWith("default_"));
  expect(builtIn.map(({ name }) => name).sort()).toEqual(["default_allow", "default_deny"]);
  for (const { id } of builtIn) {
    expect(await site.refusal("createNetworkACL", { aclid: id, ...tcp })).toMatchObject({
      code: 431,
      text: "Default ACL cannot be modified",
    });
    expect(await site.refusal("deleteNetworkACLList", { id })).toMatchObject({ code: 431 });
  }
});

it("goes to another tier of its VPC only, and is held by the tiers that use it", async () => {
  const tier = await site.tier(vpc, 1, { aclid: acl.id });
  expect(tier).toMatchObject({ aclid: acl.id, aclname: acl.name });
  expect((await site.refusal("deleteNetworkACLList", { id: acl.id })).text).toMatch(/still associated with 1 tier/);
  const elsewhere = await site.vpc({ cidr: "10.1.0.0/16" });
  const foreign = await site.do("createNetworkACLList", { name: "foreign", vpcid: elsewhere.id });
  const refused = await site.refusal("replaceNetworkACLList", { aclid: foreign.id, networkid: tier.id });
  expect(refused.text).toMatch(/do not belong to the same VPC/);
  const [deny] = await site.listAll("listNetworkACLLists", { name: "default_deny" });
  await site.do("replaceNetworkACLList", { aclid: String(deny?.id), networkid: tier.id });
  await site.do("deleteNetworkACLList", { id: acl.id });
});

it("is for everything from everywhere unless it says otherwise", async () => {
  const open = await site.do("createNetworkACL", { aclid: acl.id, protocol: "icmp" });
  expect(open).toMatchObject({
    cidrlist: "0.0.0.0/0,::/0",
    icmptype: -1,
    icmpcode: -1,
    action: "Allow",
    traffictype: "Ingress",
  });
});
