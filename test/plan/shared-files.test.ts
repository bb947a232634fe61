import { expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import { planProfile } from "../../src/plan/plan.ts";

/** Who mounts the file trees of CephFS, and who clears them (P6.1). */

type Overrides = NonNullable<Parameters<typeof loadProfile>[0]["overrides"]>;

const files = (overrides: Overrides = {}) =>
  planProfile(loadProfile({ profile: "enterprise", overrides })).guests.files ?? [];
const ceph = (...monitors: string[]) => ({ infrastructure: { ceph: { monitors, rootTag: "system" } } });

test("machines that train or hand out data mount both trees; checkpoints are cleared by one of them after 7 days", () => {
  const machines = ["ai-storage-01", "ai-train-01", "ai-train-02"];
  expect(files()).toMatchObject([
    { name: "ai-training-data", user: "client.ai-training-data", folder: "/data/training", machines },
    { folder: "/data/checkpoints", machines, retentionDays: 7, sweeper: "ai-storage-01" },
  ]);
  expect(files()[0]).not.toHaveProperty("sweeper");
});

test("no machine mounts what no network leads to, and then nobody is said to clear it", () => {
  for (const overrides of [ceph("10.9.0.1"), ceph("monitor.example"), { guests: { software: false } }]) {
    for (const tree of files(overrides)) expect(tree).toMatchObject({ machines: [] });
    expect(files(overrides).filter((tree) => "sweeper" in tree)).toEqual([]);
  }
});

test("one monitor in reach is enough", () => {
  expect(files(ceph("10.9.0.1", "10.0.6.201"))[0]?.machines).toHaveLength(3);
});

test("the gate deletes unapproved data after 30 days, or as the profile says (P2.6)", () => {
  const days = (overrides: Overrides) =>
    planProfile(loadProfile({ profile: "enterprise", overrides })).guests.unapprovedDays;
  expect(days({})).toBe(30);
  expect(days({ gate: { unapprovedDays: 10 } })).toBe(10);
});

test("files that are to be cleared must be mounted somewhere", () => {
  const pool = { key: "scratch", name: "ai-scratch", kind: "files", tier: "warm", size: "1 TiB", retention: 7 };
  expect(() => files({ storage: { pools: [pool] } })).toThrow(
    /storage\.pools.*folder(.|\n)*who clears files away must have them mounted: say in which folder/,
  );
});
