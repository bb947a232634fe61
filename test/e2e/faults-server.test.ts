import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { running, upUntil } from "../support/broken-off.ts";
import type { Cloud, Row } from "../support/cloud.ts";
import { CloudProcess } from "../support/cloud-process.ts";
import { EngineStack } from "../support/engine.ts";
import { expectNoLeftovers } from "../support/leftovers.ts";

/** The management server dies in the middle of `up`, with a job under way. */

const program = join(import.meta.dirname, "programs/one-of-each");
let server: CloudProcess;
let cloud: Cloud;
let seeded: Record<string, Row[]>;
let stack: EngineStack;

beforeEach(async () => {
  server = new CloudProcess();
  cloud = await server.start();
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: cloud.env, program });
  await stack.init();
});

afterEach(async () => {
  stack.remove();
  await server.remove();
});

async function expectUpToFinish(): Promise<void> {
  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
  await expectNoLeftovers(cloud, stack, seeded);
  const destroy = await stack.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  expect(await cloud.inventory()).toEqual(seeded);
}

test("a server that is killed and soon back has lost its jobs, not our objects: the next `up` finishes", async () => {
  const { engine, text } = await upUntil(stack, "the machine deploys", () => running(cloud, "deployVirtualMachine"));
  await server.kill();
  await sleep(500);
  cloud = await server.start();
  const [code] = await once(engine, "close");
  expect(code, text()).not.toBe(0);
  expect(text()).toMatch(/deployVirtualMachine: job cancelled because of management server restart or shutdown.*job /);
  expect(await cloud.list("listVirtualMachines")).toEqual([]);
  await expectUpToFinish();
});

test("a server that is gone for good is told clearly, and soon; once it is back, `up` finishes", async () => {
  const { engine, text } = await upUntil(stack, "the VPC is made", () => running(cloud, "createVPC"));
  await server.kill();
  const since = performance.now();
  const [code] = await once(engine, "close");
  expect(code).not.toBe(0);
  expect(performance.now() - since).toBeLessThan(180_000);
  expect(text()).toMatch(/cannot connect to http:\/\/127\.0\.0\.1:\d+ [\s\S]*Is the management server up/);
  cloud = await server.start();
  await expectUpToFinish();
});
