/**
 * What lives must outlive what others begin: a change of what machines are made of that breaks off and is taken back, and a second
 * platform of the same name on the same server.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { expectNoLeftovers } from "../support/leftovers.ts";
import { complaintOf, succeeded } from "../support/runs.ts";

let cloud: Cloud;
let stack: EngineStack;
let seeded: Awaited<ReturnType<Cloud["inventory"]>>;
let offerings: string[];

const slower = { infrastructure: { cpuSpeedMhz: 1900 } };
const resized = { edge: { machines: { "ai-router-01": { memory: "8 GiB" } } } };

beforeAll(async () => {
  cloud = await Cloud.start();
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: cloud.env });
  succeeded(await stack.up());
  offerings = await offeringIds();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

const ours = ({ name }: { readonly name?: unknown }) => String(name).startsWith("strata-demo-");
const offeringIds = async () =>
  (await cloud.list("listServiceOfferings"))
    .filter(ours)
    .map(({ id }) => String(id))
    .sort();

const refuseScaling = () =>
  cloud.fault("scaleVirtualMachine", { kind: "error", status: 530, text: "the host is not available", times: 99 });

/** Records of the state that the engine has still to delete. */
async function pendingDeletes(): Promise<string[]> {
  const { deployment } = await stack.exportState();
  const records = (deployment.resources ?? []) as { id?: string; delete?: boolean }[];
  return records.flatMap(({ id, delete: pending }) => (pending === true ? [String(id)] : [])).sort();
}

test("new offerings are made, no machine can be scaled to them, and the old ones wait for their deletion", async () => {
  stack.overrides = slower;
  await refuseScaling();
  expect(complaintOf(await stack.up())).toContain("the host is not available");
  expect(await pendingDeletes()).toEqual(offerings);
});

test("set back, the old ones are taken again, also by a run that breaks off before it deletes anything", async () => {
  stack.overrides = resized;
  expect(complaintOf(await stack.up())).toContain("the host is not available");
  expect(await pendingDeletes()).toEqual(expect.arrayContaining(offerings));
});

test("the run that ends well deletes the others and leaves these", async () => {
  await cloud.forgetFaults();
  stack.overrides = undefined;
  const run = await stack.up();
  expect(run.code).toBe(0);
  for (const id of offerings)
    expect(run.text).toContain(`${id} is not deleted: it was to be replaced and is in use again`);
  expect(await offeringIds()).toEqual(offerings);
  await expectNoLeftovers(cloud, stack, seeded);
  const machines = await cloud.list("listVirtualMachines");
  expect(machines.filter(({ serviceofferingid }) => !offerings.includes(String(serviceofferingid)))).toEqual([]);
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
});

test("a second platform of the same name fails in its preview, and what it begins all the same takes nothing of the first", async () => {
  const second = new EngineStack({ env: cloud.env });
  try {
    const before = await cloud.inventory();
    const preview = complaintOf(await second.preview());
    expect(preview).toMatch(/\(strata-demo-tenant-[abc]\)/);
    expect(preview).toContain("carries the mark of another stack's resource");
    expect(preview).toContain("Give one of them another name");
    complaintOf(await second.up());
    succeeded(await second.destroy());
    expect(await cloud.inventory()).toEqual(before);
    expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
  } finally {
    second.remove();
  }
});
