import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { cloudStateFile, readRecorded, stackName } from "./recorded/files.ts";

let stateDir: string;
let cloud: Cloud;
let stack: EngineStack;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "strata-recorded-"));
  writeFileSync(join(stateDir, cloudStateFile), readRecorded("cloud"));
  cloud = await Cloud.start({ stateDir });
  stack = new EngineStack({ env: cloud.env, stack: stackName, passphrase: true });
  await stack.init();
  const file = join(stack.folder, "recorded.json");
  writeFileSync(file, readRecorded("stack"));
  const { code, text } = await stack.pulumi("stack", "import", "--stack", stack.name, "--file", file);
  expect({ code, text }).toMatchObject({ code: 0 });
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
  rmSync(stateDir, { recursive: true });
});

/** What today's version adds, or changes in place, on purpose: `op type name`. Nothing that it would replace or delete. */
const onPurpose: string[] = [
  // Its user data had an empty list of files, which cloud-init's schema does not accept.
  "update cloudstack:compute:Instance ai-router-01",
];

test("what an earlier version has deployed previews with nothing replaced or deleted", async () => {
  const run = await stack.preview("--refresh");
  expect(run.text).not.toContain("error:");
  expect(run.code).toBe(0);
  expect(run.changes.filter(({ op }) => op !== "create" && op !== "update")).toEqual([]);
  expect(run.changes.map(({ op, type, name }) => `${op} ${type} ${name}`).sort()).toEqual(onPurpose.sort());
  expect(run.steps.same).toBeGreaterThan(80);
});
