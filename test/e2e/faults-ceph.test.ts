import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { cephSeeds } from "../../emulator/ceph/seed.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { complaintOf, succeeded } from "../support/runs.ts";

/** enterprise with a Ceph that cannot be used, is too small, or refuses: said as early as it can be known, and nothing lost. */

let cloud: Cloud;
let ceph: CephCloud;
let stack: EngineStack;
let seeded: unknown;
const state = async () => ({ cloud: await cloud.inventory(), ceph: await ceph.inventory() });

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "enterprise" });
  ceph = await CephCloud.start({ seed: "enterprise" });
  stack = new EngineStack({ profile: "enterprise", env: {} });
  seeded = await state();
});

beforeEach(() => {
  stack.env = { ...cloud.env, ...ceph.env };
  stack.overrides = undefined;
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
  await ceph.close();
});

test("erasure code 4+2 on three hosts, gateways without a realm: preview says so with what there is, `up` makes nothing on either side", async () => {
  const { realm: _, ...seed } = cephSeeds.default;
  const small = await CephCloud.start({ seed });
  const before = await small.inventory();
  stack.env = { ...cloud.env, ...small.env };
  const rule =
    /storage\.pools\[archive\]\.erasure = "4\+2"\s+rule: 6 hosts with HDD that are up, .*has 3: ceph1, ceph2, ceph3/;
  const preview = complaintOf(await stack.preview());
  expect(preview).toMatch(/The Ceph cluster for this profile has 3 mistakes/);
  expect(preview).toMatch(rule);
  // 14.4 TiB in three copies and an index; 12 TiB of SSD, of which 85 % can be used.
  expect(preview).toMatch(
    /pools on ssd = "14\d{3} GiB of raw space"\s+rule: at most 10444 GiB, so 4\d{3} GiB are missing: 85 % of 12288 GiB, less 0 GiB in use\. Asked for: .*tenant-a-ai-data 500 GiB in 3 copies/,
  );
  expect(preview).toMatch(/remedy: add hosts, ask for fewer parts/);
  expect(preview).toMatch(
    /storage\.pools\[archive\] = "strata-archive"\s+rule: gateways in a realm.*zone default have none/,
  );
  expect(preview).toMatch(/remedy: `strata doctor` tells the radosgw-admin commands/);
  expect(complaintOf(await stack.up())).toMatch(rule);
  expect(await state()).toEqual(seeded);
  expect(await small.inventory()).toEqual(before);
  await small.close();
});

const unusable: [what: string, env: () => Promise<Record<string, string>>, says: RegExp][] = [
  [
    "nothing listens at its address",
    async () => ({ CEPH_DASHBOARD_URL: "http://127.0.0.1:9" }),
    /Nothing listens at url \(CEPH_DASHBOARD_URL\)/,
  ],
  [
    "the password is wrong",
    async () => ({ CEPH_DASHBOARD_PASSWORD: "wrong-password" }),
    /Check username and password \(CEPH_DASHBOARD_USERNAME, CEPH_DASHBOARD_PASSWORD\)/,
  ],
  [
    "only a standby manager is named, which points nowhere",
    async () => {
      await ceph.control("POST", "managers", { standby: "error" });
      return { CEPH_DASHBOARD_URL: String(ceph.env.CEPH_DASHBOARD_URL?.split(",")[1]) };
    },
    /No active manager answered\. Put the dashboards of all managers into url/,
  ],
];

test.each(unusable)("when %s, preview says so and nothing else, and nothing is made", async (_, env, says) => {
  stack.env = { ...stack.env, ...(await env()) };
  const complaint = complaintOf(await stack.preview());
  expect(complaint).toMatch(says);
  for (const [, , others] of unusable) if (String(others) !== String(says)) expect(complaint).not.toMatch(others);
  expect(complaint).not.toContain(ceph.env.CEPH_DASHBOARD_PASSWORD);
  await ceph.control("POST", "managers", { standby: "redirect" });
  expect(await state()).toEqual(seeded);
});

test("hosts that cannot log in to a tenant's pool: said with what to check, no key shown, and the next `up` finishes", async () => {
  await cloud.control("POST", "storage-keys", { keys: [{ user: "tenant-a", key: "another" }] });
  const run = await stack.up();
  const complaint = complaintOf(run);
  expect(complaint).toMatch(/cloudstack:storage:StoragePool \((tenant-[abc]|model-registry)\):/);
  expect(complaint).toContain("No host could log in to the storage: check user, secretKey and pool");
  expect(run.text).not.toMatch(/\bAQ[\w+/-]{30,}={0,2}/);
  expect((await cloud.rows("listStoragePools")).filter(({ type }) => type === "RBD")).toEqual([]);

  await cloud.control("DELETE", "storage-keys");
  succeeded(await stack.up());
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
});

test("a quota below what is stored is refused before writes would stop, and taking it back leaves everything as it was", async () => {
  const before = await ceph.inventory();
  await ceph.control("POST", "use", { pool: "tenant-a-ai-data", bytes: 450 * 2 ** 30 });
  stack.overrides = { tenants: { a: { storage: "400 GiB" } } };
  const complaint = complaintOf(await stack.up());
  expect(complaint).toContain("ceph:pool:Pool (tenant-a)");
  expect(complaint).toMatch(
    /update of pool tenant-a-ai-data failed .*\(quotaGib 400\): 450 GiB are stored: all writes would stop/,
  );
  expect(complaint).toContain("remove data first, or set at least that");
  stack.overrides = undefined;
  succeeded(await stack.up());
  await ceph.control("POST", "use", { pool: "tenant-a-ai-data", bytes: 0 });
  expect(await ceph.inventory()).toEqual(before);
});

test("what others fill is no reason to refuse a platform that stands, but one of its pools may not grow then", async () => {
  await ceph.control("POST", "use", { pool: ".mgr", bytes: 5 * 2 ** 40 });
  expect(succeeded(await stack.preview()).changes).toEqual([]);
  stack.overrides = { storage: { pools: { "training-data": { size: "3 TiB" } } } };
  expect(complaintOf(await stack.preview())).toMatch(
    /pools on ssd = "\d+ GiB of raw space"\s+rule: at most \d+ GiB, so \d+ GiB are missing: .*ai-training-data 3072 GiB in 3 copies/,
  );
  await ceph.control("POST", "use", { pool: ".mgr", bytes: 0 });
});

test("pools that may not be deleted: destroy says how to allow it, and when that is done it finishes without a trace", async () => {
  await ceph.control("POST", "config", { name: "mon_allow_pool_delete", value: "false" });
  const complaint = complaintOf(await stack.destroy());
  expect(complaint).toMatch(/ceph:(pool:Pool|fs:Filesystem) \(/);
  expect(complaint).toContain(
    "Pools are protected: `ceph config set mon mon_allow_pool_delete true`, delete, and set it back.",
  );
  await ceph.control("POST", "config", { name: "mon_allow_pool_delete", value: "true" });
  succeeded(await stack.destroy());
  expect(await state()).toEqual(seeded);
});
