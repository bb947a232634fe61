import { describe, expect, test } from "vitest";
import { type Description, urnOf } from "../../policies/core/subject.ts";
import burstWithinPool from "../../policies/rules/quota/burst-within-pool.ts";
import cephLimited from "../../policies/rules/quota/ceph-limited.ts";
import cephRawCapacity from "../../policies/rules/quota/ceph-raw-capacity.ts";
import gpuSupply from "../../policies/rules/quota/gpu-supply.ts";
import limitsComplete from "../../policies/rules/quota/limits-complete.ts";
import limitsExist from "../../policies/rules/quota/limits-exist.ts";
import noTimeSlicing from "../../policies/rules/quota/no-time-slicing.ts";
import oneSliceSize from "../../policies/rules/quota/one-slice-size.ts";
import overcommit from "../../policies/rules/quota/overcommit.ts";
import passthroughExclusive from "../../policies/rules/quota/passthrough-exclusive.ts";
import slicesFitCard from "../../policies/rules/quota/slices-fit-card.ts";
import storageHeadroom from "../../policies/rules/quota/storage-headroom.ts";
import storageThreshold from "../../policies/rules/quota/storage-threshold.ts";
import tenantGpuMemory from "../../policies/rules/quota/tenant-gpu-memory.ts";
import tenantWithinLimits from "../../policies/rules/quota/tenant-within-limits.ts";
import { judge, unknown } from "./rule-test.ts";

const token = {
  instance: "cloudstack:compute:Instance",
  size: "cloudstack:compute:ServiceOffering",
  profile: "cloudstack:gpu:VgpuProfile",
  card: "cloudstack:gpu:GpuCard",
  device: "cloudstack:gpu:GpuDevice",
  hostDevice: "cloudstack:gpu:HostDevice",
  volume: "cloudstack:storage:Volume",
  diskOffering: "cloudstack:storage:DiskOffering",
  storagePool: "cloudstack:storage:StoragePool",
  limits: "cloudstack:identity:ResourceLimits",
  account: "cloudstack:identity:Account",
  domain: "cloudstack:identity:Domain",
  setting: "cloudstack:management:Setting",
  pool: "ceph:pool:Pool",
} as const;

type Token = keyof typeof token;

/** A resource that refers to others by what is not known yet, as in a preview of everything new. */
function make(
  kind: Token,
  name: string,
  props: object = {},
  refers: Record<string, [Token, string]> = {},
): Description {
  const ids = Object.fromEntries(Object.keys(refers).map((property) => [property, unknown]));
  const dependencies = Object.entries(refers).map(([property, [to, other]]) => [property, [urnOf(token[to], other)]]);
  return {
    type: token[kind],
    name,
    props: { name, ...ids, ...props },
    dependencies: Object.fromEntries(dependencies),
  };
}

const size = (cpuNumber: number, memoryMib: number) => make("size", `${cpuNumber}c`, { cpuNumber, memoryMib });
const machine = (name: string, offering: string, tenant?: string, props: object = {}) =>
  make(
    "instance",
    name,
    { nics: [], rootDiskSizeGib: 20, ...(tenant !== undefined && { account: `strata-tenant-${tenant}` }), ...props },
    { serviceOfferingId: ["size", offering] },
  );
const profiles = [
  make("profile", "A100-8C", { videoRamMib: 8192 }),
  make("profile", "passthrough", { videoRamMib: 40_960 }),
  make("profile", "silent"),
];
const gpuSize = (profile: string, gpuCount = 1) =>
  make(
    "size",
    `${gpuCount}x-${profile}`,
    { cpuNumber: 2, memoryMib: 4096, gpuCount },
    { vgpuProfileId: ["profile", profile] },
  );

