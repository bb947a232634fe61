import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Cloud } from "../support/cloud.ts";
import { complaints, examined, findingsOf } from "./doctor-support.ts";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "demo-gpu" });
});
beforeEach(() => cloud.control("POST", "reset"));
afterAll(() => cloud.close());

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
