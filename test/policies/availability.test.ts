import { describe, expect, test } from "vitest";
import { type Description, urnOf } from "../../policies/core/subject.ts";
import cephSurvivesHost from "../../policies/rules/availability/ceph-survives-host.ts";
import edgeMembers from "../../policies/rules/availability/edge-members.ts";
import haOffering from "../../policies/rules/availability/ha-offering.ts";
import protectData from "../../policies/rules/availability/protect-data.ts";
import replicasApart from "../../policies/rules/availability/replicas-apart.ts";
import sharedDisks from "../../policies/rules/availability/shared-disks.ts";
import snapshots from "../../policies/rules/availability/snapshots.ts";
import { judge, unknown } from "./rule-test.ts";

const groupType = "cloudstack:compute:AffinityGroup";
const sizeType = "cloudstack:compute:ServiceOffering";
const volumeType = "cloudstack:storage:Volume";

describe("availability-replicas-apart", () => {
  const group = (name: string, type = "host anti-affinity"): Description => ({
    type: groupType,
    name,
    props: { name, type },
  });
  const instance = (name: string, groups: string[], props: object = {}): Description => ({
    type: "cloudstack:compute:Instance",
    name,
    props: { name, nics: [], ...(groups.length > 0 && { affinityGroupIds: groups.map(() => unknown) }), ...props },
    dependencies: { affinityGroupIds: groups.map((one) => urnOf(groupType, one)) },
  });
  const base = [group("g"), group("h"), group("wish", "non-strict host anti-affinity"), group("near", "host affinity")];

  test("takes replicas in one group, and who has no replica", async () => {
    const pair = [instance("gw-01", ["g", "near"]), instance("gw-02", ["g"]), instance("dqg-01", [])];
    expect((await judge(replicasApart, [...base, ...pair])).violations).toEqual([]);
    const others = [instance("x-01", [], { account: "tenant-a" }), instance("x-02", [], { account: "tenant-b" })];
    expect((await judge(replicasApart, [...base, ...others])).violations).toEqual([]);
  });

  test.each([
    ["no group", [], []],
    ["a group each", ["g"], ["h"]],
    ["one that has none", ["g"], []],
    ["a group that gives way", ["wish"], ["wish"]],
    ["a group that keeps them together", ["near"], ["near"]],
  ])("refuses %s", async (_, first, second) => {
    const { violations } = await judge(replicasApart, [...base, instance("gw-01", first), instance("gw-02", second)]);
    expect(violations).toEqual(["gw-01: nothing keeps gw-01, gw-02 on different hosts"]);
  });

  test("may accept a group that gives way", async () => {
    const pair = [instance("gw-01", ["wish"]), instance("gw-02", ["wish"])];
    expect((await judge(replicasApart, [...base, ...pair], { settings: { strict: false } })).violations).toEqual([]);
  });

  test("is undecided where nobody knows a group", async () => {
    const { dependencies: _, ...lost } = instance("gw-02", ["g"]);
    const { violations, undecided } = await judge(replicasApart, [...base, instance("gw-01", ["g"]), lost]);
    expect([violations.length, undecided.length]).toEqual([0, 1]);
  });
});

describe("availability-ha-offering", () => {
  const size = (name: string, props: object): Description => ({ type: sizeType, name, props: { name, ...props } });
  const base = [
    size("ha", { offerHa: true }),
    size("fixed", { offerHa: false }),
    size("gpu", { offerHa: false, vgpuProfileId: unknown }),
  ];
  const instance = (offering: string, tags: object, props: object = {}): Description => ({
    type: "cloudstack:compute:Instance",
    name: "m",
    props: { name: "m", serviceOfferingId: unknown, tags: { ...tags }, ...props },
    dependencies: { serviceOfferingId: [urnOf(sizeType, offering)] },
  });

  test.each([
    instance("ha", { layer: "service-edge" }),
    instance("fixed", { layer: "shared-ai" }),
    instance("gpu", { layer: "shared-ai", "restart-priority": "high" }),
  ])("takes %j", async (one) => {
    const { violations, undecided } = await judge(haOffering, [...base, one]);
    expect([violations, undecided]).toEqual([[], []]);
  });

  test.each([
    [instance("fixed", { layer: "service-edge" }), "m: m has offering fixed, which is without HA"],
    [instance("fixed", { layer: "x", "restart-priority": "high" }), "m: m has offering fixed, which is without HA"],
    [instance("ha", { layer: "quality-gate" }, { haEnabled: false }), "m: m switches HA off for itself"],
  ])("refuses %j", async (one, reason) => {
    expect((await judge(haOffering, [...base, one])).violations).toEqual([reason]);
  });

  test("is undecided where nobody knows the offering", async () => {
    const { dependencies: _, ...lost } = instance("ha", { layer: "service-edge" });
    expect((await judge(haOffering, [...base, lost])).undecided).toHaveLength(1);
  });
});

