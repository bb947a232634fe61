/** What has no room for a mark and is used by somebody is somebody else's: a second platform of the same name must not take it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Failure, type Kept, plain } from "../engine.ts";
import { type Estate, INSTANCE, OFFERING, startEstate, VOLUME } from "./estate.ts";

const ROLE = "cloudstack:identity:Role";
const DISK = "cloudstack:storage:DiskOffering";
const AFFINITY = "cloudstack:compute:AffinityGroup";
const USER_DATA = "cloudstack:compute:UserData";
const KEY = "cloudstack:compute:SshKeyPair";
const DOMAIN = "cloudstack:identity:Domain";
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVkrDbfNlXk1TMuMoZCN1w2o0UQSmVfQwdP1t0aYxqE someone@somewhere";

let estate: Estate;
/** What the first platform made, by kind. */
const made: Record<string, Kept> = {};

const inputs: Record<string, Record<string, unknown>> = {
  [DISK]: { name: "data", customized: true },
  [OFFERING]: { name: "bare", guestIpType: "L2", specifyVlan: true },
  [ROLE]: { name: "tenant", type: "User", permissions: [{ rule: "*", permission: "deny" }] },
  [AFFINITY]: { name: "apart", type: "host anti-affinity" },
  [USER_DATA]: { name: "first", userData: "#cloud-config\n" },
  [KEY]: { name: "key", publicKey },
};

beforeAll(async () => {
  estate = await startEstate();
  for (const [token, given] of Object.entries(inputs)) made[token] = await estate.engine.create(token, given as never);
});
afterAll(() => estate.close());

const idOf = (token: string) => String(made[token]?.id);

/** Uses everything. */
async function moveIn(): Promise<void> {
  const tier = await estate.tier();
  const instance = {
    ...estate.instanceOn("tenant", tier),
    affinityGroupIds: [idOf(AFFINITY)],
    userDataId: idOf(USER_DATA),
    keyPairs: ["key"],
  };
  const { engine, zoneId } = estate;
  await engine.create(INSTANCE, instance as never);
  await engine.create(VOLUME, { name: "tenant", diskOfferingId: idOf(DISK), sizeGib: 1, zoneId });
  const bare = { name: "bare", networkOfferingId: idOf(OFFERING), zoneId, vlan: 150 };
  await engine.create("cloudstack:network:Network", bare);
  const domain = await engine.create(DOMAIN, { name: "tenant" });
  const person = { password: "p", email: "e", firstName: "f", lastName: "l" };
  const account = { name: "tenant", domainId: domain.id, roleId: idOf(ROLE), ...person };
  await engine.create("cloudstack:identity:Account", account);
}

describe.sequential("another run that makes the same", () => {
  test.each(Object.keys(inputs))(
    "takes over %s while nothing uses it, as after a run that was killed",
    async (token) => {
      expect((await (await estate.nextRun()).create(token, inputs[token] as never)).id).toBe(idOf(token));
    },
  );

  test.each([
    [DISK, "listDiskOfferings"],
    [ROLE, "listRoles"],
  ])("in use, %s is made a second time, and goes alone", async (token, list) => {
    if (token === DISK) await moveIn();
    const second = await estate.nextRun();
    const kept = await second.create(token, inputs[token] as never);
    expect(kept.id).not.toBe(idOf(token));
    await second.delete(token, kept);
    const rows = await estate.rows(list, { id: idOf(token) });
    expect(rows).toMatchObject([{ id: idOf(token) }]);
    expect(rows[0]?.state).toMatch(/^(Active|enabled)$/);
  });

  test.each([OFFERING, AFFINITY, USER_DATA, KEY])("in use, %s is a conflict with a remedy", async (token) => {
    const create = (await estate.nextRun()).create(token, inputs[token] as never);
    const { details, partial }: Failure = await create.then(
      () => ({ code: 0, details: "made" }),
      (error) => error,
    );
    expect(details).toMatch(/already exists/);
    expect(details).toContain(`(${inputs[token]?.name})`);
    expect(details).toMatch(/→ another stack with the same platform.name/);
    expect(partial).toBeUndefined();
  });
});

test("a domain that another stack made, or somebody by hand, fails in preview", async () => {
  const preview = async (name: string) =>
    (await estate.nextRun()).previewCreate(DOMAIN, { name }).then(
      (outputs) => plain(outputs),
      ({ details }: Failure) => details,
    );
  // Made under the logical name "tenant", while the preview asks for "it".
  expect(await preview("tenant")).toMatch(
    /ROOT\/tenant .* carries the mark of another stack's resource\n {2}→ another/,
  );
  await estate.byHand("createDomain", { name: "by-hand" });
  expect(await preview("by-hand")).toMatch(/was not made by this stack/);
  expect(await preview("free")).toMatchObject({ name: "free" });
  const own = await estate.engine.create(DOMAIN, { name: "own" }, { name: "it" });
  expect(await preview("own")).toMatchObject({ name: "own" });
  const inner = await estate.engine.create(DOMAIN, { name: "inner", parentDomainId: own.id });
  expect(inner.id).toBeDefined();
  expect(await preview("inner")).toMatchObject({ name: "inner" });
});
