/** What the program asks of Ceph, pool by pool, for the profile with the most of it. */
import { beforeAll, expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import { Storage } from "../../src/parts/ceph/storage.ts";
import { findSite } from "../../src/parts/site.ts";
import { type Plan, planProfile } from "../../src/plan/plan.ts";
import { ofType, type Registered, record } from "./record.ts";

let plan: Plan;
let registered: Registered[];
beforeAll(async () => {
  plan = planProfile(loadProfile({ profile: "enterprise" }));
  registered = await record({}, async () => {
    const site = await findSite(plan);
    const parent = new Storage("storage", { plan: plan.storage, monitors: ["10.0.6.201"], protect: false, site });
    for (const { name, storage } of plan.tenants) {
      if (storage.kind === "pool") parent.tenantPool(name, storage, { domainId: `domain of ${name}`, parent });
    }
  });
});

test("a pool says how few copies may take writes, so that a lower number set by hand is seen and put back", () => {
  const pools = ofType(registered, "ceph:pool:Pool").map(({ inputs }) => inputs);
  const [coded, copied] = [true, false].map((isCoded) => pools.filter(({ type }) => (type === "erasure") === isCoded));
  expect(copied?.length).toBeGreaterThan(4);
  for (const pool of copied ?? []) expect(pool).toMatchObject({ size: 3, minSize: 2 });
  expect(coded).toEqual([expect.objectContaining({ minSize: 5 })]);
});

test("each pool of volumes has a user of its own, who reaches it and nothing else (P1.3)", () => {
  const users = new Map(ofType(registered, "ceph:auth:User").map(({ name, inputs }) => [name, inputs]));
  const pools = ofType(registered, "cloudstack:storage:StoragePool");
  expect(pools.map(({ name }) => name)).toEqual(expect.arrayContaining(plan.tenants.map(({ name }) => name)));
  for (const { name, inputs } of pools) {
    const own = `profile rbd pool=${inputs.pool}`;
    expect(users.get(name)).toEqual({ entity: inputs.user, caps: { mon: "profile rbd", osd: own, mgr: own } });
  }
  expect(new Set(pools.map(({ inputs }) => inputs.user)).size).toBe(pools.length);
  expect(new Set(pools.map(({ inputs }) => inputs.pool)).size).toBe(pools.length);
});