describe("quota-tenant-within-limits", () => {
  const most = { instances: 2, volumes: 3, cpus: 6, memoryMib: 24_576, primaryStorageGib: 90, gpus: 0 };
  const limits = (changes: object = {}) =>
    make("limits", "tenant-a", { account: "strata-tenant-a", limits: { ...most, ...changes } });
  const volume = make(
    "volume",
    "ai-a-data-01-data",
    { account: "strata-tenant-a", sizeGib: 50 },
    { diskOfferingId: ["diskOffering", "data"] },
  );
  const full = [size(2, 8192), size(4, 16_384), machine("ai-a-01", "2c", "a"), machine("ai-a-02", "4c", "a"), volume];

  test("takes what fits to the last, and does not count what is others'", async () => {
    const { violations, undecided } = await judge(tenantWithinLimits, [...full, machine("x", "4c", "b"), limits()]);
    expect([violations, undecided]).toEqual([[], []]);
  });

  test.each([
    [{ instances: 1 }, "tenant a has 2 machines, and the limit is 1"],
    [{ volumes: 2 }, "tenant a has 3 volumes, and the limit is 2"],
    [{ cpus: 5 }, "tenant a has 6 vCPU, and the limit is 5"],
    [{ memoryMib: 16_384 }, "tenant a has 24576 MiB of memory, and the limit is 16384"],
    [{ primaryStorageGib: 89 }, "tenant a has 90 GiB of primary storage, and the limit is 89"],
  ])("refuses %j", async (changes, reason) => {
    expect((await judge(tenantWithinLimits, [...full, limits(changes)])).violations).toEqual([`tenant-a: ${reason}`]);
  });

  test("counts GPUs", async () => {
    const gpu = [...profiles, gpuSize("A100-8C", 2), machine("ai-a-01", "2x-A100-8C", "a")];
    const { violations } = await judge(tenantWithinLimits, [...gpu, limits({ gpus: 1 })]);
    expect(violations).toEqual(["tenant-a: tenant a has 2 GPUs, and the limit is 1"]);
  });

  test("is undecided only in what is not known", async () => {
    const { dependencies: _, ...lost } = machine("ai-a-03", "2c", "a");
    const { violations, undecided } = await judge(tenantWithinLimits, [
      ...full,
      lost,
      limits({ instances: 3, volumes: 4, primaryStorageGib: 110 }),
    ]);
    expect(violations).toEqual([]);
    expect(undecided).toHaveLength(1);
    const over = await judge(tenantWithinLimits, [...full, lost, limits({ cpus: 5 })]);
    expect(over.violations).toContain("tenant-a: tenant a has 6 vCPU, and the limit is 5");
    const noDisk = await judge(tenantWithinLimits, [
      ...full.slice(0, 2),
      machine("m", "2c", "a", { rootDiskSizeGib: undefined }),
      limits(),
    ]);
    expect(noDisk.undecided).toHaveLength(1);
  });
});

describe("quota-tenant-gpu-memory", () => {
  const around = [...profiles, gpuSize("A100-8C", 1), gpuSize("passthrough", 1), gpuSize("silent", 1)];

  test("takes slices within the tenant's own, and leaves the platform alone", async () => {
    const own = [machine("ai-a-01", "1x-A100-8C", "a"), machine("ai-train-01", "1x-passthrough")];
    expect((await judge(tenantGpuMemory, [...around, ...own])).violations).toEqual([]);
  });

  test("refuses a whole card, and more slices than fit", async () => {
    expect((await judge(tenantGpuMemory, [...around, machine("m", "1x-passthrough", "a")])).violations).toEqual([
      "stack: tenant a has 40 GiB of GPU memory, and may have 24 GiB",
    ]);
    const three = [1, 2, 3].map((n) => machine(`m-${n}`, "1x-A100-8C", "d"));
    expect((await judge(tenantGpuMemory, [...around, ...three])).violations).toEqual([
      "stack: tenant d has 24 GiB of GPU memory, and may have 16 GiB",
    ]);
  });

  test("is undecided where a profile does not say its memory", async () => {
    const { violations, undecided } = await judge(tenantGpuMemory, [...around, machine("m", "1x-silent", "a")]);
    expect([violations.length, undecided.length]).toEqual([0, 1]);
  });
});

