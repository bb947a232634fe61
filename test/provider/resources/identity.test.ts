import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../../../provider/cloudstack/client/client.ts";
import { Secret } from "../../../provider/core/values.ts";
import { type Cloud, startCloud } from "../cloud.ts";
import { type Failure, type Kept, plain } from "../engine.ts";

const DOMAIN = "cloudstack:identity:Domain";
const ACCOUNT = "cloudstack:identity:Account";
const ROLE = "cloudstack:identity:Role";

let cloud: Cloud;
let city: Kept;
beforeAll(async () => {
  cloud = await startCloud();
  city = await cloud.engine.create(DOMAIN, { name: "city" });
});
afterAll(() => cloud.close());

const person = { email: "a@city.kr", firstName: "A", lastName: "B", password: new Secret("pass-word") };

describe("Domain", () => {
  test("T#82 is made where it is wanted, and renamed in place", async () => {
    const kept = await cloud.engine.create(DOMAIN, {
      name: "district",
      parentDomainId: city.id,
      networkDomain: "d.local",
    });
    expect(plain(kept.state)).toMatchObject({ path: "ROOT/city/district", state: "Active", networkDomain: "d.local" });
    expect(await cloud.drift(DOMAIN, kept)).toEqual({});
    const { networkDomain: _, ...others } = kept.inputs;
    const renamed = await cloud.engine.update(DOMAIN, kept, { ...others, name: "quarter" });
    expect(plain(renamed.state)).toMatchObject({ name: "quarter", path: "ROOT/city/quarter" });
    expect(plain(renamed.state).networkDomain).toBeUndefined();
    expect(await cloud.drift(DOMAIN, renamed)).toEqual({});
    await cloud.engine.delete(DOMAIN, renamed);
    expect(await cloud.drift(DOMAIN, renamed)).toBe("gone");
  });

  test("renamed or deleted by hand is seen", async () => {
    const kept = await cloud.engine.create(DOMAIN, { name: "seen" });
    await cloud.byHand("updateDomain", { id: kept.id, name: "renamed-by-hand" });
    expect(await cloud.drift(DOMAIN, kept)).toEqual({ name: "update" });
    await cloud.byHand("deleteDomain", { id: kept.id });
    expect(await cloud.drift(DOMAIN, kept)).toBe("gone");
  });

  test("is imported by its id or its path", async () => {
    const imported = await cloud.engine.import(DOMAIN, "ROOT/city");
    expect(imported?.id).toBe(city.id);
    expect(await cloud.engine.import(DOMAIN, city.id)).toEqual(imported);
    expect(await cloud.engine.import(DOMAIN, "ROOT/nowhere")).toBeUndefined();
  });

  test("that holds a foreign account is not deleted", async () => {
    const kept = await cloud.engine.create(DOMAIN, { name: "full" });
    const hand = { username: "u", password: "p", email: "e", firstname: "f", lastname: "l", accounttype: 0 };
    await cloud.byHand("createAccount", { ...hand, domainid: kept.id });
    await expect(cloud.engine.delete(DOMAIN, kept)).rejects.toMatchObject({
      details: expect.stringMatching(/deleteDomain: .*HTTP|error 530/),
    });
    const account = (await cloud.rows("listAccounts", { domainid: kept.id, listall: true }))[0];
    await cloud.byHand("deleteAccount", { id: String(account?.id) });
    await cloud.engine.delete(DOMAIN, kept);
  });

  test.each([
    ["the answer is lost", "drop"],
    ["the request is lost", "drop-before"],
  ])("is made once when %s", async (_, kind) => {
    await cloud.fault({ command: "createDomain", kind });
    const kept = await cloud.engine.create(DOMAIN, { name: `once-${kind}` });
    const rows = await cloud.rows("listDomains", { listall: true });
    expect(rows.filter(({ name }) => name === `once-${kind}`).map(({ id }) => id)).toEqual([kept.id]);
  });

  test("made by a killed run is taken over, one of others is not", async () => {
    const made = await cloud.engine.create(DOMAIN, { name: "killed" });
    const next = await cloud.nextRun();
    const again = await next.create(DOMAIN, { name: "killed", networkDomain: "k.local" });
    expect(again.id).toBe(made.id);
    expect(plain(again.state).networkDomain).toBe("k.local");
    const failure: Failure = await next
      .create(DOMAIN, { name: "city" }, { name: "not the city" })
      .catch((error) => error);
    expect(failure.details).toMatch(/create failed \[urn:.*already exists.*\n.*give it an alias.*pulumi import/s);
    expect(failure.partial).toBeUndefined();
  });
});

describe("Account", () => {
  test("T#133 T#136 is made in its domain with its user, and changes in place", async () => {
    const kept = await cloud.engine.create(ACCOUNT, {
      ...person,
      name: "alice",
      domainId: city.id,
      accountType: "user",
    });
    const [row] = await cloud.rows("listAccounts", { id: kept.id });
    expect(row).toMatchObject({
      name: "alice",
      accounttype: 0,
      state: "enabled",
      user: [{ username: "alice", email: "a@city.kr" }],
    });
    expect(plain(kept.state)).toMatchObject({
      accountName: "alice",
      userId: (row?.user as { id: string }[] | undefined)?.[0]?.id,
    });
    expect(kept.state.password).toEqual(person.password);
    expect(await cloud.drift(ACCOUNT, kept)).toEqual({});

    const after = { ...kept.inputs, name: "alicia", email: "b@city.kr", networkDomain: "a.local", state: "locked" };
    const changed = await cloud.engine.update(ACCOUNT, kept, after);
    expect(plain(changed.state)).toMatchObject({
      accountName: "alicia",
      email: "b@city.kr",
      networkDomain: "a.local",
      state: "locked",
    });
    expect(await cloud.drift(ACCOUNT, changed)).toEqual({});
    expect(plain((await cloud.engine.update(ACCOUNT, changed, kept.inputs)).state)).toMatchObject({
      state: "enabled",
      name: "alice",
    });
    await cloud.engine.delete(ACCOUNT, kept);
    expect(await cloud.drift(ACCOUNT, kept)).toBe("gone");
  });

  test("renamed, disabled or deleted by hand is seen, and put right", async () => {
    const kept = await cloud.engine.create(ACCOUNT, { ...person, name: "bob", domainId: city.id, accountType: "user" });
    await cloud.byHand("updateAccount", { id: kept.id, newname: "rob" });
    await cloud.byHand("disableAccount", { id: kept.id, lock: false });
    expect(await cloud.drift(ACCOUNT, kept)).toEqual({ name: "update", state: "update" });
    const live = await cloud.engine.read(ACCOUNT, kept);
    const repaired = await cloud.engine.update(ACCOUNT, live as Kept, kept.inputs);
    expect(await cloud.drift(ACCOUNT, repaired)).toEqual({});
    await cloud.byHand("deleteAccount", { id: kept.id });
    expect(await cloud.drift(ACCOUNT, kept)).toBe("gone");
  });

  test("does not take another account's name", async () => {
    const inputs = { ...person, domainId: city.id, accountType: "user" };
    await cloud.engine.create(ACCOUNT, { ...inputs, name: "erin" });
    const kept = await cloud.engine.create(ACCOUNT, { ...inputs, name: "frank" });
    const taken = cloud.engine.update(ACCOUNT, kept, { ...kept.inputs, name: "erin" });
    await expect(taken).rejects.toMatchObject({
      details: expect.stringMatching(/updateAccount: .*name 'erin' exists/),
    });
    expect((await cloud.rows("listAccounts", { id: kept.id }))[0]?.name).toBe("frank");
  });

  test("goes from any state to any other", async () => {
    const inputs = { ...person, name: "states", domainId: city.id, accountType: "user" };
    let kept = await cloud.engine.create(ACCOUNT, { ...inputs, state: "disabled" });
    for (const state of ["locked", "disabled", "enabled", "locked", "enabled", "disabled"]) {
      kept = await cloud.engine.update(ACCOUNT, kept, { ...kept.inputs, state });
      expect((await cloud.rows("listAccounts", { id: kept.id }))[0]?.state).toBe(state);
    }
  });

  test("needs a type or a role", async () => {
    const { failures } = await cloud.engine.check(ACCOUNT, { ...person, name: "x", domainId: city.id });
    expect(Object.keys(failures)).toEqual(["accountType"]);
  });

  test("its password is in no message and in no log of the state", async () => {
    await cloud.fault({ command: "createAccount", kind: "error", status: 531, text: "no" });
    const failure: Failure = await cloud.engine
      .create(ACCOUNT, { ...person, name: "carol", domainId: city.id, accountType: "user" })
      .catch((error) => error);
    expect(JSON.stringify(failure)).not.toContain("pass-word");
  });

  test("T#305 is imported by name, account and path of the domain", async () => {
    const kept = await cloud.engine.create(ACCOUNT, {
      ...person,
      name: "dave",
      domainId: city.id,
      accountType: "domain-admin",
    });
    const imported = await cloud.engine.import(ACCOUNT, kept.id);
    expect(plain(imported?.inputs ?? {})).toMatchObject({
      name: "dave",
      accountType: "domain-admin",
      username: "dave",
      state: "enabled",
    });
    expect((await cloud.engine.import(ACCOUNT, "dave"))?.id).toBe(kept.id);
    expect((await cloud.engine.import(ACCOUNT, "ROOT/city/dave"))?.id).toBe(kept.id);
  });
});

describe("Role", () => {
  const rules = [
    { rule: "list*", permission: "allow", description: "looking" },
    { rule: "deployVirtualMachine", permission: "allow" },
    { rule: "*", permission: "deny" },
  ];

  test("T#82 keeps its rules in order through every change", async () => {
    const kept = await cloud.engine.create(ROLE, {
      name: "operator",
      type: "User",
      description: "r",
      permissions: rules,
    });
    expect(plain(kept.state).permissions).toEqual(rules);
    expect(await cloud.drift(ROLE, kept)).toEqual({});
    const changed = [
      { rule: "startVirtualMachine", permission: "allow" },
      { rule: "deployVirtualMachine", permission: "deny" },
      { rule: "list*", permission: "allow", description: "looking" },
      { rule: "*", permission: "deny" },
    ];
    const after = await cloud.engine.update(ROLE, kept, { ...kept.inputs, name: "operator2", permissions: changed });
    expect(plain(after.state)).toMatchObject({ name: "operator2", permissions: changed });
    const { rolepermission } = await cloud.byHand("listRolePermissions", { roleid: kept.id });
    expect((rolepermission as Row[]).map(({ rule, permission }) => `${rule} ${permission}`)).toEqual(
      changed.map(({ rule, permission }) => `${rule} ${permission}`),
    );
    expect(await cloud.drift(ROLE, after)).toEqual({});
    await cloud.engine.delete(ROLE, after);
    expect(await cloud.drift(ROLE, after)).toBe("gone");
  });

  test("another description of a rule is another rule in its place", async () => {
    const kept = await cloud.engine.create(ROLE, { name: "worded", type: "User", permissions: rules });
    const worded = rules.map((rule) => ({ ...rule, description: `now: ${rule.rule}` }));
    const changed = await cloud.engine.update(ROLE, kept, { ...kept.inputs, permissions: worded });
    expect(plain(changed.state).permissions).toEqual(worded);
    expect(await cloud.drift(ROLE, changed)).toEqual({});
  });

  test("a rule twice, and a description taken away, are refused before any call", async () => {
    const twice = { name: "twice", type: "User", permissions: [...rules, { rule: "LIST*", permission: "deny" }] };
    const { failures } = await cloud.engine.check(ROLE, twice as never);
    expect(failures).toMatchObject({ "permissions[3].rule": expect.stringMatching(/LIST\*.*once/) });
    const kept = { name: "told", type: "User", description: "r", permissions: rules };
    const { description: _, ...others } = kept;
    expect(Object.keys((await cloud.engine.check(ROLE, others, kept)).failures)).toEqual(["description"]);
  });

  test("a rule added by hand is seen and removed", async () => {
    const kept = await cloud.engine.create(ROLE, { name: "strict", type: "User", permissions: rules });
    await cloud.byHand("createRolePermission", { roleid: kept.id, rule: "destroyVirtualMachine", permission: "allow" });
    expect(await cloud.drift(ROLE, kept)).toEqual({ "permissions[3]": "delete" });
    const live = await cloud.engine.read(ROLE, kept);
    const repaired = await cloud.engine.update(ROLE, live as Kept, kept.inputs);
    expect(await cloud.drift(ROLE, repaired)).toEqual({});
  });

  test("left half made by a killed run is finished, not made twice", async () => {
    await cloud.fault({ command: "createRolePermission", kind: "error", status: 530, text: "broke" });
    const failure: Failure = await cloud.engine
      .create(ROLE, { name: "half", type: "User", permissions: rules })
      .catch((error) => error);
    expect(failure.partial?.id).toBeDefined();
    const next = await cloud.nextRun();
    const again = await next.create(ROLE, { name: "half", type: "User", permissions: rules });
    expect(again.id).toBe(failure.partial?.id);
    expect(plain(again.state).permissions).toEqual(rules);
    expect((await cloud.rows("listRoles")).filter(({ name }) => name === "half")).toHaveLength(1);
  });
});
