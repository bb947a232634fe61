/** A replacement broke off: its old object waits in the state for its deletion, with everything still in it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, startEstate, VPC } from "./estate.ts";

const ACCOUNT = "cloudstack:identity:Account";
const IP = "cloudstack:network:PublicIp";

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

const ids = async (command: string, names: Record<string, string | boolean> = {}) =>
  (await estate.rows(command, { listall: true, ...names })).map(({ id }) => id);

test("set back, the VPC with its tiers is the stack's again, and only the other one is deleted", async () => {
  await estate.tier();
  const wider = { ...estate.vpc.inputs, cidr: "10.0.0.0/12" };
  const first = await estate.nextRun();
  await first.diff(VPC, estate.vpc, wider);
  const second = await first.create(VPC, wider);
  expect(second.id).not.toBe(estate.vpc.id);

  const next = await estate.nextRun();
  await next.diff(VPC, second, estate.vpc.inputs);
  expect((await next.create(VPC, estate.vpc.inputs)).id).toBe(estate.vpc.id);
  await next.delete(VPC, estate.vpc);
  await next.delete(VPC, second);
  expect(await ids("listVPCs")).toEqual([estate.vpc.id]);
});

test("changed to something else again, the VPC with its tiers is left to the deletion that follows", async () => {
  const third = { ...estate.vpc.inputs, cidr: "10.0.0.0/14" };
  const run = await estate.nextRun();
  const kept = await run.create(VPC, third);
  expect(kept.id).not.toBe(estate.vpc.id);
  expect(await ids("listVPCs")).toEqual(expect.arrayContaining([estate.vpc.id, kept.id]));
  expect(await ids("listNetworks", { vpcid: estate.vpc.id })).toHaveLength(1);
  await run.delete(VPC, kept);
});

test("a public address goes the same way", async () => {
  const inputs = { vpcId: estate.vpc.id };
  const old = await estate.engine.create(IP, inputs, { name: "edge" });
  const first = await estate.nextRun();
  const another = {
    ...inputs,
    ipAddress: String(old.state.ipAddress).replace(/\d+$/, (last) => String(Number(last) + 1)),
  };
  await first.diff(IP, old, another);
  const second = await first.create(IP, another, { name: "edge" });

  const next = await estate.nextRun();
  await next.diff(IP, second, inputs);
  expect((await next.create(IP, inputs, { name: "edge" })).id).toBe(old.id);
  await next.delete(IP, old);
  await next.delete(IP, second);
  const held = await estate.rows("listPublicIpAddresses", { vpcid: estate.vpc.id, issourcenat: false, listall: true });
  expect(held.map(({ id }) => id)).toEqual([old.id]);
});

test("an account that cannot become what is wanted is never deleted with what it owns", async () => {
  const domain = await estate.engine.create("cloudstack:identity:Domain", { name: "tenant" });
  const person = { password: "p", email: "e", firstName: "f", lastName: "l" };
  const inputs = { name: "tenant", domainId: domain.id, accountType: "user", ...person };
  const old = await estate.engine.create(ACCOUNT, inputs);
  const owner = { account: "tenant", domainId: domain.id };
  const tier = await estate.tier(owner);
  await estate.engine.create("cloudstack:compute:Instance", { ...estate.instanceOn("it", tier), ...owner } as never);

  const again = (await estate.nextRun()).create(ACCOUNT, { ...inputs, accountType: "domain-admin" });
  await expect(again).rejects.toMatchObject({ details: expect.stringContaining("already exists") });
  expect(await ids("listAccounts", { id: old.id })).toEqual([old.id]);
  expect(await ids("listVirtualMachines", { account: "tenant", domainid: domain.id })).toHaveLength(1);
});