describe("limits", () => {
  const all = { instances: 1, volumes: 2, cpus: 2, memoryMib: 4096, primaryStorageGib: 40, gpus: 0 };

  test("are complete", async () => {
    expect((await judge(limitsComplete, [make("limits", "l", { limits: all })])).violations).toEqual([]);
  });

  test("name what they leave out or leave open", async () => {
    const { gpus: _, ...most } = all;
    expect((await judge(limitsComplete, [make("limits", "l", { limits: { ...most, cpus: -1 } })])).violations).toEqual([
      "l: l makes unlimited: cpus",
      "l: l has no limit for: gpus",
    ]);
  });

  test("are undecided where one is not known", async () => {
    const { violations, undecided } = await judge(limitsComplete, [
      make("limits", "l", { limits: { ...all, cpus: unknown, gpus: -1 } }),
    ]);
    expect([violations.length, undecided.length]).toEqual([1, 1]);
  });

  const domain = make("domain", "strata-tenant-a");
  const account = make("account", "strata-tenant-a", {}, { domainId: ["domain", "strata-tenant-a"] });
  const onDomain = make("limits", "on-domain", { limits: all }, { domainId: ["domain", "strata-tenant-a"] });
  const onAccount = make(
    "limits",
    "on-account",
    { limits: all, account: "strata-tenant-a" },
    { domainId: ["domain", "strata-tenant-a"] },
  );

  test("exist on account and domain", async () => {
    const { violations, undecided } = await judge(limitsExist, [domain, account, onDomain, onAccount]);
    expect([violations, undecided]).toEqual([[], []]);
  });

  test("are missed on either", async () => {
    expect((await judge(limitsExist, [domain, account, onDomain])).violations).toEqual([
      "strata-tenant-a: account strata-tenant-a has no limits",
    ]);
    expect((await judge(limitsExist, [domain, account, onAccount])).violations).toEqual([
      "strata-tenant-a: domain strata-tenant-a has no limits",
    ]);
  });

  test("may be of a domain that is not known", async () => {
    const { dependencies: _, ...lost } = onDomain;
    const { violations, undecided } = await judge(limitsExist, [domain, account, onAccount, lost]);
    expect([violations.length, undecided.length]).toEqual([0, 1]);
  });
});

describe("settings of the server", () => {
  const setting = (name: string, value: string) => make("setting", "s", { name, value });

  test("quota-overcommit", async () => {
    for (const [name, value] of [
      ["cpu.overprovisioning.factor", "2.0"],
      ["mem.overprovisioning.factor", "1"],
      ["x", "9"],
    ] as const) {
      expect((await judge(overcommit, [setting(name, value)])).violations).toEqual([]);
    }
    for (const [name, value] of [
      ["cpu.overprovisioning.factor", "3"],
      ["mem.overprovisioning.factor", "1.1"],
      ["mem.overprovisioning.factor", "many"],
    ] as const) {
      expect((await judge(overcommit, [setting(name, value)])).violations).toHaveLength(1);
    }
    const graded = await judge(overcommit, [setting("cpu.overprovisioning.factor", "2")], { pack: { csap: "상" } });
    expect(graded.violations).toHaveLength(1);
    expect((await judge(overcommit, [setting("mem.overprovisioning.factor", unknown)])).undecided).toHaveLength(1);
  });

  test("quota-storage-threshold", async () => {
    const [stop, warn] = ["pool.storage.capacity.disablethreshold", "cluster.storage.capacity.notificationthreshold"];
    expect((await judge(storageThreshold, [setting(stop, "0.8")])).violations).toEqual([]);
    for (const name of [stop, warn]) {
      expect((await judge(storageThreshold, [setting(name, "0.85")])).violations).toHaveLength(1);
    }
    expect((await judge(storageThreshold, [setting(stop, unknown)])).undecided).toHaveLength(1);
  });
});

