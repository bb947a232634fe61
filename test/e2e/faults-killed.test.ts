import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { expectNoLeftovers } from "../support/leftovers.ts";
import { eventually, processesWith } from "../support/processes.ts";

/** Runs of the whole demo-cpu that are broken off from outside: the next `up` finishes, with one of each. */

const marker = "STRATA_TEST_RUN";
let cloud: Cloud;
let seeded: Record<string, Row[]>;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start({ latency: "fast" });
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: { ...cloud.env, [marker]: `${process.pid}` } });
  await stack.init();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

/** Starts `up` and waits for a moment in the middle of it. */
async function upUntil(
  what: string,
  isSo: () => Promise<boolean>,
): Promise<{ engine: ChildProcess; text: () => string }> {
  const engine = await stack.start([...stack.words("up"), "--yes", "--skip-preview"]);
  let text = "";
  for (const stream of [engine.stdout, engine.stderr]) stream?.on("data", (chunk) => (text += chunk));
  await eventually(what, async () => {
    if (engine.exitCode !== null) throw new Error(`the engine ended before: ${what}\n${text}`);
    return isSo();
  });
  return { engine, text: () => text };
}

/** The engine alone is killed; what it started must notice by itself. */
async function kill(engine: ChildProcess): Promise<void> {
  engine.kill("SIGKILL");
  await once(engine, "exit");
  await eventually(
    "program and plugins end with the engine",
    () => processesWith(marker, `${process.pid}`).length === 0,
    10,
  );
}

async function accepted(command: string): Promise<number> {
  return (await cloud.calls()).byCommand[command] ?? 0;
}

async function running(command: string): Promise<boolean> {
  const jobs = await cloud.control<{ command: string; status: number }[]>("GET", "jobs");
  return jobs.some((job) => job.command === command && job.status === 0);
}

const moments: [moment: string, isSo: () => Promise<boolean>][] = [
  ["the VPC was accepted", async () => (await accepted("createVPC")) > 0],
  ["tiers are being made", async () => (await accepted("createNetwork")) >= 3],
  ["the first machines deploy", () => running("deployVirtualMachine")],
  ["volumes are being attached", () => running("attachVolume")],
];

test.each(moments)("an engine killed while %s leaves what the next `up` takes up", async (moment, isSo) => {
  await cloud.forgetCalls();
  const { engine } = await upUntil(moment, isSo);
  await kill(engine);
});

test("after all that, `up` finishes: nothing is there twice, nothing is orphaned", async () => {
  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
  await expectNoLeftovers(cloud, stack, seeded);
  const preview = await stack.preview("--refresh", "--expect-no-changes");
  expect(preview.code, preview.text).toBe(0);
});
