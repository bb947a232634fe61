import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RequiredMachine, requirements } from "../requirements/profiles.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { succeeded } from "../support/runs.ts";

/**
 * The zone of the recordings has cards that no catalogue knows (`MockAgentManagerImpl`): whole ones, and ones that are in
 * slices of three sizes each. The profiles deploy there by overrides alone.
 */

/** The planner gives a card to one size, so `perCard` is how many slices of that size each card has here. */
const cards = [
  { model: "sim-basic", vendorId: "1234", deviceId: "5678", memory: "40 GiB" },
  {
    model: "sim-pro",
    vendorId: "1234",
    deviceId: "89ab",
    memory: "16 GiB",
    passthrough: false,
    vgpu: [
      { name: "sim-8q", memory: "8 GiB", perCard: 1 },
      { name: "sim-4q", memory: "4 GiB", perCard: 1 },
      { name: "sim-2q", memory: "2 GiB", perCard: 2 },
    ],
  },
];
const gpus = [
  { card: "sim-basic", count: 4 },
  { card: "sim-pro", count: 4 },
];
const zone = {
  hypervisor: "Simulator",
  template: "CentOS 5.6 (64-bit) no GUI (Simulator)",
  cpuSpeedMhz: 500,
  gpu: { cards },
  hosts: { gpu: { count: 2, cores: 80, memory: "240 GiB", gpus }, cpu: { count: 2, cores: 80, memory: "240 GiB" } },
  overcommit: { cpu: 1, memory: 1 },
};

/** What the zone calls the slices of the documents. */
const names: Record<string, string> = { "A100-8C": "sim-8q", "A100-4C": "sim-4q", passthrough: "passthrough" };

/** No machine has more cores than its host really has, however much is promised beyond: four. */
function smaller(...machines: string[]) {
  return { sharedAi: { machines: Object.fromEntries(machines.map((name) => [name, { cpus: 4 }])) } };
}

const sites: [profile: "demo-gpu" | "enterprise", overrides: object][] = [
  ["demo-gpu", { infrastructure: zone, ...smaller("ai-train-01") }],
  // It has no Ceph: tenants' volumes lie in the zone's own primary storage.
  ["enterprise", { infrastructure: { ...zone, ceph: null }, ...smaller("ai-train-01", "ai-train-02") }],
];

describe.each(sites)("%s in the zone of the recordings", (profile, overrides) => {
  let cloud: Cloud;
  let stack: EngineStack;
  let seeded: Record<string, Row[]>;

  beforeAll(async () => {
    cloud = await Cloud.start({ seed: "simulator" });
    seeded = await cloud.inventory();
    stack = new EngineStack({ env: cloud.env, profile, overrides });
  });

  afterAll(async () => {
    stack.remove();
    await cloud.close();
  });

  test("goes up, every machine with the share that it asks for", async () => {
    succeeded(await stack.up());
    const rows = await cloud.list("listVirtualMachines");
    const found = rows.map(({ name, state, gpucount, vgpuprofilename }) => {
      return [name, { state, gpu: gpucount === undefined ? undefined : [vgpuprofilename, Number(gpucount)] }];
    });
    const { machines } = requirements[profile] as { machines: Record<string, RequiredMachine> };
    const asked = Object.entries(machines).map(([name, { gpu }]) => {
      return [name, { state: "Running", gpu: gpu && [names[gpu[0]], gpu[1]] }];
    });
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(asked));
  });

  test("gives each the devices of its own host, and nobody else's", async () => {
    const devices = (await cloud.rows("listGpuDevices")).filter(({ state }) => state === "Allocated");
    for (const { name, hostid, id, gpucount } of await cloud.list("listVirtualMachines")) {
      const own = devices.filter(({ virtualmachineid }) => virtualmachineid === id);
      expect(own.map((device) => device.hostid)).toEqual(Array.from({ length: Number(gpucount ?? 0) }, () => hostid));
      const asked = requirements[profile]?.machines[String(name)]?.gpu;
      for (const { vgpuprofilename } of own) expect(vgpuprofilename).toBe(names[String(asked?.[0])]);
    }
  });

  test("shows no change and no drift afterwards, and goes down without a trace", async () => {
    expect(succeeded(await stack.preview()).changes).toEqual([]);
    expect(succeeded(await stack.refresh()).drift).toEqual([]);
    succeeded(await stack.destroy());
    expect(await cloud.inventory()).toEqual(seeded);
  });
});
