import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { demoGpuSeed } from "../../emulator/cloudstack/seeds/platforms.ts";
import { Cloud } from "../support/cloud.ts";
import { complaints, examined, findingsOf } from "./doctor-support.ts";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "demo-gpu" });
});
beforeEach(() => cloud.control("POST", "reset"));
afterAll(() => Promise.all([cloud, ...others].map((one) => one.close())));

/** Clouds of single tests. */
const others: Cloud[] = [];
async function startOther(options: Parameters<typeof Cloud.start>[0]): Promise<Cloud> {
  const other = await Cloud.start(options);
  others.push(other);
  return other;
}

test("a GPU in Error, and the shares that are missing without it", async () => {
  await cloud.control("POST", "gpus", { host: "gpu", address: "0000:b1:00.0", state: "Down" });
  const report = await examined({ profile: "demo-gpu", cloud });
  expect(report.worst).toBe("blocking");
  expect(findingsOf(report, "gpu-devices").filter(({ state }) => state !== "ok")).toMatchObject([
    {
      state: "blocking",
      asked: "free A100-40, whole",
      value: "2 of 3 (gpu 2)",
      rule: expect.stringContaining("3 for"),
    },
    {
      state: "fixable",
      value: "in Error: gpu 0000:b1:00.0",
      remedy: expect.stringMatching(/cmk discover gpudevices id=/),
    },
  ]);
  expect(findingsOf(report, "placement")).toMatchObject([{ state: "blocking" }]);
});

test("devices that the server does not manage are named, with the command", async () => {
  const devices = await cloud.rows("listGpuDevices");
  const whole = devices.filter(({ gpudevicetype, vgpuprofilename }) => {
    return gpudevicetype === "PCI" && vgpuprofilename === "passthrough";
  });
  const id = String(whole[0]?.id);
  await cloud.by("unmanageGpuDevice", { ids: id });
  const report = await examined({ profile: "demo-gpu", cloud });
  expect(findingsOf(report, "gpu-devices").find(({ state }) => state !== "ok")).toMatchObject({
    state: "fixable",
    remedy: `cmk manage gpudevice ids=${id}`,
  });
});

test("a profile that the server calls otherwise, or a server without GPUs", async () => {
  const without = await Cloud.start({ seed: "default" });
  const report = await examined({ profile: "demo-gpu", cloud: without });
  expect(findingsOf(report, "gpu-devices")[0]).toMatchObject({
    state: "fixable",
    value: expect.stringMatching(/^the server has no profile \S+ of card 10de:20f1$/),
    remedy: expect.stringContaining("infrastructure.gpu.cards"),
  });
  expect(report.worst).toBe("blocking");
  expect(complaints(report).map(({ check }) => check)).toEqual(expect.arrayContaining(["hosts", "placement"]));
  await without.close();
});

test("the zone's count of cards and slices is held against what the plan lacks of them (P5.2)", async () => {
  const asked = "cards and slices of the zone";
  const enough = await examined({ profile: "demo-gpu", cloud });
  // Five slices and three whole cards; three slices and three cards are asked for.
  expect(findingsOf(enough, "capacity")).toContainEqual(
    expect.objectContaining({ asked, state: "ok", value: "8 of 8 cards and slices free, 6 needed" }),
  );
  for (const address of ["0000:17:00.0", "0000:b1:00.0", "0000:ca:00.0"]) {
    await cloud.control("POST", "gpus", { host: "gpu", address, state: "Down" });
  }
  const short = await examined({ profile: "demo-gpu", cloud });
  expect(findingsOf(short, "capacity")).toContainEqual(
    expect.objectContaining({ asked, state: "blocking", rule: "6 cards and slices for what is not there yet" }),
  );
});

test("a server that counts no GPUs is not asked for their capacity", async () => {
  const mold = await startOther({ seed: "demo-gpu", flavor: "mold" });
  const findings = findingsOf(await examined({ profile: "demo-gpu", cloud: mold }), "capacity");
  expect(findings.map(({ asked }) => asked)).toEqual([
    "memory of the zone",
    "processors of the zone",
    "public addresses",
  ]);
});

/** demo-gpu with other slices on the first card. */
async function cutUp(...slices: [profile: string, count: number, memoryGib: number][]): Promise<Cloud> {
  const cards = slices.map(([profile, count, memoryGib]) => {
    return { profile, count, memoryMib: memoryGib * 1024, maxPerCard: count };
  });
  const hosts = demoGpuSeed.hosts.map(({ gpus, ...host }) => {
    if (gpus === undefined) return host;
    return { ...host, gpus: gpus.map((gpu, index) => (index === 0 ? { ...gpu, slices: cards } : gpu)) };
  });
  return startOther({ seed: { ...demoGpuSeed, hosts } });
}

const all = "12 machines fit on 3 hosts by vCPU, memory and cards";
const ml = ["a", "b", "c"].map((key) => [key, `ai-${key}-ml-01`] as const);
const tenantsWith = (gpu: object) => ({
  tenants: Object.fromEntries(ml.map(([key, name]) => [key, { machines: { [name]: { gpu } } }])),
});

test("MIG instances are cards like others: they are given out, and what is whole is still counted", async () => {
  const mig = await cutUp(["A100-1-5C", 7, 5]);
  const overrides = tenantsWith({ mode: "mig", memory: "5 GiB" });
  const report = await examined({ profile: "demo-gpu", cloud: mig, overrides });
  expect(findingsOf(report, "placement")).toMatchObject([{ state: "ok", value: all }]);

  // Nobody of the plan wants instances: the card is not free for that, and the slices are missing.
  const without = await examined({ profile: "demo-gpu", cloud: mig });
  expect(findingsOf(without, "placement").map(({ state }) => state)).toContain("blocking");
});

test("slices of several sizes on one card are each what they are", async () => {
  const mixed = await cutUp(["A100-8C", 3, 8], ["A100-4C", 4, 4]);
  const report = await examined({ profile: "demo-gpu", cloud: mixed });
  expect(findingsOf(report, "placement")).toMatchObject([{ state: "ok", value: all }]);
});

test("a card that is only there for its slices is no whole card, also while it has none", async () => {
  const bare = await cutUp();
  const overrides = { sharedAi: { machines: { "ai-train-01": { gpu: { count: 3 } } } } };
  const hosts = { infrastructure: { hosts: { gpu: { gpus: [{ card: "A100-40", count: 8 }] } } } };
  const report = await examined({ profile: "demo-gpu", cloud: bare, overrides: { ...overrides, ...hosts } });
  const blocked = findingsOf(report, "placement").filter(({ state }) => state === "blocking");
  // Three whole cards for four that are wanted, and no slice.
  expect(blocked.map(({ asked }) => asked).sort()).toHaveLength(4);
});