describe("cards", () => {
  test("quota-slices-fit-card", async () => {
    const card = make("card", "a100", { videoRamMib: 40_960 });
    const slices = (videoRamMib: unknown, maxPerCard: number) =>
      make("profile", "p", { videoRamMib, maxPerCard }, { gpuCardId: ["card", "a100"] });
    expect((await judge(slicesFitCard, [card, slices(8192, 5)])).violations).toEqual([]);
    expect((await judge(slicesFitCard, [card, slices(8192, 6)])).violations).toEqual([
      "p: 6 × p are 49152 MiB, and a100 has 40960 MiB",
    ]);
    expect((await judge(slicesFitCard, [card, slices(20_480, 3)])).violations).toHaveLength(1);
    expect((await judge(slicesFitCard, [card, slices(unknown, 3)])).undecided).toHaveLength(1);
  });

  const whole = make("device", "card-0", { hostId: "h", busAddress: "0000:3b:00.0", type: "VGPUOnly" });
  const slice = (n: number, profile: string) =>
    make(
      "device",
      `slice-${n}`,
      { hostId: "h" },
      { parentGpuDeviceId: ["device", "card-0"], vgpuProfileId: ["profile", profile] },
    );
  const [two, four] = [make("profile", "20C", { maxPerCard: 2 }), make("profile", "10C", { maxPerCard: 4 })];

  test("quota-one-slice-size", async () => {
    const base = [whole, two, four];
    expect((await judge(oneSliceSize, [...base, slice(1, "20C"), slice(2, "20C")])).violations).toEqual([]);
    expect((await judge(oneSliceSize, [...base, slice(1, "20C"), slice(2, "10C")])).violations).toEqual([
      "slice-1: card card-0 is cut in slices of 10C and 20C",
    ]);
    expect((await judge(oneSliceSize, [...base, ...[1, 2, 3].map((n) => slice(n, "20C"))])).violations).toEqual([
      "slice-1: card card-0 has 3 slices of 20C, and gives 2",
    ]);
    const { dependencies: _, ...lost } = slice(1, "20C");
    expect((await judge(oneSliceSize, [...base, lost])).undecided).toHaveLength(1);
  });

  test("quota-gpu-supply", async () => {
    const base = [...profiles, gpuSize("A100-8C"), gpuSize("passthrough", 2)];
    const machines = (count: number, offering: string) =>
      Array.from({ length: count }, (_, n) => machine(`m-${n}`, offering, "a"));
    expect((await judge(gpuSupply, [...base, ...machines(5, "1x-A100-8C")])).violations).toEqual([]);
    expect((await judge(gpuSupply, [...base, ...machines(6, "1x-A100-8C")])).violations).toEqual([
      "stack: 6 × A100-8C are given to machines, and there are 5",
    ]);
    expect((await judge(gpuSupply, [...base, ...machines(5, "2x-passthrough")])).violations).toEqual([
      "stack: 10 × passthrough are given to machines, and there are 8",
    ]);
    const { dependencies: _, ...lost } = machine("m", "1x-A100-8C");
    expect((await judge(gpuSupply, [...base, lost])).undecided).toHaveLength(1);
  });

  test("quota-no-time-slicing", async () => {
    const base = [...profiles, make("profile", "A100-timesliced"), gpuSize("A100-8C"), gpuSize("A100-timesliced")];
    const shared = machine("m", "1x-A100-timesliced", "a");
    const byHand = machine("m", "1x-A100-8C", "a", { userData: "runcmd:\n  - nvidia-cuda-mps-control -d" });
    expect((await judge(noTimeSlicing, [...base, machine("m", "1x-A100-8C", "a")])).violations).toEqual([]);
    expect((await judge(noTimeSlicing, [...base, machine("m", "1x-A100-timesliced")])).violations).toEqual([]);
    expect((await judge(noTimeSlicing, [...base, shared])).violations).toEqual([
      "m: m has A100-timesliced, a card shared by time",
    ]);
    expect((await judge(noTimeSlicing, [...base, byHand])).violations).toHaveLength(1);
    const { dependencies: _, ...lost } = shared;
    expect((await judge(noTimeSlicing, [...base, lost])).undecided).toHaveLength(1);
  });

  test("quota-passthrough-exclusive", async () => {
    const given = (n: number, address: string, hostId = "h1") =>
      make("hostDevice", `d-${n}`, { hostId, busAddresses: [address] }, { instanceId: ["instance", `m-${n}`] });
    const apart = [given(1, "3b:00.0"), given(2, "af:00.0"), given(3, "3b:00.0", "h2")];
    expect((await judge(passthroughExclusive, apart)).violations).toEqual([]);
    expect((await judge(passthroughExclusive, [given(1, "3b:00.0"), given(2, "0000:3B:00.0")])).violations).toEqual([
      "d-2: device 0000:3B:00.0 is in d-1 and in d-2",
    ]);
    const open = { ...whole, props: { ...whole.props, type: "PCI" } };
    expect((await judge(passthroughExclusive, [whole, slice(1, "20C"), two])).violations).toEqual([]);
    expect((await judge(passthroughExclusive, [open, slice(1, "20C"), two])).violations).toEqual([
      "card-0: card card-0 is given away whole and, as slice-1, in slices",
    ]);
    expect((await judge(passthroughExclusive, [given(1, unknown)])).undecided).toHaveLength(1);
  });

  test("quota-burst-within-pool", async () => {
    const base = [...profiles, gpuSize("A100-8C"), gpuSize("passthrough"), machine("m-a", "1x-A100-8C", "a")];
    const pool = machine("ai-train-01", "1x-passthrough");
    expect((await judge(burstWithinPool, [...base, pool])).violations).toEqual([]);
    expect((await judge(burstWithinPool, base)).violations).toEqual([
      "stack: tenant a may burst to 40 GiB, and its own and the platform's cards are 8 GiB",
    ]);
    const more = await judge(burstWithinPool, [...base, pool], { settings: { burstGib: { a: 49 } } });
    expect(more.violations).toHaveLength(1);
    const { dependencies: _, ...lost } = pool;
    const open = await judge(burstWithinPool, [...base, lost]);
    expect([open.violations.length, open.undecided.length]).toEqual([0, 1]);
  });
});

