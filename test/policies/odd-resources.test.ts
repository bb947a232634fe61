import { describe, expect, test } from "vitest";
import type { Description } from "../../policies/core/subject.ts";
import snapshots from "../../policies/rules/availability/snapshots.ts";
import gateAddress from "../../policies/rules/isolation/gate-address.ts";
import untaggedStorage from "../../policies/rules/isolation/untagged-storage.ts";
import burstWithinPool from "../../policies/rules/quota/burst-within-pool.ts";
import cephRawCapacity from "../../policies/rules/quota/ceph-raw-capacity.ts";
import limitsExist from "../../policies/rules/quota/limits-exist.ts";
import storageHeadroom from "../../policies/rules/quota/storage-headroom.ts";
import tenantGpuMemory from "../../policies/rules/quota/tenant-gpu-memory.ts";
import tenantWithinLimits from "../../policies/rules/quota/tenant-within-limits.ts";
import {
  account,
  cards,
  cephPool,
  crushRule,
  domain,
  limits,
  machine,
  made,
  ordinary,
  plain,
  size,
  storagePool,
  tenant,
  volume,
} from "./capacity-parts.ts";
import { judge, unknown } from "./rule-test.ts";

/**
 * One resource of which something cannot be told leaves a rule over the whole stack open, and the others are judged all
 * the same: nobody silences a rule by a thing that is odd.
 */

/** In a domain that no server knows. */
const nowhere = { domainId: "gone" };

describe("availability-snapshots", () => {
  const asked = (name: string) => volume(name, { tags: { snapshots: "required" } });
  const policy = (name: string, props: object): Description =>
    made("snapshotPolicy", name, { name: undefined, maxSnapshots: 3, ...props });
  const kept = made("snapshotPolicy", "kept", { maxSnapshots: 3 }, { volumeId: ["volume", "db-1"] });

  test("judges volumes beside a policy for a volume that is not there", async () => {
    const odd = policy("odd", { volumeId: "gone" });
    const { violations, undecided } = await judge(snapshots, [odd, kept, asked("db-1"), asked("db-2"), plain]);
    expect(violations).toEqual(["db-2: db-2 has no snapshots"]);
    expect(undecided).toEqual([expect.stringMatching(/volumeId: Volume gone/)]);
  });

  test("leaves open only those volumes that a policy may be for whose volume is not known yet", async () => {
    const odd = policy("odd", { volumeId: unknown });
    const known = await judge(snapshots, [odd, kept, asked("db-1"), plain]);
    expect(known.violations).toEqual([]);
    expect(known.undecided[0]).not.toMatch(/db-1/);
    const open = await judge(snapshots, [odd, kept, asked("db-1"), asked("db-2"), plain]);
    expect(open.violations).toEqual([]);
    expect(open.undecided).toEqual([expect.stringMatching(/snapshots of db-2/)]);
  });
});

describe("quota-limits-exist", () => {
  const named = made("limits", "named", { name: undefined, account: "strata-tenant-x" });

  test("judges accounts and domains beside limits of a domain that is not there", async () => {
    const odd = made("limits", "odd", { name: undefined, ...nowhere });
    const { violations, undecided } = await judge(limitsExist, [odd, domain, account("strata-tenant-x")]);
    expect(violations).toEqual([
      "strata-tenant-x: account strata-tenant-x has no limits",
      "strata-tenant-x: domain strata-tenant-x has no limits",
    ]);
    expect(undecided).toHaveLength(1);
  });

  test("leaves open only what limits may be for whose account or domain is not known yet", async () => {
    const odd = made("limits", "odd", { name: undefined, domainId: unknown });
    const known = await judge(limitsExist, [odd, limits("d", {}), domain]);
    expect(known.undecided[0]).not.toMatch(/strata-tenant-x/);
    const open = await judge(limitsExist, [odd, named, domain, account("strata-tenant-x"), account("strata-tenant-y")]);
    expect(open.violations).toEqual(["strata-tenant-y: account strata-tenant-y has no limits"]);
    expect(open.undecided).toEqual([expect.stringMatching(/domain strata-tenant-x/)]);
    const either = made("limits", "either", { name: undefined, account: unknown }, { domainId: ["domain", "d"] });
    expect((await judge(limitsExist, [either, domain, account("strata-tenant-x")])).violations).toEqual([]);
  });
});

