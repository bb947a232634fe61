import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/cloudstack/server.ts";
import { type Answer, type Caller, callerOf, object, rows } from "./client.ts";

let emulator: Emulator;
let call: Caller;
let parent: string;
let domainid: string;
let template: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({ latency: "none" });
  call = callerOf(emulator);
  parent = String(object(await call("createDomain", { name: "parent" }), "domain").id);
  domainid = String(object(await call("createDomain", { name: "child", parentdomainid: parent }), "domain").id);
  const person = { username: "u", password: "x", firstname: "f", lastname: "l", email: "a@b.c" };
  await call("createAccount", { ...person, account: "acc", accounttype: 0, domainid });
  template = { format: "QCOW2", hypervisor: "KVM", url: "http://example.org/x.qcow2", account: "acc", domainid };
});

afterAll(() => emulator.close());

const register = (name: string): Promise<Answer> => call("registerTemplate", { ...template, name });
const limit = (params: Record<string, string | number>) => call("updateResourceLimit", { resourcetype: 4, ...params });

it("starts from the real defaults of accounts and domains", async () => {
  const ofAccount = rows(await call("listResourceLimits", { account: "acc", domainid }), "resourcelimit");
  const ofDomain = rows(await call("listResourceLimits", { domainid }), "resourcelimit");
  const values = (list: typeof ofAccount) => Object.fromEntries(list.map((one) => [one.resourcetypename, one.max]));
  expect(values(ofAccount)).toMatchObject({
    user_vm: 20,
    cpu: 40,
    memory: 40960,
    primary_storage: 200,
    vpc: 20,
    gpu: 20,
  });
  expect(values(ofDomain)).toMatchObject({
    user_vm: 40,
    cpu: 80,
    memory: 81920,
    primary_storage: 400,
    vpc: 40,
    gpu: 20,
  });
  expect(ofDomain).toHaveLength(17);
});

it("refuses what exceeds the account's limit, then that of every domain above", async () => {
  await limit({ account: "acc", domainid, max: 1 });
  expect((await register("one")).status).toBe(200);
  const second = await register("two");
  expect(second.content).toMatchObject({ errorcode: 535, cserrorcode: 4370 });
  expect(second.content.errortext).toMatch(
    /^Maximum amount of resources of Type = 'template', tag = 'null' for Account Name = acc in Domain Id = \d+ is exceeded: Account Resource Limit = 1, Current Account Resource Amount = 1, Current Account Resource Reservation = 0, Requested Resource Amount = 1\.$/,
  );
  await limit({ account: "acc", domainid, max: -1 });
  await limit({ domainid: parent, max: 1 });
  expect((await register("two")).content.errortext).toBe(
    `Maximum domain resource limits of Type 'template' for Domain Id = ${domainid} is exceeded: Domain Resource Limit = 1, Current Domain Resource Amount = 1, Current Resource Reservation = 0, Requested Resource Amount = 1.`,
  );
  await limit({ domainid: parent, max: -1 });
  expect((await register("two")).status).toBe(200);
});

it("never limits root admins", async () => {
  await limit({ domainid: parent, max: 0 });
  expect((await call("registerTemplate", { ...template, name: "root", account: "admin", domainid: 1 })).status).toBe(
    200,
  );
  const refused = await call("updateResourceLimit", { account: "admin", domainid: 1, resourcetype: 4, max: 5 });
  expect(refused.content.errortext).toBe("Only -1 limit is supported for Root Admin accounts");
  await limit({ domainid: parent, max: -1 });
});

it("refuses limits that make no sense", async () => {
  const text = async (params: Record<string, string | number>) => (await limit(params)).content.errortext;
  expect(await text({ domainid, max: -2 })).toContain("Please specify either '-1' for an infinite limit");
  expect(await text({ domainid, max: 1, resourcetype: 77 })).toBe("Please specify valid resource type");
  expect(await text({ domainid: 1, max: 1 })).toMatch(
    /^Cannot update resource limit for ROOT domain 1, permission denied$/,
  );
  await limit({ domainid: parent, max: 5 });
  expect(await text({ domainid, max: 6 })).toMatch(
    /^Domain child\(id: \d+\) has maximum allowed resource limit 5 for template, please specify a value less than or equal to 5$/,
  );
  await limit({ domainid: parent, max: -1 });
});

it("counts storage in GiB outside and in bytes in its texts", async () => {
  await call("updateResourceLimit", { domainid, resourcetype: 10, max: 7 });
  const [row] = rows(await call("listResourceLimits", { domainid, resourcetype: 10 }), "resourcelimit");
  expect(row).toMatchObject({ resourcetype: "10", resourcetypename: "primary_storage", max: 7 });
  const [shown] = rows(await call("listDomains", { id: domainid }), "domain");
  expect(shown).toMatchObject({ primarystoragelimit: "7", primarystoragetotal: 0, primarystorageavailable: "7" });
});
