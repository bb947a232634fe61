import { afterAll, beforeAll, expect, test } from "vitest";
import { Cloud } from "../support/cloud.ts";
import { complaints, examined, findingsOf } from "./doctor-support.ts";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "default" });
});
afterAll(() => cloud.close());

/** An account in a new domain of its own, with keys. */
async function keysOf(name: string, accounttype: string): Promise<{ env: Record<string, string>; domainid: string }> {
  const { domain } = (await cloud.by("createDomain", { name })) as { domain: { id: string } };
  const person = { firstname: "A", lastname: "B", email: "a@b.example", password: "only-for-tests" };
  const made = { username: name, accounttype, domainid: domain.id, ...person };
  const { account } = (await cloud.by("createAccount", made)) as { account: { user: { id: string }[] } };
  const { userkeys } = (await cloud.by("registerUserKeys", { id: account.user[0]?.id ?? "" })) as {
    userkeys: Record<"apikey" | "secretkey", string>;
  };
  return {
    env: { CLOUDSTACK_API_KEY: userkeys.apikey, CLOUDSTACK_SECRET_KEY: userkeys.secretkey },
    domainid: domain.id,
  };
}

test("keys of a domain's administrator: which commands are missing, and everything that cannot be asked", async () => {
  const { env } = await keysOf("city", "2");
  const report = await examined({ profile: "demo-cpu", cloud, env });
  expect(report.worst).toBe("blocking");
  const [who, missing] = findingsOf(report, "permissions");
  expect(who).toMatchObject({ state: "ok", value: expect.stringContaining("city of ROOT/city, role Domain Admin") });
  expect(missing).toMatchObject({
    state: "blocking",
    value: expect.stringContaining("createServiceOffering"),
    remedy: expect.stringContaining("root administrator"),
  });
  expect(complaints(report).every(({ rule, remedy }) => rule !== undefined && remedy !== undefined)).toBe(true);
  expect(complaints(report).map(({ check }) => check)).toContain("hosts");
});

test("limits of the keys' account and of the domains above it: what is left, and the command that raises it", async () => {
  const { env, domainid } = await keysOf("town", "2");
  await cloud.by("updateResourceLimit", { domainid, resourcetype: "8", max: "6" });
  await cloud.by("updateResourceLimit", { domainid, account: "town", resourcetype: "9", max: "4096" });
  const report = await examined({ profile: "demo-cpu", cloud, env });
  const limits = findingsOf(report, "limits");
  expect(limits[0]).toMatchObject({
    asked: "limits of account town",
    state: "fixable",
    value: expect.stringContaining("4096 of 4096 memoryMib left"),
    remedy: expect.stringContaining(
      `cmk update resourcelimit domainid=${domainid} account=town resourcetype=9 max=45056`,
    ),
    requirement: "P1.7",
  });
  expect(limits[1]).toMatchObject({
    asked: "limits of domain ROOT/town",
    value: expect.stringContaining("6 of 6 cpus left"),
    remedy: expect.stringContaining(`cmk update resourcelimit domainid=${domainid} resourcetype=8 max=14`),
  });
});
