import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/cloudstack/server.ts";
import { type Caller, callerOf, type Keys, object, rows } from "./client.ts";

let emulator: Emulator;
let call: Caller;
let domainid: string;

beforeAll(async () => {
  emulator = await startEmulator({ latency: "none" });
  call = callerOf(emulator);
  domainid = String(object(await call("createDomain", { name: "tenant" }), "domain").id);
});

afterAll(() => emulator.close());

/** A new account in the tenant's domain with keys of its own. */
async function accountWith(name: string, params: Record<string, string | number>): Promise<Keys & { id: string }> {
  const person = { username: name, password: "x", firstname: "f", lastname: "l", email: "a@b.c" };
  const account = object(await call("createAccount", { ...person, domainid, ...params }), "account");
  const [user] = account.user as { id: string }[];
  const { apikey, secretkey } = object(await call("registerUserKeys", { id: user?.id ?? "" }), "userkeys");
  return { id: String(account.id), apiKey: String(apikey), secretKey: String(secretkey) };
}

it("lets a user use what is meant for users, and answers 432 to the rest", async () => {
  const keys = await accountWith("user", { accounttype: 0 });
  expect((await call("listZones", {}, { keys })).status).toBe(200);
  const refused = await call("createDomain", { name: "x" }, { keys });
  expect([refused.status, refused.envelope]).toEqual([432, "errorresponse"]);
  expect(refused.content.errortext).toMatch(
    /^The API \[createDomain\] does not exist or is not available for the account for user id \[.{36}\]\.$/,
  );
});

it("obeys the first rule of a role that fits, and falls back to whom a command is meant for", async () => {
  const role = object(await call("createRole", { name: "reader", type: "User" }), "role");
  const rule = (rule: string, permission: string) =>
    call("createRolePermission", { roleid: String(role.id), rule, permission });
  await rule("listZones", "deny");
  await rule("list*", "allow");
  await rule("*", "deny");
  const keys = await accountWith("reader", { roleid: String(role.id) });
  expect((await call("listZones", {}, { keys })).status).toBe(432);
  expect((await call("listHosts", {}, { keys })).status).toBe(200);
  expect((await call("registerUserData", { name: "x", userdata: "eA==" }, { keys })).status).toBe(432);

  const listed = rows(await call("listRolePermissions", { roleid: String(role.id) }), "rolepermission");
  const order = listed.map((permission) => String(permission.id)).reverse();
  expect((await call("updateRolePermission", { roleid: String(role.id), ruleorder: order.join(",") })).status).toBe(
    200,
  );
  expect((await call("listHosts", {}, { keys })).status).toBe(432);
  expect((await call("deleteRole", { id: String(role.id) })).content).toMatchObject({
    errorcode: 531,
    cserrorcode: 4365,
    errortext: "Found accounts that have role in use, won't allow to delete role",
  });
});

it("shows users their own things, domain admins their domain, root admins everything", async () => {
  const user = await accountWith("mine", { accounttype: 0 });
  const admin = await accountWith("domain-admin", { accounttype: 2 });
  const data = object(await call("registerUserData", { name: "theirs", userdata: "eA==" }, { keys: user }), "userdata");
  const seen = async (params: Record<string, string>, keys?: Keys) =>
    rows(await call("listUserData", params, keys ? { keys } : {}), "userdata").length;
  expect(await seen({}, user)).toBe(1);
  expect(await seen({}, admin)).toBe(0);
  expect(await seen({ listall: "true" }, admin)).toBe(1);
  expect(await seen({ account: "mine", domainid }, admin)).toBe(1);
  expect(await seen({})).toBe(0);
  expect(await seen({ listall: "true" })).toBe(1);
  expect(await seen({ id: String(data.id) })).toBe(1);
  const foreign = await call(
    "deleteUserData",
    { id: String(data.id) },
    { keys: await accountWith("other", { accounttype: 0 }) },
  );
  expect(foreign.content).toMatchObject({ errorcode: 531, cserrorcode: 4365 });
});

it("refuses users of a locked account", async () => {
  const keys = await accountWith("locked", { accounttype: 0 });
  await call("lockAccount", { account: "locked", domainid });
  expect((await call("listZones", {}, { keys })).status).toBe(401);
  await call("enableAccount", { id: keys.id });
  expect((await call("listZones", {}, { keys })).status).toBe(200);
});

it("keeps internal errors from those who are not root admins", async () => {
  const keys = await accountWith("curious", { accounttype: 0 });
  const data = object(await call("registerUserData", { name: "used", userdata: "dXNlZA==" }, { keys }), "userdata");
  const [zone] = rows(await call("listZones"), "zone");
  const [template] = rows(await call("listTemplates", { templatefilter: "featured" }), "template");
  const [offering] = rows(await call("listServiceOfferings"), "serviceoffering");
  const [networkOffering] = rows(await call("listNetworkOfferings", { name: isolated }), "networkoffering");
  const place = { zoneid: String(zone?.id), account: "curious", domainid };
  const network = { ...place, name: "n", networkofferingid: String(networkOffering?.id) };
  const networkids = String(object(await call("createNetwork", network), "network").id);
  const size = { serviceofferingid: String(offering?.id), templateid: String(template?.id) };
  const deployed = await call("deployVirtualMachine", { ...place, ...size, networkids, userdataid: String(data.id) });
  expect(deployed.status).toBe(200);
  const text = "Userdata used cannot be removed as it is being used by some VMs";
  const remove = (options?: { keys: Keys }) => call("deleteUserData", { id: String(data.id) }, options);
  expect((await remove()).content).toMatchObject({ errorcode: 530, errortext: text });
  expect((await remove({ keys })).content).toMatchObject({
    errorcode: 530,
    errortext: "Internal error executing command, please contact your system administrator",
  });
});

const isolated = "DefaultIsolatedNetworkOfferingWithSourceNatService";
