import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CloudSeedName } from "../../emulator/cloudstack/seeds/seeds.ts";
import { type RequiredMachine, requirements } from "../requirements/profiles.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";

/** Profiles whose pools lie in Ceph. */
const withCeph = new Set(["enterprise", "civil-complaint"]);

// demo-cpu has tests of its own that look closer.
const profiles = Object.entries(requirements).filter(([profile]) => profile !== "demo-cpu");

describe.each(profiles)("%s", (profile, required) => {
  let cloud: Cloud;
  let ceph: CephCloud | undefined;
  let stack: EngineStack;
  let seeded: unknown;
  const state = async () => ({ cloud: await cloud.inventory(), ceph: await ceph?.inventory() });

  beforeAll(async () => {
    cloud = await Cloud.start({ seed: profile as CloudSeedName });
    ceph = withCeph.has(profile) ? await CephCloud.start({ seed: "enterprise" }) : undefined;
    stack = new EngineStack({ profile, env: { ...cloud.env, ...ceph?.env } });
    seeded = await state();
  });

  afterAll(async () => {
    stack.remove();
    await cloud.close();
    await ceph?.close();
  });

  async function run(operation: "preview" | "up" | "refresh" | "destroy") {
    const result = await stack[operation]();
    expect(result.text).not.toMatch(/warning|error:/i);
    expect(result.code).toBe(0);
    return result;
  }

  test("goes up", async () => {
    const { steps } = await run("up");
    expect(Object.keys(steps)).toEqual(["create"]);
  });

  test("is exactly the machines of the requirements, with their sizes, cards and shares", async () => {
    const rows = await cloud.list("listVirtualMachines");
    const found = Object.fromEntries(rows.map((row) => [row.name, machineOf(row)]));
    const expected = Object.entries(required.machines).map(([name, machine]) => [name, expectedOf(machine)]);
    expect(found).toEqual(Object.fromEntries(expected));
  });

  test("stands in the VLANs of the requirements", async () => {
    const rows = await cloud.list("listNetworks");
    const found = rows.map((row) => [Number(row.vlan), row.cidr ?? required.vlans[Number(row.vlan)]]);
    expect(Object.fromEntries(found)).toEqual(required.vlans);
    for (const row of await cloud.list("listVirtualMachines")) {
      for (const [index, nic] of (required.machines[String(row.name)]?.nics ?? []).entries()) {
        const card = (row.nic as Row[])[index];
        const [vlan, address] = typeof nic === "number" ? [nic] : nic;
        expect(card?.broadcasturi).toBe(`vlan://${vlan}`);
        if (address !== undefined) expect(card?.ipaddress).toBe(address);
      }
    }
  });

  test("keeps replicas on hosts of their own", async () => {
    const rows = await cloud.list("listVirtualMachines");
    const hostOf = new Map(rows.map((row) => [row.name, row.hostid]));
    for (const members of required.apart) {
      expect(new Set(members.map((name) => hostOf.get(name))).size).toBe(members.length);
    }
  });

  test("has the pools of the requirements, and every tenant's volumes in its own", async () => {
    if (ceph === undefined) return;
    const pools = (await cloud.rows("listStoragePools")).filter(({ type }) => type === "RBD");
    expect(pools.map(({ path }) => String(path).replace(/^\//, "")).sort()).toEqual(Object.keys(required.pools).sort());
    for (const volume of (await cloud.list("listVolumes")).filter(({ type }) => type === "DATADISK")) {
      const tenant = required.machines[String(volume.vmname)]?.tenant;
      const pool = pools.find(({ id }) => id === volume.storageid)?.path;
      if (tenant !== undefined) expect(`${volume.name} ${pool}`).toContain(`tenant-${tenant}-`);
      else expect(String(pool)).not.toContain("tenant-");
    }
  });

  test("shows no change and no drift afterwards", async () => {
    expect((await run("preview")).changes).toEqual([]);
    expect((await run("refresh")).drift).toEqual([]);
  });

  test("goes down and leaves nothing behind", async () => {
    await run("destroy");
    expect(await state()).toEqual(seeded);
  });
});

function machineOf(row: Row) {
  return {
    state: row.state,
    vcpus: row.cpunumber,
    memoryMib: row.memory,
    tenant: /-tenant-(\w+)$/.exec(String(row.account))?.[1],
    cards: (row.nic as Row[]).length,
    gpu: row.gpucount === undefined ? undefined : [row.vgpuprofilename, Number(row.gpucount)],
    isHa: row.haenable,
  };
}

function expectedOf({ vcpus, memoryGib, tenant, nics, gpu }: RequiredMachine) {
  return { state: "Running", vcpus, memoryMib: memoryGib * 1024, tenant, cards: nics.length, gpu, isHa: !gpu };
}