describe("sums of what tenants take", () => {
  const most = (name: string, props: object) => made("limits", name, { name: undefined, ...props });
  const small = most("small", { ...tenant("a"), limits: { instances: 1 } });
  const machines = [size("2c"), machine("m-01", "2c", tenant("a")), machine("m-02", "2c", tenant("a"))];

  test.each([
    ["a machine", machine("odd", "2c", nowhere)],
    ["limits", most("odd", { ...nowhere, limits: { instances: 1 } })],
    ["a device", made("hostDevice", "odd", { name: undefined, busAddresses: ["0000:3b:00.0"], instanceId: "gone" })],
  ])("are too much beside %s of nobody knows whom", async (_, odd) => {
    const { violations, undecided } = await judge(tenantWithinLimits, [odd, ...machines, small]);
    expect(violations).toEqual(["small: tenant a has 2 machines, and the limit is 1"]);
    expect(undecided).toHaveLength(1);
  });

  test("never pass while a machine of nobody knows whom may be among them", async () => {
    const enough = most("enough", { ...tenant("a"), limits: { instances: 2 } });
    const { violations, undecided } = await judge(tenantWithinLimits, [
      machine("odd", "2c", nowhere),
      ...machines,
      enough,
    ]);
    expect([violations, undecided.length]).toEqual([[], 1]);
  });

  const gpu = [...cards, size("1x", ordinary, "A100-8C"), size("whole", ordinary, "passthrough")];

  test("of GPU memory are judged, too", async () => {
    const odd = machine("odd", "1x", nowhere);
    const four = ["1", "2", "3", "4", "5", "6"].map((n) => machine(`m-${n}`, "whole", tenant("a")));
    const { violations, undecided } = await judge(tenantGpuMemory, [odd, ...gpu, ...four]);
    expect(violations).toEqual([expect.stringMatching(/tenant a has 240 GiB of GPU memory/)]);
    expect(undecided).toHaveLength(1);
    expect((await judge(tenantGpuMemory, [odd, ...gpu])).undecided).toHaveLength(1);
  });

  test("that are too small for a burst stay open: what is nobody knows whose may be the platform's", async () => {
    const { violations, undecided } = await judge(burstWithinPool, [
      ...gpu,
      machine("m-a", "1x", tenant("a")),
      machine("odd", "whole", nowhere),
    ]);
    expect([violations, undecided.length]).toEqual([[], 1]);
  });
});

test("quota-storage-headroom judges pools beside one that is not known yet", async () => {
  const on = (tag: string) => made("diskOffering", tag, { storageTags: [tag] });
  const pool = (owner: string, quotaGib: unknown) => cephPool(`tenant-${owner}-data`, { quotaGib });
  const odd = made("storagePool", "odd", { pool: unknown, storageTags: unknown });
  const { violations, undecided } = await judge(storageHeadroom, [
    odd,
    pool("b", unknown),
    storagePool("b", {}),
    on("tenant-b"),
    volume("of-b", {}, "tenant-b"),
    pool("a", 10),
    storagePool("a", {}),
    on("tenant-a"),
    volume("of-a", {}, "tenant-a"),
  ]);
  expect(violations).toEqual([expect.stringMatching(/^tenant-a-data: volumes fill 10 of the 10 GiB/)]);
  expect(undecided).toHaveLength(1);
});

test("isolation-untagged-storage judges offerings beside a pool whose tags are not known yet", async () => {
  const odd = made("storagePool", "odd", { storageTags: unknown, pool: unknown });
  const { violations } = await judge(untaggedStorage, [odd, storagePool("a", {}), plain]);
  expect(violations).toEqual([expect.stringMatching(/^plain: disks of plain may land/)]);
  // Whether there is a tenant's pool at all is open.
  const open = await judge(untaggedStorage, [odd, plain]);
  expect([open.violations, open.undecided.length]).toEqual([[], 1]);
});

test("isolation-gate-address judges tenants' rules beside a machine of the gate's layer of nobody knows whom", async () => {
  const gate = (name: string, props: object) =>
    made("instance", name, { tags: { layer: "quality-gate" }, nics: [{ ipAddress: "10.0.5.10" }], ...props });
  const list = made("aclList", "rules", {
    ...tenant("a"),
    rules: [{ number: 1, action: "allow", trafficType: "egress", protocol: "tcp", cidrs: ["10.0.5.99/32"] }],
  });
  const tier = made(
    "network",
    "tier",
    { ...tenant("a"), vlan: "20", cidr: "10.0.16.0/24" },
    { aclId: ["aclList", "rules"] },
  );
  const { violations, undecided } = await judge(gateAddress, [gate("odd", nowhere), gate("dqg-01", {}), list, tier]);
  expect(violations).toEqual([expect.stringMatching(/^rules: rules lets the tenant out to 10\.0\.5\.99/)]);
  expect(undecided).toHaveLength(1);
});

test("quota-ceph-raw-capacity adds up pools beside a rule whose name is not known yet", async () => {
  const odd = made("crushRule", "odd", { name: unknown, deviceClass: "ssd" });
  const { violations } = await judge(
    cephRawCapacity,
    [odd, crushRule, cephPool("p", { crushRule: "ssd", quotaGib: 1000 })],
    { settings: { rawGib: { ssd: 100 } } },
  );
  expect(violations).toEqual([
    expect.stringMatching(/ssd: quotas take 3000 GiB/),
    expect.stringMatching(/Ceph: quotas take 3000 GiB/),
  ]);
});
