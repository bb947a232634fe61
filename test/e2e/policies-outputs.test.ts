import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { pack } from "../support/policies.ts";

// What a program exports, as the engine tells the pack.

let cloud: Cloud;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start();
  stack = new EngineStack({ env: cloud.env, program: join(import.meta.dirname, "programs/policies-outputs") });
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

test("a secret in an output that is not marked as one is refused", async () => {
  stack.env = { ...cloud.env, WRONG: "1" };
  const run = await stack.preview("--policy-pack", pack);
  expect(run.code).not.toBe(0);
  expect(run.text).toMatch(/\[mandatory\].*encryption-plain-outputs/);
  expect(run.text).toContain("output password holds a password in plain text");
  expect(run.text).toContain("output groupId is not known yet");
});

test("one that is marked may be exported, and what was unknown is decided in the update", async () => {
  stack.env = { ...cloud.env };
  const run = await stack.up("--policy-pack", pack);
  expect(run.text).not.toMatch(/encryption-plain-outputs|undecided until apply for/);
  expect(run.code).toBe(0);
});