describe("availability-protect-data", () => {
  const volume = (protect: boolean, deleteProtection: unknown): Description => ({
    type: volumeType,
    name: "v",
    props: { name: "v", deleteProtection },
    protect,
  });
  const pool = (protect: boolean): Description => ({
    type: "ceph:pool:Pool",
    name: "p",
    props: { name: "p" },
    protect,
  });

  test("without a grade all or nothing is protected", async () => {
    expect((await judge(protectData, [volume(false, false), volume(true, true), pool(false)])).violations).toEqual([]);
    expect((await judge(protectData, [volume(true, false)])).violations).toEqual(["v: v lacks deleteProtection: true"]);
    expect((await judge(protectData, [volume(false, true)])).violations).toEqual([
      "v: v lacks the option protect: true",
    ]);
  });

  test.each([{ n2sf: "C" }, { n2sf: "S" }, { csap: "중" }, { csap: "상" }])("with %j all of it", async (pack) => {
    expect((await judge(protectData, [volume(true, true), pool(true)], { pack })).violations).toEqual([]);
    expect((await judge(protectData, [volume(false, false), pool(false)], { pack })).violations).toEqual([
      "v: v lacks the option protect: true",
      "v: v lacks deleteProtection: true",
      "p: p lacks the option protect: true",
    ]);
  });

  test.each([{ n2sf: "O" }, { csap: "하" }])("with %j as without", async (pack) => {
    expect((await judge(protectData, [volume(false, false), pool(false)], { pack })).violations).toEqual([]);
  });

  test("is undecided on a protection that is not known", async () => {
    expect((await judge(protectData, [volume(true, unknown)])).undecided).toHaveLength(1);
  });
});

describe("availability-snapshots", () => {
  const volume = (name: string, tags: object): Description => ({
    type: volumeType,
    name,
    props: { name, tags: { ...tags } },
  });
  const policy = (name: string, maxSnapshots: number): Description => ({
    type: "cloudstack:storage:SnapshotPolicy",
    name,
    props: { volumeId: unknown, maxSnapshots },
    dependencies: { volumeId: [urnOf(volumeType, name)] },
  });
  const asked = volume("db", { snapshots: "required" });

  test("takes volumes that have them, and those that need none", async () => {
    expect((await judge(snapshots, [asked, policy("db", 3), volume("scratch", {})])).violations).toEqual([]);
  });

  test("refuses a volume without, or with too few", async () => {
    expect((await judge(snapshots, [asked])).violations).toEqual(["db: db has no snapshots"]);
    const { violations } = await judge(snapshots, [volume("db", { "data-class": "open" }), policy("db", 3)], {
      pack: { csap: "상" },
    });
    expect(violations).toEqual(["db: db keeps 3 snapshots of 7"]);
  });

  test("is undecided where a policy's volume or a tag is not known", async () => {
    const { dependencies: _, ...lost } = policy("db", 3);
    expect((await judge(snapshots, [asked, lost])).undecided).toHaveLength(1);
    expect((await judge(snapshots, [volume("db", { snapshots: unknown })])).undecided).toHaveLength(1);
  });
});

describe("availability-ceph-survives-host", () => {
  const one = (type: string, props: object): Description => ({ type: `ceph:${type}`, name: "it", props: { ...props } });

  test.each([
    one("pool:Pool", { size: 3, minSize: 2 }),
    one("pool:Pool", { type: "erasure" }),
    one("fs:Filesystem", { size: 3, metadataSize: 3 }),
    one("pool:CrushRule", { failureDomain: "rack" }),
    one("pool:CrushRule", {}),
    one("pool:ErasureCodeProfile", { k: 4, m: 2, crushFailureDomain: "host" }),
  ])("takes %j", async (good) => {
    const { violations, undecided } = await judge(cephSurvivesHost, [good]);
    expect([violations, undecided]).toEqual([[], []]);
  });

  test.each([
    [one("pool:Pool", { size: 2 }), "it: it: 2 copies, of 3 at least"],
    [one("pool:Pool", { size: 3, minSize: 3 }), "it: it: takes no writes once one of its 3 copies is away (minSize 3)"],
    [one("fs:Filesystem", { size: 3, metadataSize: 1 }), "it: it: 1 copies, of 3 at least"],
    [one("pool:CrushRule", { failureDomain: "osd" }), "it: it: copies may lie on one host (failure domain osd)"],
    [one("pool:ErasureCodeProfile", { k: 4, m: 1 }), "it: it: 1 coding chunks, of 2 at least"],
  ])("refuses %j", async (bad, reason) => {
    expect((await judge(cephSurvivesHost, [bad])).violations).toEqual([reason]);
  });

  test("is undecided where the cluster chooses, or nobody knows yet", async () => {
    expect((await judge(cephSurvivesHost, [one("pool:Pool", {})])).undecided).toHaveLength(1);
    expect((await judge(cephSurvivesHost, [one("pool:Pool", { size: unknown })])).undecided).toHaveLength(1);
  });
});

describe("offerings and the edge", () => {
  test("availability-shared-disks", async () => {
    const offering = (type: string, storageType: string): Description => ({
      type,
      name: "o",
      props: { name: "o", storageType },
    });
    const types = [sizeType, "cloudstack:storage:DiskOffering"];
    for (const type of types) {
      expect((await judge(sharedDisks, [offering(type, "shared")])).violations).toEqual([]);
      expect((await judge(sharedDisks, [offering(type, "local")])).violations).toHaveLength(1);
      expect((await judge(sharedDisks, [offering(type, unknown)])).undecided).toHaveLength(1);
    }
  });

  test("availability-edge-members", async () => {
    const rule = (instanceIds: unknown): Description => ({
      type: "cloudstack:network:LoadBalancerRule",
      name: "lb",
      props: { name: "lb", instanceIds },
    });
    expect((await judge(edgeMembers, [rule([unknown])])).violations).toEqual([]);
    expect((await judge(edgeMembers, [rule([])])).violations).toEqual(["lb: lb has 0 members, of 1 at least"]);
    const graded = await judge(edgeMembers, [rule([unknown])], { pack: { csap: "중" } });
    expect(graded.violations).toEqual(["lb: lb has 1 members, of 2 at least"]);
    expect((await judge(edgeMembers, [rule(unknown)])).undecided).toHaveLength(1);
  });
});
