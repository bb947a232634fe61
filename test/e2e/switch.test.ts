import { afterAll, beforeAll, expect, test } from "vitest";
import { requirements } from "../requirements/profiles.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack, type Run } from "../support/engine.ts";
import { succeeded } from "../support/runs.ts";

/** One platform grows: demo-cpu → demo-gpu → enterprise on one stack. Only what differs changes, and data stays. */

let cloud: Cloud;
let ceph: CephCloud;
let stack: EngineStack;
let seeded: unknown;
const state = async () => ({ cloud: await cloud.inventory(), ceph: await ceph.inventory() });

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "enterprise" });
  ceph = await CephCloud.start({ seed: "enterprise" });
  stack = new EngineStack({ profile: "demo-cpu", env: { ...cloud.env, ...ceph.env } });
  seeded = await state();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
  await ceph.close();
});

interface Disk {
  id: string;
  gib: number;
  at: unknown;
  pool: unknown;
}

/** Data volumes by name. */
async function disks(): Promise<Record<string, Disk>> {
  const rows = (await cloud.list("listVolumes")).filter(({ type }) => type === "DATADISK");
  const disk = ({ id, size, vmname: at, storage: pool }: Row) => ({
    id: String(id),
    gib: Number(size) / 2 ** 30,
    at,
    pool,
  });
  return Object.fromEntries(rows.map((row) => [row.name, disk(row)]));
}

/** What must never be made anew: ids of who owns things, and of networks by their VLAN. */
async function walls() {
  const ids = async (command: string, key: (row: Row) => unknown) => {
    const rows = (await cloud.list(command)).map((row) => [key(row), row.id] as const);
    return Object.fromEntries(rows.filter(([name]) => name !== undefined));
  };
  const tenant = ({ name }: Row) => /tenant-\w$/.exec(String(name))?.[0];
  return {
    domains: await ids("listDomains", tenant),
    accounts: await ids("listAccounts", tenant),
    vpcs: await ids("listVPCs", () => "vpc"),
    networks: await ids("listNetworks", ({ vlan }) => vlan),
  };
}

const machineIds = async () =>
  Object.fromEntries((await cloud.list("listVirtualMachines")).map(({ name, id }) => [String(name), String(id)]));

/** Previews and makes the switch; both say the same, and neither replaces anything. */
async function change(profile: string): Promise<Run> {
  stack.useProfile(profile);
  const preview = await stack.preview();
  expect(preview.code).toBe(0);
  const run = succeeded(await stack.up());
  for (const { changes } of [preview, run]) {
    expect(changes.filter(({ op }) => op.includes("replace")).map(({ name, diff }) => [name, diff])).toEqual([]);
  }
  expect(preview.steps).toEqual(run.steps);
  return run;
}

const deleted = ({ changes }: Run) =>
  changes
    .filter(({ op }) => op === "delete")
    .map(({ name }) => name)
    .sort();

async function expectMachinesOf(profile: string): Promise<void> {
  const rows = await cloud.list("listVirtualMachines");
  const found = rows.map(({ name, state: is, cpunumber, memory, gpucount, vgpuprofilename }) => [
    name,
    [is, cpunumber, Number(memory) / 1024, gpucount === undefined ? undefined : [vgpuprofilename, Number(gpucount)]],
  ]);
  const { machines = {} } = requirements[profile] ?? {};
  const wanted = Object.entries(machines).map(([name, { vcpus, memoryGib, gpu }]) => [
    name,
    ["Running", vcpus, memoryGib, gpu],
  ]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
}

test("demo-cpu goes up", async () => {
  succeeded(await stack.up());
});

test("as demo-gpu it has its cards, and everything else is what it was", async () => {
  const before = { disks: await disks(), walls: await walls(), machines: await machineIds() };
  expect(Object.keys(before.walls.networks)).toHaveLength(8);
  const run = await change("demo-gpu");
  expect(deleted(run)).toEqual(["4c-16g", "ai-shared-01"]);
  await expectMachinesOf("demo-gpu");
  expect(await walls()).toEqual(before.walls);

  const { "ai-shared-01": _, ...stayed } = before.machines;
  expect(await machineIds()).toMatchObject(stayed);
  // Its data goes on with the machine that trains from now on.
  const { "ai-shared-01-data": checkpoints, ...kept } = before.disks;
  const moved = checkpoints && { "ai-train-01-data": { ...checkpoints, at: "ai-train-01" } };
  const now = await disks();
  expect(Object.keys(now).sort()).toEqual(Object.keys({ ...kept, ...moved }).sort());
  for (const [name, { id, gib, at }] of Object.entries({ ...kept, ...moved })) {
    expect(now[name]).toMatchObject({ id, at });
    expect(now[name]?.gib).toBeGreaterThanOrEqual(gib);
  }
  expect(now["ai-storage-01-data"]?.gib).toBe(280);
  expect((await stack.preview()).changes).toEqual([]);
});

/** Machines and data that have another name, and for data perhaps another machine, in enterprise. */
const renamedMachines = {
  "ai-a-ml-01": "ai-a-serve-01",
  "ai-b-ml-01": "ai-b-serve-01",
  "ai-c-ml-01": "ai-c-serve-01",
  "dqg-01": "dqg-validator-01",
};
const renamedDisks: Record<string, string> = {
  "ai-a-ml-01-data": "ai-a-serve-01-data",
  "ai-b-ml-01-data": "ai-b-serve-01-data",
  "ai-c-ml-01-data": "ai-c-train-01-data",
  "dqg-01-data": "dqg-validator-01-data",
};

test("as enterprise all its data has moved to the owners' own pools in Ceph, and nothing was made anew", async () => {
  const before = { disks: await disks(), walls: await walls(), machines: await machineIds() };
  const run = await change("enterprise");
  expect(deleted(run).filter((name) => !/^\d+c-/.test(name))).toEqual([]);
  await expectMachinesOf("enterprise");
  expect(await walls()).toEqual(before.walls);

  const carried = Object.entries(before.machines).map(([name, id]) => [
    renamedMachines[name as keyof typeof renamedMachines] ?? name,
    id,
  ]);
  expect(await machineIds()).toMatchObject(Object.fromEntries(carried));
  const now = await disks();
  for (const [name, { id, gib }] of Object.entries(before.disks)) {
    const disk = now[renamedDisks[name] ?? name];
    expect(disk, name).toMatchObject({ id });
    expect(disk?.gib).toBeGreaterThanOrEqual(gib);
  }
  for (const [name, { at, pool }] of Object.entries(now)) {
    expect(`${at}-data`).toBe(name);
    const [, tenant] = /^ai-([abc])-/.exec(name) ?? [];
    if (tenant !== undefined) expect(pool).toBe(`strata-tenant-${tenant}`);
    else expect(String(pool)).not.toContain("tenant");
  }
  expect(now["ai-registry-01-data"]?.pool).toBe("strata-model-registry");
});

test("it stays quiet, and goes down to the seed", async () => {
  expect(succeeded(await stack.preview()).changes).toEqual([]);
  expect(succeeded(await stack.refresh()).drift).toEqual([]);
  expect(succeeded(await stack.preview()).changes).toEqual([]);
  succeeded(await stack.destroy());
  expect(await state()).toEqual(seeded);
});