describe("Ceph", () => {
  const pool = (name: string, props: object) => make("pool", name, { size: 3, crushRule: "ssd", ...props });
  const rule = { type: "ceph:pool:CrushRule", name: "ssd", props: { name: "ssd", deviceClass: "ssd" } };
  const coded = {
    type: "ceph:pool:ErasureCodeProfile",
    name: "ec",
    props: { name: "ec", k: 4, m: 2, crushDeviceClass: "hdd" },
  };
  const archive = (quotaGib: number) =>
    make("pool", "archive", { type: "erasure", erasureCodeProfile: "ec", quotaGib });

  test("quota-ceph-limited", async () => {
    const filesystem = { type: "ceph:fs:Filesystem", name: "f", props: { name: "f", quotaGib: 0 } };
    const owner = { type: "ceph:rgw:RgwUser", name: "u", props: { uid: "u" } };
    expect((await judge(cephLimited, [pool("p", { quotaGib: 1 })])).violations).toEqual([]);
    expect((await judge(cephLimited, [pool("p", {}), filesystem, owner])).violations).toEqual([
      "p: p has no quota",
      "f: f has no quota",
      "u: u has no quota",
    ]);
    expect((await judge(cephLimited, [pool("p", { quotaGib: unknown })])).undecided).toHaveLength(1);
  });

  test("quota-ceph-raw-capacity", async () => {
    const base = [rule, coded];
    expect((await judge(cephRawCapacity, [...base, pool("p", { quotaGib: 5120 }), archive(5120)])).violations).toEqual(
      [],
    );
    expect((await judge(cephRawCapacity, [...base, pool("p", { quotaGib: 5121 })])).violations).toEqual([
      "stack: ssd: quotas take 15363 GiB of raw capacity, and there are 15360 GiB",
    ]);
    expect((await judge(cephRawCapacity, [...base, archive(6000)])).violations).toEqual([
      "stack: hdd: quotas take 9000 GiB of raw capacity, and there are 7680 GiB",
    ]);
    const anywhere = make("pool", "p", { size: 3, quotaGib: 8000 });
    expect((await judge(cephRawCapacity, [anywhere])).violations[0]).toContain("Ceph: quotas take 24000 GiB");
    const left = await judge(cephRawCapacity, [...base, pool("p", { quotaGib: 1, size: undefined })]);
    expect([left.violations.length, left.undecided.length]).toEqual([0, 1]);
  });

  test("quota-storage-headroom", async () => {
    const base = [
      pool("tenant-a-data", { quotaGib: 100 }),
      make("storagePool", "sp", { pool: "tenant-a-data", storageTags: ["tenant-a"] }),
      make("diskOffering", "d", { storageTags: ["tenant-a"] }),
      make("diskOffering", "other", { storageTags: ["system"] }),
    ];
    const volume = (n: number, sizeGib: number | string, offering = "d") =>
      make("volume", `v-${n}`, { sizeGib }, { diskOfferingId: ["diskOffering", offering] });
    const fits = [volume(1, 40), volume(2, 40), volume(3, 40, "other")];
    expect((await judge(storageHeadroom, [...base, ...fits])).violations).toEqual([]);
    expect((await judge(storageHeadroom, [...base, volume(1, 40), volume(2, 41)])).violations).toEqual([
      "tenant-a-data: volumes fill 81 of the 100 GiB of tenant-a-data, and may fill 80",
    ]);
    const half = await judge(storageHeadroom, [...base, volume(1, 51)], { settings: { percent: 50 } });
    expect(half.violations).toHaveLength(1);
    expect((await judge(storageHeadroom, [...base, volume(1, unknown)])).undecided).toHaveLength(1);
  });
});
