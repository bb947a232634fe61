/** An update that breaks half-way: what it has done is in the state, so that the next run starts from there. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret, type ValueObject } from "../../../provider/core/values.ts";
import { type Cloud, startCloud } from "../cloud.ts";
import { type Failure, type Kept, plain } from "../engine.ts";

const ACCOUNT = "cloudstack:identity:Account";

let cloud: Cloud;
let domain: Kept;
let account: Kept;
beforeAll(async () => {
  cloud = await startCloud();
  domain = await cloud.engine.create("cloudstack:identity:Domain", { name: "city" });
  const person = { email: "a@city.kr", firstName: "A", lastName: "B", password: new Secret("pass-word") };
  account = await cloud.engine.create(ACCOUNT, { ...person, name: "alice", domainId: domain.id, accountType: "user" });
});
afterAll(() => cloud.close());

/** Has the server refuse a command once, and gives what the engine hears of an update. */
async function broken(command: string, after: ValueObject): Promise<Failure> {
  await cloud.fault({ command, kind: "error", status: 431, text: "no" });
  return cloud.engine.update(ACCOUNT, account, after).catch((error) => error);
}

test("the next run takes back what was done of it, and does what was not", async () => {
  const { email: _, ...others } = account.inputs;
  const wanted = { ...others, email: "b@city.kr", name: "bob", state: "disabled" };
  const failure = await broken("disableAccount", wanted);
  expect(failure.details).toMatch(/disableAccount: .*no/s);
  expect(plain(failure.partial?.inputs ?? {})).toMatchObject({ name: "bob", email: "b@city.kr" });
  expect(plain(failure.partial?.inputs ?? {}).state).not.toBe("disabled");
  expect(failure.partial?.inputs.password).toEqual(new Secret("pass-word"));

  const kept: Kept = { id: account.id, inputs: failure.partial?.inputs ?? {}, state: failure.partial?.state ?? {} };
  expect(await cloud.engine.diff(ACCOUNT, kept, wanted)).toMatchObject({ changes: { state: "update" }, replaces: [] });
  expect(Object.keys((await cloud.engine.diff(ACCOUNT, kept, account.inputs)).changes)).toEqual(["email", "name"]);
  const back = await cloud.engine.update(ACCOUNT, kept, account.inputs);
  expect(plain(back.state)).toMatchObject({ accountName: "alice", email: "a@city.kr" });
  expect(await cloud.drift(ACCOUNT, back)).toEqual({});
});

test("what the server never tells is sent again, whether it has arrived or not", async () => {
  const wanted = { ...account.inputs, name: "bob", password: new Secret("new-pass-word"), state: "disabled" };
  const failure = await broken("disableAccount", wanted);
  const kept: Kept = { id: account.id, inputs: failure.partial?.inputs ?? {}, state: failure.partial?.state ?? {} };
  expect(Object.keys((await cloud.engine.diff(ACCOUNT, kept, wanted)).changes)).toEqual(["password", "state"]);
  await cloud.engine.update(ACCOUNT, kept, account.inputs);
});

test("one that changed nothing leaves the state as it was", async () => {
  const failure = await broken("updateAccount", { ...account.inputs, name: "bob" });
  expect(failure.details).toMatch(/updateAccount: .*no/s);
  expect(failure.partial).toBeUndefined();
});
