import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { pack } from "../support/policies.ts";

// What a program exports, as the engine tells the pack, and what the pack says where a program makes nothing.

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

test("a secret in an output that is not marked as one is refused, and one data key for two tenants", async () => {
  stack.env = { ...cloud.env, WRONG: "1" };
  const run = await stack.preview("--policy-pack", pack);
  expect(run.code).not.toBe(0);
  expect(run.text).toMatch(/\[mandatory\].*encryption-plain-outputs/);
  expect(run.text).toContain("output password holds a password in plain text");
  expect(run.text).toContain("output groupId is not known yet");
  expect(run.text).toMatch(/\[mandatory\].*encryption-data-keys/);
  expect(run.text).toContain("2 data keys are to be made by 1 RandomBytes");
});

test("one that is marked may be exported, and what was unknown is decided in the update", async () => {
  stack.env = { ...cloud.env };
  const run = await stack.up("--policy-pack", pack);
  expect(run.text).not.toMatch(/encryption-(plain-outputs|data-keys)|undecided until apply for/);
  expect(run.code).toBe(0);
});

test("a data key that is given to another tenant, too, is refused once it is known", async () => {
  stack.env = { ...cloud.env, WRONG: "1" };
  const run = await stack.up("--policy-pack", pack);
  expect(run.code).not.toBe(0);
  expect(run.text).toContain("one data key for several owners: dataKeys.tenant-a, dataKeys.tenant-b");
});

test("nothing to look at is an error, and no pass", async () => {
  const empty = new EngineStack({ env: cloud.env, program: join(import.meta.dirname, "../../bench/programs/empty") });
  const run = await empty.preview("--policy-pack", pack);
  empty.remove();
  expect(run.code).not.toBe(0);
  expect(run.text).toMatch(/\[mandatory\].*there is no resource that a rule looks at/s);
  expect(run.text).toMatch(/\d+ rules ran on 0 resources/);
});
