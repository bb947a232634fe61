import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accepted, runMarker, running, runUntil, upUntil } from "../support/broken-off.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { expectNoLeftovers, expectOneRouterCardPerTier } from "../support/leftovers.ts";
import { eventually, processesWith } from "../support/processes.ts";

/** Runs of the whole demo-cpu that are broken off from outside: the next `up` finishes, with one of each. */

const mark = `killed-${process.pid}`;
let cloud: Cloud;
let seeded: Record<string, Row[]>;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start({ latency: "fast" });
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: { ...cloud.env, [runMarker]: mark } });
  await stack.init();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

test("Ctrl-C ends `up` soon, and the state knows everything that was made until then", async () => {
  // Answers that are still on their way when it is pressed.
  for (const command of ["createNetworkACLList", "associateIpAddress"]) {
    await cloud.fault(command, { kind: "slow", delayMs: 500, times: 20 });
  }
  const { engine, text } = await upUntil(stack, "the first wave is on its way", () =>
    accepted(cloud, "createNetworkACLList", 3),
  );
  const since = performance.now();
  engine.kill("SIGINT");
  const [code] = await once(engine, "close");
  expect(code, text()).not.toBe(0);
  expect(performance.now() - since).toBeLessThan(90_000);
  await cloud.control("DELETE", "faults");
  await expectNoLeftovers(cloud, stack, seeded);
});

const moments: [moment: string, state: "folder" | "journal", isSo: () => Promise<boolean>][] = [
  ["tiers are being made", "journal", () => accepted(cloud, "createNetwork", 3)],
  ["the first machines deploy", "folder", () => running(cloud, "deployVirtualMachine")],
  ["volumes are being attached", "journal", () => running(cloud, "attachVolume")],
];

test.each(moments)("an engine killed while %s (state: %s) takes its program and plugins with it", async (...one) => {
  const [moment, state, isSo] = one;
  stack.journal = state === "journal";
  await cloud.forgetCalls();
  const { engine } = await upUntil(stack, moment, isSo);
  engine.kill("SIGKILL");
  await once(engine, "exit");
  await eventually("program and plugins are gone", () => processesWith(runMarker, mark).length === 0);
});

test("a `destroy` before that `up` takes down what the state knows, and names what is in the way", async () => {
  stack.journal = false;
  const destroy = await stack.destroy();
  const inTheWay = /still in it: instance ai-[\s\S]*`pulumi up` finds what is its own among them/;
  expect(destroy.code === 0 || inTheWay.test(destroy.text), destroy.text).toBe(true);
});

test("after all that, `up` finishes: nothing is there twice, nothing is orphaned", async () => {
  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
  await expectNoLeftovers(cloud, stack, seeded);
  await expectOneRouterCardPerTier(cloud);
  const preview = await stack.preview("--refresh", "--expect-no-changes");
  expect(preview.code, preview.text).toBe(0);
});

test("the engine warns of pending operations until they are cleared, which changes nothing", async () => {
  const warned = await stack.up();
  expect(warned.code).toBe(0);
  expect(warned.text).toContain("pending operations from previous deployment");
  const refresh = await stack.refresh("--clear-pending-creates");
  expect(refresh.code, refresh.text).toBe(0);
  const quiet = await stack.up();
  expect(quiet.text).not.toContain("pending operations");
  expect([warned.changes, refresh.changes, quiet.changes]).toEqual([[], [], []]);
});

test("a `destroy` that is killed is finished by the next one, which leaves the cloud exactly as it was", async () => {
  stack.journal = true;
  const { engine } = await runUntil(stack, "destroy", "machines are going", () =>
    running(cloud, "destroyVirtualMachine"),
  );
  engine.kill("SIGKILL");
  await once(engine, "exit");
  const destroy = await stack.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  expect(await cloud.inventory()).toEqual(seeded);
});
