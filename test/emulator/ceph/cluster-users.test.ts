import { afterEach, beforeEach, expect, it } from "vitest";
import { type CephEmulator, startCephEmulator } from "../../../emulator/ceph/server.ts";
import { Client } from "./client.ts";

let emulator: CephEmulator;
let client: Client;

beforeEach(async () => {
  emulator = await startCephEmulator();
  client = await Client.logIn(emulator);
});

afterEach(() => emulator.close());

type User = { entity: string; key: string; caps: Record<string, string> };
const entity = "client.tenant-a";
const caps = (...pairs: [string, string][]) => pairs.map(([service, cap]) => ({ entity: service, cap }));
const mine = caps(
  ["mon", "profile rbd"],
  ["osd", "profile rbd pool=tenant-a namespace=a"],
  ["mgr", "profile rbd pool=tenant-a"],
);
const send = (method: string, capabilities: object[], user = entity) =>
  client.call(method, "/api/cluster/user", { user_entity: user, capabilities });
const found = async () => (await client.get<User[]>("/api/cluster/user")).find((user) => user.entity === entity);

it("makes a user, whose key comes as a keyring", async () => {
  expect((await send("POST", mine)).body).toBe("Successfully created user 'client.tenant-a'");
  const user = await found();
  expect(user?.caps).toEqual({
    mgr: "profile rbd pool=tenant-a",
    mon: "profile rbd",
    osd: "profile rbd pool=tenant-a namespace=a",
  });
  expect(Buffer.from(user?.key ?? "", "base64")).toHaveLength(28);
  const exported = await client.call("POST", "/api/cluster/user/export", { entities: [entity] });
  expect(exported.status).toBe(200);
  expect(exported.body).toBe(
    `[client.tenant-a]\n\tkey = ${user?.key}\n\tcaps mgr = "profile rbd pool=tenant-a"\n\tcaps mon = "profile rbd"\n\tcaps osd = "profile rbd pool=tenant-a namespace=a"\n\n`,
  );
});

it("overwrites all capabilities and keeps the key", async () => {
  await send("POST", mine);
  const key = (await found())?.key;
  expect((await send("PUT", caps(["osd", "allow rw pool=tenant-a"]))).status).toBe(200);
  expect(await found()).toEqual({ entity, key, caps: { osd: "allow rw pool=tenant-a" } });
});

it("imports a keyring, with keys that others have, too", async () => {
  await send("POST", mine);
  const key = (await found())?.key ?? "";
  const keyring = `[client.copy]\n\tkey = ${key}\n\tcaps mon = "allow r"\n\tcaps osd = "profile rbd pool=\\"a\\""\n`;
  const { body } = await client.call("POST", "/api/cluster/user", { import_data: keyring });
  expect(body).toBe("Successfully imported user");
  const users = await client.get<User[]>("/api/cluster/user");
  const copy = { entity: "client.copy", key, caps: { mon: "allow r", osd: 'profile rbd pool="a"' } };
  expect(users.find((user) => user.entity === "client.copy")).toEqual(copy);
  const refused = await client.call("POST", "/api/cluster/user", { import_data: "no keyring" });
  expect(refused.body).toMatchObject({ detail: expect.stringContaining("[errno -22]"), code: "400" });
});

it("takes the same user again, but no other one of that name", async () => {
  await send("POST", mine);
  expect((await send("POST", mine)).status).toBe(201);
  expect((await send("POST", mine.slice(1))).body).toEqual({
    detail: "[errno -22] entity client.tenant-a exists but caps do not match in command auth add",
    code: "400",
    component: null,
  });
});

it("says 400 with code 500 for users that are not there, and deletes them with success", async () => {
  const exported = await client.call("POST", "/api/cluster/user/export", { entities: ["client.nobody"] });
  expect(exported.status).toBe(400);
  expect(exported.body).toMatchObject({
    code: "500",
    detail: "[errno -2] no key for client.nobody in command auth export",
  });
  expect((await send("PUT", mine)).body).toMatchObject({ code: "500" });
  await send("POST", mine);
  for (const _ of [1, 2]) expect((await client.call("DELETE", `/api/cluster/user/${entity}`)).status).toBe(204);
  expect(await found()).toBeUndefined();
});

it.each([
  ["mon", "allow r fsname=models"],
  ["mon", 'allow command "osd blocklist"'],
  ["osd", "allow rw tag cephfs data=models"],
  ["osd", "profile rbd pool=a, profile rbd-read-only pool=b namespace=c"],
  ["osd", "allow * pool=a network 10.0.0.0/24"],
  ["mds", "allow rw fsname=models path=/volumes/a"],
  ["mds", "allow r fsname=models path=/, allow rws fsname=models path=/a root_squash"],
  ["mgr", "allow rw"],
])("reads the capability %s '%s'", async (service, cap) => {
  expect((await send("POST", caps([service, cap]))).status).toBe(201);
});

it.each([
  ["osd", "profile rbd bucket=a"],
  ["osd", "read pool=a"],
  ["mon", "allow everything"],
  ["mds", "allow rw where=/a"],
])("refuses the capability %s '%s'", async (service, cap) => {
  const { status, body } = await send("POST", caps([service, cap]));
  expect(status).toBe(400);
  expect(body).toMatchObject({
    detail: expect.stringContaining(`${service} capability parse failed, stopped at '${cap}'`),
    code: "400",
  });
  expect(await found()).toBeUndefined();
});

it("refuses services and names that do not exist", async () => {
  expect((await send("POST", caps(["rgw", "allow *"]))).body).toMatchObject({
    detail: expect.stringContaining("unknown cap type 'rgw'"),
  });
  expect((await send("POST", mine, "tenant-a")).body).toMatchObject({
    detail: expect.stringContaining("bad entity name"),
  });
});
