import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { type Failure, plain } from "../engine.ts";

const AFFINITY = "cloudstack:compute:AffinityGroup";
const USER_DATA = "cloudstack:compute:UserData";
const KEY = "cloudstack:compute:SshKeyPair";
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVkrDbfNlXk1TMuMoZCN1w2o0UQSmVfQwdP1t0aYxqE someone@somewhere";
const otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio";

let cloud: Cloud;
let tenant: { account: string; domainId: string };
beforeAll(async () => {
  cloud = await startCloud();
  const domain = await cloud.byHand("createDomain", { name: "tenant" });
  const person = { username: "t", password: "p", email: "e", firstname: "f", lastname: "l", accounttype: 0 };
  await cloud.byHand("createAccount", { ...person, account: "tenant", domainid: String(domain.id) });
  tenant = { account: "tenant", domainId: String(domain.id) };
});
afterAll(() => cloud.close());

const all = () => ({ ...tenant, domainid: tenant.domainId });

describe.each([
  [AFFINITY, "listAffinityGroups", { type: "host anti-affinity", description: "apart" }],
  [USER_DATA, "listUserData", { userData: "#cloud-config\nhostname: 한글\n", params: ["role", "site"] }],
  [KEY, "listSSHKeyPairs", { publicKey }],
])("%s", (token, list, inputs) => {
  test("T#82 T#266 belongs to its account from first to last, and is quiet", async () => {
    const name = `life-${list}`;
    const kept = await cloud.engine.create(token, { name, ...inputs, ...tenant });
    const [row] = await cloud.rows(list, { id: kept.id, listall: true });
    expect(row).toMatchObject({ account: "tenant", domainid: tenant.domainId, name });
    expect(plain(kept.state)).toMatchObject({ name, ...inputs, ...tenant });
    expect(await cloud.drift(token, kept)).toEqual({});
    await cloud.engine.delete(token, kept);
    expect(await cloud.drift(token, kept)).toBe("gone");
    await cloud.engine.delete(token, kept);
  });

  test("T#305 is imported by id, by name and by path, and then previews clean", async () => {
    const name = `import-${list}`;
    const other =
      list === "listSSHKeyPairs"
        ? { publicKey: otherKey }
        : { ...inputs, ...(list === "listUserData" ? { userData: "x" } : {}) };
    const { id } = await cloud.engine.create(token, { name, ...other, ...tenant });
    const imported = await cloud.engine.import(token, id);
    expect(imported?.inputs).toMatchObject({ name, ...tenant });
    for (const key of [name, `tenant/${name}`, `ROOT/tenant/tenant/${name}`]) {
      expect((await (await cloud.nextRun()).import(token, key))?.id).toBe(id);
    }
    await cloud.byHand(token === KEY ? "deleteSSHKeyPair" : `delete${token.split(":").at(-1)}`, {
      ...(token === KEY ? { name, account: "tenant", domainid: tenant.domainId } : { id }),
    });
    expect(await cloud.drift(token, { id, inputs: imported?.inputs ?? {}, state: {} })).toBe("gone");
  });

  test("left behind by a killed run is taken over with its id, not made twice", async () => {
    const name = `killed-${list}`;
    const made = await cloud.engine.create(token, { name, ...inputs, ...tenant });
    const again = await (await cloud.nextRun()).create(token, { name, ...inputs, ...tenant });
    expect(again.id).toBe(made.id);
    expect((await cloud.rows(list, { ...all(), domainId: undefined })).filter((row) => row.name === name)).toHaveLength(
      1,
    );
    await cloud.engine.delete(token, made);
  });

  test("an answer that was lost is looked for", async () => {
    const name = `lost-${list}`;
    const command =
      { listAffinityGroups: "createAffinityGroup", listUserData: "registerUserData" }[list] ?? "registerSSHKeyPair";
    await cloud.fault({ command, kind: "drop" });
    const kept = await cloud.engine.create(token, { name, ...inputs, ...tenant });
    expect((await cloud.rows(list, { ...all(), domainId: undefined })).filter((row) => row.name === name)).toHaveLength(
      1,
    );
    await cloud.engine.delete(token, kept);
  });
});

test("a group of the same name and another type is somebody else's", async () => {
  await cloud.byHand("createAffinityGroup", {
    name: "taken",
    type: "host affinity",
    account: "tenant",
    domainid: tenant.domainId,
  });
  const failure: Failure = await cloud.engine
    .create(AFFINITY, { name: "taken", type: "host anti-affinity", ...tenant })
    .catch((error) => error);
  expect(failure.details).toContain("a group with name taken already exists");
});

test("the fingerprint of a key is known in preview", async () => {
  const { fingerprint } = await cloud.engine.previewCreate(KEY, { name: "k", publicKey: otherKey });
  const kept = await cloud.engine.create(KEY, { name: "k", publicKey: otherKey, ...tenant });
  expect(kept.state.fingerprint).toBe(fingerprint);
  const { failures } = await cloud.engine.check(KEY, { name: "k", publicKey: "-----BEGIN OPENSSH PRIVATE KEY-----" });
  expect(Object.keys(failures)).toEqual(["publicKey"]);
});
