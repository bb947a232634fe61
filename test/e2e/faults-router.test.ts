import { afterAll, beforeAll, expect, test } from "vitest";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { expectOneRouterCardPerTier } from "../support/leftovers.ts";

let cloud: Cloud;
let seeded: Record<string, Row[]>;
let stack: EngineStack;

beforeAll(async () => {
  // With latencies, so that starts would overlap if nothing held them apart.
  cloud = await Cloud.start({ latency: "fast" });
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: cloud.env });
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

test("the whole demo-cpu at unlimited parallelism gives the router one card in each tier, and comes down again", async () => {
  const up = await stack.up("--parallel", "1000");
  expect(up.code, up.text).toBe(0);
  await expectOneRouterCardPerTier(cloud);
  const destroy = await stack.destroy("--parallel", "1000");
  expect(destroy.code, destroy.text).toBe(0);
  expect(await cloud.inventory()).toEqual(seeded);
});
