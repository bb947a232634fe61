import { afterAll, beforeAll, expect, test } from "vitest";
import { demoGpuSeed } from "../../emulator/cloudstack/seeds/platforms.ts";
import { loadProfile } from "../../src/config/profile.ts";
import { planProfile } from "../../src/plan/plan.ts";
import { type RequiredMachine, requirements } from "../requirements/profiles.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack, type Run } from "../support/engine.ts";
import { complaintOf, succeeded } from "../support/runs.ts";

/** demo-gpu on ABLESTACK Mold, which has no GPU API: machines get PCI devices of the host, by stop, details, allocation, start. */

const cards = ["0000:17:00", "0000:31:00", "0000:b1:00", "0000:ca:00"];
/** Virtual functions of the card that is cut up, as the host shows them: function 0 is the card itself. */
const slices = [1, 2, 3, 4, 5].map((number) => `${cards[1]}.${number}`);
const devices = cards.map((card, index) => ({ address: `${card}.0`, slices: index === 1 ? slices : [] }));

/** What the plan gives to whom, by the requirements' profile. */
const { machines } = requirements["demo-gpu"] as { machines: Record<string, RequiredMachine> };
const shared = Object.keys(machines).filter((name) => machines[name]?.gpu !== undefined);

const setting = "enable.additional.vm.configuration";
const gpus = [{ card: "A100-40", count: 4, numa: [0, 0, 1, 1], devices }];
const gpuHost = { server: "gpu", gpus };
/** The zone's other hosts by their names, so that machines without a card start where the plan has them, too. */
const cpuHost = (server: string) => ({ server, cores: 16, memory: "64 GiB" });
const cpuHosts = { cpu: null, "cpu-1": cpuHost("cpu-1"), "cpu-2": cpuHost("cpu-2") };
const siteOf = (gpu: object) => ({ infrastructure: { hosts: { gpu, ...cpuHosts } } });
const site = siteOf(gpuHost);
/** Of the machines with cards, and a little for the server's own: no room for others. */
const gpuCores = 20;

let cloud: Cloud;
let stack: EngineStack;
let seeded: Record<string, Row[]>;

