/** A run that was killed while the server was still at its work; real latencies, so that there is a while on any machine. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ACL, type Estate, INSTANCE, startEstate, VOLUME, VPC } from "./estate.ts";

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate("real");
});
afterAll(() => estate.close());

/** The first row of a list, as soon as there is one. */
async function appears(command: string, name: string) {
  for (;;) {
    const [row] = await estate.rows(command, { name, listall: true });
    if (row) return row;
    await sleep(5);
  }
}

test("an instance still starting is waited for and adopted; the volume after it is attached", async () => {
  const tier = await estate.tier();
  const inputs = { ...estate.instanceOn("half", tier), tags: { a: "1" }, userData: "#cloud-config\n" } as never;
  const killed = estate.engine.create(INSTANCE, inputs);
  const row = await appears("listVirtualMachines", "half");
  expect(row.state).not.toBe("Running");
  const next = await estate.nextRun();
  const kept = await next.create(INSTANCE, inputs);
  expect(kept.id).toBe(row.id);
  const volume = {
    name: "half",
    diskOfferingId: estate.diskOfferingId,
    zoneId: estate.zoneId,
    sizeGib: 1,
    instanceId: kept.id,
  };
  await next.create(VOLUME, volume);
  expect(await estate.rows("listVolumes", { name: "half", listall: true })).toMatchObject([
    { virtualmachineid: kept.id },
  ]);
  await killed;
  expect(await estate.rows("listVirtualMachines", { name: "half", listall: true })).toMatchObject([
    { state: "Running", tags: expect.arrayContaining([expect.objectContaining({ key: "a", value: "1" })]) },
  ]);
  expect(await estate.drift(INSTANCE, kept)).toEqual({});
});

test("a VPC still starting is adopted, and so is a list half filled", async () => {
  const inputs = { ...(estate.vpc.inputs as object), name: "half" } as never;
  const killed = estate.engine.create(VPC, inputs);
  const row = await appears("listVPCs", "half");
  const next = await estate.nextRun();
  expect((await next.create(VPC, inputs)).id).toBe(row.id);
  await killed;
  expect(await estate.rows("listVPCs", { name: "half", listall: true })).toHaveLength(1);

  const rule = { action: "allow", trafficType: "ingress", protocol: "tcp", cidrs: ["10.0.0.0/8"] };
  const rules = [1, 2, 3, 4, 5, 6].map((number) => ({ ...rule, number, startPort: number }));
  const list = { name: "half", vpcId: estate.vpc.id, rules } as never;
  const filling = estate.engine.create(ACL, list).catch(() => {});
  await appears("listNetworkACLLists", "half");
  const kept = await (await estate.nextRun()).create(ACL, list);
  await filling;
  expect(await estate.rows("listNetworkACLLists", { name: "half", listall: true })).toHaveLength(1);
  expect(await estate.rows("listNetworkACLs", { aclid: kept.id, listall: true })).toHaveLength(6);
});
