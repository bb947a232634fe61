import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/cloudstack/server.ts";
import { type Caller, callerOf, jobOf, object, type Params, rows } from "./client.ts";

let emulator: Emulator;
let call: Caller;

beforeAll(async () => {
  emulator = await startEmulator({ latency: "none" });
  call = callerOf(emulator);
});

afterAll(() => emulator.close());

const refusal = async (command: string, params: Params) => (await call(command, params)).content.errortext;
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("user data", () => {
  it("is unique by name and by content in an account, and comes back padded", async () => {
    const first = { name: "first", userdata: base64("#cloud-config").replace(/=+$/, ""), params: "host,port" };
    const registered = object(await call("registerUserData", first), "userdata");
    expect(registered).toMatchObject({ userdata: base64("#cloud-config"), params: "host,port", account: "admin" });
    expect(await refusal("registerUserData", { ...first, userdata: base64("x") })).toContain("'first' already exists");
    expect(await refusal("registerUserData", { ...first, name: "second" })).toBe(
      "Userdata first with same content already exists for this account.",
    );
  });

  it("must be Base64 and not longer than the setting allows", async () => {
    expect(await refusal("registerUserData", { name: "x", userdata: "no base64!" })).toBe(
      "User data is not base64 encoded",
    );
    const long = { name: "long", userdata: base64("x".repeat(30_000)) };
    expect(await refusal("registerUserData", long)).toBe("User data has exceeded configurable max length : 32768");
    await call("updateConfiguration", { name: "vm.userdata.max.length", value: "65536" });
    expect((await call("registerUserData", long)).status).toBe(200);
  });
});

describe("SSH keys", () => {
  const publickey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVkrDbfNlXk1TMuMoZCN1w2o0UQSmVfQwdP1t0aYxqE x";

  it("are unique by name and by key, and have a fingerprint", async () => {
    const pair = object(await call("registerSSHKeyPair", { name: "k", publickey }), "keypair");
    expect(pair.fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    expect(await refusal("registerSSHKeyPair", { name: "other", publickey })).toBe(
      `A key pair with key '${publickey}' already exists for this account.`,
    );
    expect(await refusal("registerSSHKeyPair", { name: "k", publickey: `${publickey}2` })).toContain("with name 'k'");
    expect(await refusal("registerSSHKeyPair", { name: "bad", publickey: "hello" })).toBe("Public key is invalid");
    expect((await call("deleteSSHKeyPair", { name: "k" })).content).toEqual({ success: true });
    expect((await call("listSSHKeyPairs")).content).toEqual({});
  });
});

describe("tags", () => {
  const params = async (): Promise<Params> => {
    const [account] = rows(await call("listAccounts"), "account");
    return { resourceids: String(account?.id), resourcetype: "Account" };
  };
  const tagged = async (command: string, tags: Params) =>
    jobOf(call, await call(command, { ...(await params()), ...tags }));

  it("cannot be set twice, and can be taken away by key or by key and value", async () => {
    expect((await tagged("createTags", { "tags[0].key": "a", "tags[0].value": "1" })).jobstatus).toBe(1);
    const again = await tagged("createTags", {
      "tags[0].key": "b",
      "tags[0].value": "2",
      "tags[1].key": "a",
      "tags[1].value": "3",
    });
    expect(again.jobresult).toMatchObject({
      errorcode: 530,
      errortext: expect.stringContaining("tag a already on Account"),
    });
    expect(rows(await call("listTags", { listall: true }), "tag").map((tag) => tag.key)).toEqual(["a"]);
    expect((await tagged("deleteTags", { "tags[0].key": "a", "tags[0].value": "9" })).jobstatus).toBe(2);
    expect((await tagged("deleteTags", { "tags[0].key": "a" })).jobstatus).toBe(1);
    expect((await call("listTags", { listall: true })).content).toEqual({});
  });

  it("are only for types that carry them", async () => {
    const answer = await call("createTags", {
      resourceids: "x",
      resourcetype: "Host",
      "tags[0].key": "a",
      "tags[0].value": "1",
    });
    const job = await jobOf(call, answer);
    expect(job.jobresult).toEqual({
      errorcode: 431,
      errortext: "The resource type Host doesn't support resource tags",
    });
  });
});

describe("settings", () => {
  const value = async (params: Params) => rows(await call("listConfigurations", params), "configuration")[0]?.value;

  it("have one value for the whole cloud and others for parts of it", async () => {
    const [account] = rows(await call("listAccounts"), "account");
    const accountid = String(account?.id);
    const name = "allow.user.expunge.recover.vm";
    await call("updateConfiguration", { name, value: "true" });
    await call("updateConfiguration", { name, value: "false", accountid });
    expect([await value({ name }), await value({ name, accountid })]).toEqual(["true", "false"]);
    await call("resetConfiguration", { name, accountid });
    expect(await value({ name, accountid })).toBe("true");
    expect(await refusal("updateConfiguration", { name, value: "true", zoneid: 1 })).toBe(
      `Invalid scope id provided for the parameter ${name}`,
    );
    expect(await refusal("updateConfiguration", { name, value: "true", zoneid: 1, clusterid: 1 })).toContain(
      "multiple IDs",
    );
  });

  it("change what a cluster can give", async () => {
    const total = async () => rows(await call("listCapacity", { type: 1 }), "capacity")[0]?.capacitytotal;
    const name = "cpu.overprovisioning.factor";
    expect(await total()).toBe(3 * 16 * 2000);
    await call("updateConfiguration", { name, value: "2.5", clusterid: 1 });
    expect(await total()).toBe(3 * 16 * 2000 * 2.5);
    expect(await refusal("updateConfiguration", { name, value: "0", clusterid: 1 })).toBe(
      `Value for configuration [${name}] should be greater than 0.`,
    );
    expect(await refusal("updateConfiguration", { name, value: "much", clusterid: 1 })).toBe(
      "Value [much] is not a valid [class java.lang.Float].",
    );
    await call("resetConfiguration", { name, clusterid: 1 });
    expect(await total()).toBe(3 * 16 * 2000);
  });
});