beforeAll(async () => {
  const hosts = demoGpuSeed.hosts.map((host) => {
    const pciDevices = slices.map((name) => ({ name: `${name} 3D controller`, text: "GA100 [A100 PCIe 40GB] (VF)" }));
    return host.gpus === undefined ? host : { ...host, pciDevices, cores: gpuCores };
  });
  cloud = await Cloud.start({ flavor: "mold", seed: { ...demoGpuSeed, hosts } });
  stack = new EngineStack({ profile: "demo-gpu", env: cloud.env });
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

/** Devices that instances were started with last, and those that are allocated to somebody. */
async function given(): Promise<{ running: Record<string, string[]>; allocated: number }> {
  const starts = await cloud.control<{ name: string; state: string; host?: string; devices: string[] }[]>(
    "GET",
    "starts",
  );
  const running = starts.filter(({ devices: own, state }) => state === "Running" && own.length > 0);
  const inventory = await cloud.inventory();
  const allocated = (inventory.hostDevices ?? []).filter(({ instanceId }) => instanceId !== undefined).length;
  return { running: Object.fromEntries(running.map(({ name, devices: own }) => [name, own])), allocated };
}

test("a site that names no devices, a host that is not there, or a forbidding server is told so in preview", async () => {
  const unnamed = complaintOf(await stack.preview());
  expect(unnamed).toMatch(/has 2 mistakes/);
  expect(unnamed).toContain(`setting ${setting} = "false"`);
  expect(unnamed).toContain(`set ${setting} to true`);
  expect(unnamed).toMatch(/infrastructure\.hosts\s+rule: .* name those of .*3 × passthrough of A100-40/);
  expect(unnamed).toContain("give the hosts a count of 1, their names on the server and their cards' devices");

  await cloud.by("updateConfiguration", { name: setting, value: "true" });
  seeded = await cloud.inventory();
  stack.overrides = siteOf({ server: "gpu-9", gpus });
  expect(complaintOf(await stack.preview())).toMatch(
    /infrastructure\.hosts = "gpu-9"\s+rule: a host of the server: cpu-1, cpu-2, gpu/,
  );
  expect(await cloud.inventory()).toEqual(seeded);
  stack.overrides = site;
});

const steps: [step: string, command: string, kind: "error" | "job-failure"][] = [
  ["stop", "stopVirtualMachine", "job-failure"],
  ["details", "updateVirtualMachine", "error"],
  ["allocation", "updateHostDevices", "error"],
  ["start", "startVirtualMachine", "job-failure"],
];

test.each(steps)(
  "one whose %s fails is as it was before, and what others have is whole",
  async (step, command, kind) => {
    const text = `the ${step} was refused`;
    await cloud.fault(command, { kind, text });
    const run = await stack.up();
    const complaint = complaintOf(run);
    expect(complaint).toContain(`${command}: ${text}`);
    expect(complaint).toContain("everything was taken back, the instance is as it was: mend the cause");
    const name = failedIn(run);
    expect(shared).toContain(name);
    const machine = await cloud.find("listVirtualMachines", name);
    expect(machine).toMatchObject({ state: "Running" });
    expect(JSON.stringify([machine.details, machine.tags])).not.toMatch(/extraconfig|pulumi\.restart/);
    const { running, allocated } = await given();
    expect(Object.keys(running)).not.toContain(name);
    expect(allocated).toBe(Object.values(running).flat().length);
  },
);

test("one that cannot be taken back is named, and the next `up` starts it", async () => {
  await cloud.fault("startVirtualMachine", { kind: "job-failure", text: "the host is asleep", times: 2 });
  const run = await stack.up();
  expect(complaintOf(run)).toMatch(
    /not taken back: start the instance: startVirtualMachine: the host is asleep[\s\S]*goes on from what it finds/,
  );
  expect(await cloud.find("listVirtualMachines", failedIn(run))).toMatchObject({ state: "Stopped" });
});

test("after all that it goes up: each with the devices of its share, on their host, and nobody else's", async () => {
  succeeded(await stack.up());
  const { running, allocated } = await given();
  const counts = Object.entries(running).map(([name, own]) => [name, own.length]);
  expect(Object.fromEntries(counts)).toEqual(
    Object.fromEntries(shared.map((name) => [name, machines[name]?.gpu?.[1]])),
  );
  const all = Object.values(running).flat();
  expect(new Set(all).size).toBe(all.length);
  expect(allocated).toBe(all.length);
  for (const [name, own] of Object.entries(running)) {
    const isWhole = machines[name]?.gpu?.[0] === "passthrough";
    for (const address of own) expect(address.endsWith(".0")).toBe(isWhole);
    expect(await cloud.find("listVirtualMachines", name)).toMatchObject({ hostname: "gpu", state: "Running" });
  }
});

test("machines stand on the hosts of the plan, which the server by itself knows nothing of", async () => {
  const { placement } = planProfile(loadProfile({ profile: "demo-gpu", overrides: site }));
  const rows = await cloud.list("listVirtualMachines");
  const found = Object.fromEntries(rows.map(({ name, hostname }) => [name, hostname]));
  expect(found).toEqual(Object.fromEntries((placement?.places ?? []).map(({ machine, host }) => [machine, host])));
});

test("an older machine that gives a card back leaves the others theirs: nobody else is stopped for it", async () => {
  const { running: before } = await given();
  stack.overrides = { ...site, sharedAi: { machines: { "ai-train-01": { gpu: { count: 1 } } } } };
  const { changes, text } = succeeded(await stack.up());
  expect(changes.filter(({ type }) => type === "cloudstack:gpu:HostDevice").map(({ name }) => name)).toEqual([
    "ai-train-01",
  ]);
  expect(text).not.toContain("it is stopped and started for it");
  const { running: after } = await given();
  expect({ ...after, "ai-train-01": [] }).toEqual({ ...before, "ai-train-01": [] });
  expect(before["ai-train-01"]).toEqual(expect.arrayContaining(after["ai-train-01"] ?? []));
  expect(after["ai-train-01"]).toHaveLength(1);
});

test("it stays quiet, and goes down without a trace: no device stays allocated", async () => {
  expect(succeeded(await stack.preview()).changes).toEqual([]);
  expect(succeeded(await stack.refresh()).drift).toEqual([]);
  await cloud.forgetCalls();
  succeeded(await stack.destroy());
  expect(await cloud.inventory()).toEqual(seeded);
  // A machine that goes gives its devices back: it is not stopped and started for that first.
  const { byCommand } = await cloud.calls();
  expect(byCommand).not.toHaveProperty("stopVirtualMachine");
  expect(byCommand).not.toHaveProperty("startVirtualMachine");
});

/** The machine whose devices failed. */
function failedIn({ text }: Run): string {
  return /cloudstack:gpu:HostDevice \(([\w-]+)\):/.exec(text)?.[1] ?? "none";
}
