import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { expectNoLeftovers } from "../support/leftovers.ts";
import { complaintOf, succeeded } from "../support/runs.ts";

/** demo-gpu on cards that are too few, of another kind, or broken: said as early as it can be known, and nothing lost. */

let cloud: Cloud;
let seeded: Record<string, Row[]>;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "demo-gpu" });
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: cloud.env, profile: "demo-gpu" });
});

beforeEach(async () => {
  stack.overrides = undefined;
  await cloud.forgetCalls();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

/** What the preview complains of, which asks the server nothing where the profile alone shows the mistake. */
async function refused(infrastructure: object, more: object = {}): Promise<string> {
  stack.overrides = { infrastructure, ...more };
  return complaintOf(await stack.preview());
}

const setGpu = (address: string, state: "Up" | "Down") =>
  cloud.control("POST", "gpus", { host: "gpu", address, state });

test("more machines than cards: preview says who goes without, what each host has, and what would fit; no call is made", async () => {
  const complaint = await refused({ hosts: { gpu: { gpus: [{ card: "A100-40", count: 3 }] } } });
  expect(complaint).toMatch(/The placement on the hosts of infrastructure\.hosts has/);
  expect(complaint).toMatch(/machines\[ai-[\w-]+\] = "\d vCPU, \d+ GiB, .*(A100-40|card|slice)/);
  expect(complaint).toMatch(/rule: a place on one of the hosts; there is none in any arrangement\..*gpu: /);
  expect(complaint).toMatch(/remedy: .*one more host like gpu/);
  expect((await cloud.calls()).byCommand).toEqual({});
});

test("no legal partition: three instances of 20 GiB do not go onto one card, which has places for two; no call is made", async () => {
  const gpu = { mode: "mig", memory: "20 GiB" };
  const tenants = Object.fromEntries(
    ["a", "b", "c"].map((key) => [key, { machines: { [`ai-${key}-ml-01`]: { gpu } } }]),
  );
  const complaint = await refused({}, { tenants });
  expect(complaint).toMatch(/machines\[ai-[abc]-ml-01\] = ".*1 MIG .*20 GiB/);
  expect(complaint).toMatch(/card \d MIG 3g\.20gb@0 3g\.20gb@4/);
  expect((await cloud.calls()).byCommand).toEqual({});
});

test("cards that the server calls otherwise: preview says what it has instead, and nothing is made", async () => {
  const vgpu = [{ name: "NVIDIA A100-8Q", memory: "8 GiB", perCard: 5 }];
  const card = { model: "A100-40", vendorId: "10de", deviceId: "20f1", memory: "40 GiB", vgpu };
  const complaint = await refused({ gpu: { cards: [card] } });
  expect(complaint).toContain("NVIDIA A100-8Q of 10de:20f1");
  expect(complaint).toMatch(/there are: .*GA100 \[A100 PCIe 40GB\] \[10de:20f1\] A100-8C; .*passthrough/);
  expect(await cloud.inventory()).toEqual(seeded);
});

const whole = ["0000:31:00.0", "0000:b1:00.0", "0000:ca:00.0"];

test("cards that are broken: the machine is refused with what the hosts have, all else stands, and `up` finishes once they are back", async () => {
  for (const address of whole.slice(0, 2)) await setGpu(address, "Down");
  const complaint = complaintOf(await stack.up());
  expect(complaint).toContain("cloudstack:compute:Instance (ai-train-01)");
  expect(complaint).toMatch(/error 533, job /);
  expect(complaint).toMatch(
    /It asks for 2 free GPU devices of passthrough \(.*A100.*\) on one host, and the hosts have: gpu (1 Free|1 Allocated|2 Error), (1 Free|1 Allocated|2 Error)\./,
  );
  expect(complaint).toContain("A device in Error is one that its host reports no more");
  await expectNoLeftovers(cloud, stack, seeded);

  for (const address of whole.slice(0, 2)) await setGpu(address, "Up");
  succeeded(await stack.up());
  await expectNoLeftovers(cloud, stack, seeded);
});

test("a card that breaks under a machine changes nothing for it until it is started anew, which says why it cannot be", async () => {
  const { id } = await cloud.find("listVirtualMachines", "ai-infer-01");
  const [device] = await cloud.rows("listGpuDevices", { virtualmachineid: id });
  const address = String(device?.busaddress);
  await setGpu(address, "Down");
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);

  stack.overrides = { sharedAi: { machines: { "ai-infer-01": { memory: "32 GiB" } } } };
  const complaint = complaintOf(await stack.up());
  expect(complaint).toContain("cloudstack:compute:Instance (ai-infer-01)");
  expect(complaint).toMatch(
    /It asks for 1 free GPU device of passthrough .*: gpu (2 Allocated, 1 Error|1 Error, 2 Allocated)\./,
  );

  await setGpu(address, "Up");
  succeeded(await stack.up());
  expect(await cloud.find("listVirtualMachines", "ai-infer-01")).toMatchObject({ id, state: "Running", memory: 32768 });
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
});

test("it goes down without a trace", async () => {
  succeeded(await stack.destroy());
  expect(await cloud.inventory()).toEqual(seeded);
});
