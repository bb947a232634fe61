import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { running, upUntil } from "../support/broken-off.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { expectNoLeftovers, expectOneRouterCardPerTier } from "../support/leftovers.ts";
import { eventually } from "../support/processes.ts";
import { succeeded } from "../support/runs.ts";

/** Runs of enterprise that are broken off, or whose Ceph changes its manager: the next `up` finishes, with one of each on both sides. */

let cloud: Cloud;
let ceph: CephCloud;
let stack: EngineStack;
/** How many things of each kind Ceph holds when enterprise is up. */
let whole: Record<string, number>;
let seeded: { cloud: Record<string, Row[]>; ceph: unknown };
const state = async () => ({ cloud: await cloud.inventory(), ceph: await ceph.inventory() });

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "enterprise", latency: "fast" });
  ceph = await CephCloud.start({ seed: "enterprise" });
  stack = new EngineStack({ profile: "enterprise", env: { ...cloud.env, ...ceph.env } });
  await stack.init();
  seeded = await state();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
  await ceph.close();
});

/** Whether Ceph has been asked so often for something since calls were last forgotten. */
async function asked(endpoint: string, times = 1): Promise<boolean> {
  const { byEndpoint } = (await ceph.control("GET", "calls")) as { byEndpoint: Record<string, number> };
  return (byEndpoint[endpoint] ?? 0) >= times;
}

test("the active manager fails over in the middle of `up`, with pools on their way: it finishes as if nothing had happened", async () => {
  await ceph.control("DELETE", "calls");
  await ceph.control("POST", "tasks", { durationMs: 800, waitMs: 0, applies: "start" });
  const going = stack.up();
  await eventually("pools are on their way", () => asked("POST /api/pool", 2));
  await ceph.control("POST", "failover", { gapMs: 1000 });
  const up = await going;
  expect(up.code, up.text).toBe(0);
  await expectNoLeftovers(cloud, stack, seeded.cloud);
  whole = await counts();
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
  succeeded(await stack.destroy());
  expect(await state()).toEqual(seeded);
});

/** Ceph's names are unique by kind: what was made twice, or is left over, makes more of them. */
async function counts(): Promise<Record<string, number>> {
  const tables = Object.entries((await ceph.inventory()) as Record<string, unknown[]>);
  return Object.fromEntries(tables.map(([name, rows]) => [name, rows.length]));
}

const moments: [moment: string, isSo: () => Promise<boolean>][] = [
  ["Ceph makes the first pools", () => asked("POST /api/pool", 2)],
  ["the first machines deploy", () => running(cloud, "deployVirtualMachine")],
];

test.each(moments)("an engine killed while %s leaves what the next one takes up", async (moment, isSo) => {
  // Long enough to be met in the middle, and done by the time of the next run.
  await ceph.control("POST", "tasks", { durationMs: 1500, waitMs: 0, applies: "end" });
  await ceph.control("DELETE", "calls");
  const { engine } = await upUntil(stack, moment, isSo);
  engine.kill("SIGKILL");
  await once(engine, "exit");
});

test("`up` finishes: nothing is there twice, nothing is orphaned", async () => {
  await ceph.control("POST", "tasks", { durationMs: 0, waitMs: 2000, applies: "start" });
  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
  await expectNoLeftovers(cloud, stack, seeded.cloud);
  await expectOneRouterCardPerTier(cloud);
  expect(await counts()).toEqual(whole);
  const preview = await stack.preview("--refresh", "--expect-no-changes");
  expect(preview.code, preview.text).toBe(0);
});

test("it goes down without a trace, whatever its runs went through", async () => {
  const destroy = await stack.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  expect(await state()).toEqual(seeded);
});
