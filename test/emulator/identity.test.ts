import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/cloudstack/server.ts";
import { type Caller, callerOf, jobOf, object, type Params, rows } from "./client.ts";

let emulator: Emulator;
let call: Caller;

beforeAll(async () => {
  emulator = await startEmulator({ latency: "none" });
  call = callerOf(emulator);
});

afterAll(() => emulator.close());

const domain = async (params: Params) => String(object(await call("createDomain", params), "domain").id);
const person = { password: "x", firstname: "f", lastname: "l", email: "a@b.c", accounttype: 0 };
const account = async (username: string, domainid: string) =>
  String(object(await call("createAccount", { ...person, username, domainid }), "account").id);
const shown = async (id: string) => rows(await call("listDomains", { id }), "domain")[0];

it("renames a domain with the paths below it", async () => {
  const top = await domain({ name: "city" });
  const below = await domain({ name: "district", parentdomainid: top });
  const renamed = object(await call("updateDomain", { id: top, name: "town", networkdomain: "town.local" }), "domain");
  expect(renamed).toMatchObject({ name: "town", path: "ROOT/town", networkdomain: "town.local", haschild: true });
  expect(await shown(below)).toMatchObject({ path: "ROOT/town/district", parentdomainname: "town", level: 2 });
  expect((await call("updateDomain", { id: top, name: "a/b" })).content.errorcode).toBe(431);
});

it("deletes a domain only when it is empty, or with all that is in it", async () => {
  const id = await domain({ name: "full" });
  const child = await domain({ name: "child", parentdomainid: id });
  await account("somebody", child);
  expect(await jobOf(call, await call("deleteDomain", { id }))).toMatchObject({
    jobstatus: 2,
    jobresult: {
      errorcode: 530,
      errortext: expect.stringMatching(/^Delete failed on domain full \(id: \d+\); Please make sure all users and sub/),
    },
  });
  await call("createServiceOffering", { name: "theirs", cpunumber: 1, cpuspeed: 500, memory: 512, domainid: child });
  expect((await jobOf(call, await call("deleteDomain", { id, cleanup: true }))).jobstatus).toBe(1);
  expect(await shown(id)).toBeUndefined();
  expect(rows(await call("listAccounts", { name: "somebody", listall: true }), "account")).toEqual([]);
  expect(rows(await call("listServiceOfferings", { name: "theirs" }), "serviceoffering")).toEqual([]);
  expect(rows(await call("listServiceOfferings", { name: "theirs", state: "all" }), "serviceoffering")).toHaveLength(1);
});

it("deletes an account with what it owns", async () => {
  const domainid = await domain({ name: "leaving" });
  const id = await account("leaver", domainid);
  const owner = { account: "leaver", domainid };
  const data = object(await call("registerUserData", { ...owner, name: "d", userdata: "eA==" }), "userdata");
  await call("updateResourceLimit", { ...owner, resourcetype: 0, max: 3 });
  expect((await jobOf(call, await call("deleteAccount", { id }))).jobresult).toEqual({ success: true });
  expect((await call("listUserData", { id: String(data.id) })).content).toEqual({});
  const again = await account("leaver", domainid);
  expect(again).not.toBe(id);
  const [limit] = rows(await call("listResourceLimits", { ...owner, resourcetype: 0 }), "resourcelimit");
  expect(limit?.max).toBe(20);
});

it("shows the job that works on an account with it, while it does", async () => {
  const id = await account("slow", await domain({ name: "slow" }));
  const job = await jobOf(call, await call("disableAccount", { id, lock: false }));
  expect(job.jobresult).toMatchObject({ account: { state: "disabled", jobid: job.jobid, jobstatus: 0 } });
  expect(rows(await call("listAccounts", { id }), "account")[0]).not.toHaveProperty("jobid");
});

it("changes users and their keys", async () => {
  const domainid = await domain({ name: "people" });
  await account("first", domainid);
  const params = { ...person, account: "first", domainid, username: "second" };
  const { accounttype: _, ...user } = params;
  const id = String(object(await call("createUser", user), "user").id);
  expect((await call("createUser", user)).content.errortext).toMatch(/^The user second already exists in domain/);
  expect(object(await call("updateUser", { id, email: "new@b.c" }), "user")).toMatchObject({ email: "new@b.c" });
  await call("updateUser", { id, userapikey: "chosen", usersecretkey: "secret" });
  const keys = { apiKey: "chosen", secretKey: "secret" };
  expect((await call("listZones", {}, { keys })).status).toBe(200);
  const fresh = object(await call("registerUserKeys", { id }), "userkeys");
  expect(object(await call("getUserKeys", { id }), "userkeys")).toEqual(fresh);
  expect((await call("listZones", {}, { keys })).status).toBe(401);
  await call("deleteUser", { id });
  expect(rows(await call("listUsers", { username: "second", listall: true }), "user")).toEqual([]);
});
