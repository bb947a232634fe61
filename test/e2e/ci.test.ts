import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunReport } from "../../cli/report/model.ts";
import { repoRoot } from "../../tools/toolchain/layout.ts";
import { Cloud } from "../support/cloud.ts";

/** What the pipelines call, as they call it: a deployment and the nightly comparison, on an embedded cloud. */

let cloud: Cloud;
const folder = mkdtempSync(join(tmpdir(), "strata-ci-"));
const stack = `ci-${basename(folder).slice(-6)}`;
/** A site commits its stack's file; here it is there for the time of the test. */
const stackFile = join(repoRoot, `Pulumi.${stack}.yaml`);
const passphrase = "only-for-tests-of-ci";

beforeAll(async () => {
  cloud = await Cloud.start();
  writeFileSync(stackFile, JSON.stringify({ config: { "strata:profile": "demo-cpu" } }));
});

afterAll(async () => {
  rmSync(stackFile, { force: true });
  rmSync(folder, { recursive: true, force: true });
  await cloud.close();
});

/** Of one run: settings on top of its environment. */
let settings: Readonly<Record<string, string>> = {};

/** @param left what the stage leaves */
async function run(left: readonly string[], ...words: string[]) {
  const out = join(folder, "out");
  rmSync(out, { recursive: true, force: true });
  const child = spawn(process.execPath, ["tools/ci/main.ts", ...words, out], {
    cwd: repoRoot,
    env: {
      ...process.env,
      ...cloud.env,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const [code] = await once(child, "close");
  const files = left.map((name) => readFileSync(join(out, name), "utf8"));
  return { code, said: [text, ...files].join("\n"), files };
}

async function stage(...words: string[]) {
  const { code, said, files } = await run(["report.json", "report.md"], ...words);
  const report = JSON.parse(files[0] ?? "") as RunReport;
  return { code, said, changes: report.stacks.flatMap(({ changes }) => changes), report };
}

test("up creates nothing where only all resources together show that a policy is violated", async () => {
  const file = join(folder, "policies.json");
  // As if tenants were let out to a machine that is not the gate's: no single resource tells.
  const gate = { enforcementLevel: "mandatory", layers: ["service-edge"] };
  writeFileSync(file, JSON.stringify({ "isolation-gate-address": gate }));
  await cloud.forgetCalls();
  settings = { STRATA_POLICY_CONFIG: file };
  const { code, report } = await stage("up", stack).finally(() => {
    settings = {};
  });
  expect(code).toBe(1);
  expect(report.stacks).toMatchObject([{ stack, result: "failed" }]);
  const stopping = report.stacks.flatMap(({ findings }) => findings.filter(({ level }) => level === "mandatory"));
  expect(new Set(stopping.map(({ rule }) => rule))).toEqual(new Set(["isolation-gate-address"]));
  const { byCommand } = await cloud.calls();
  expect(byCommand.listZones).toBeGreaterThan(0);
  expect(Object.keys(byCommand).filter((command) => !command.startsWith("list"))).toEqual([]);
});

test("up deploys, held to the policy pack, and reports what it made", async () => {
  const { code, said, changes, report } = await stage("up", stack);
  expect(said).not.toMatch(/error:/);
  expect(code).toBe(0);
  expect(report.stacks).toMatchObject([{ stack, operation: "update", result: "succeeded" }]);
  expect(report.stacks[0]?.packs).toEqual([{ name: "strata", decisions: expect.any(Number) }]);
  // Of the preview that comes first nothing is left open.
  expect(report.stacks[0]?.findings).toEqual([]);
  expect(changes.filter(({ type }) => type === "cloudstack:compute:Instance")).toHaveLength(11);
  expect(readFileSync(join(folder, "summary.md"), "utf8")).toContain("What was deployed");
});

test("no secret is in what any of it printed or left for others", async () => {
  const { said } = await stage("drift", stack);
  for (const value of [cloud.env.CLOUDSTACK_SECRET_KEY, cloud.env.CLOUDSTACK_API_KEY, passphrase]) {
    expect(value).toBeTruthy();
    expect(said).not.toContain(value);
  }
});

test("drift is silent when nothing differs, and fails with what differs", async () => {
  const quiet = await stage("drift", stack);
  expect(quiet.changes).toEqual([]);
  expect(quiet.code).toBe(0);

  const { id } = await cloud.find("listNetworks", "strata-demo-tenant-a");
  await cloud.by("updateNetwork", { id, displaytext: "by hand" });
  const loud = await stage("drift", stack);
  expect(loud.report.stacks).toMatchObject([{ operation: "refresh" }]);
  expect(loud.changes).toMatchObject([{ step: "update", name: "tenant-a-tier", properties: ["displayText"] }]);
  expect(loud.code).toBe(1);
});

test("the nightly audit passes on what was deployed, fails by what somebody opened, and leaves no secret", async () => {
  const forms = ["audit.json", "audit.sarif", "audit.html"];
  const quiet = await run(forms, "audit", stack);
  expect(JSON.parse(quiet.files[0] ?? "")).toMatchObject({ findings: [], unasked: [], exceptions: [] });
  expect(quiet.code).toBe(0);

  const { id: aclid } = await cloud.find("listNetworkACLLists", "strata-demo-tenant-a");
  const rule = { number: "1", protocol: "all", cidrlist: "0.0.0.0/0", traffictype: "ingress", action: "allow" };
  await cloud.by("createNetworkACL", { aclid, ...rule });
  const loud = await run(forms, "audit", stack);
  expect(loud.code).toBe(14);
  expect(readFileSync(join(folder, "summary.md"), "utf8")).toMatch(/## ⛔ Audit of [\s\S]*tenant-a-rules 1/);
  for (const value of [cloud.env.CLOUDSTACK_SECRET_KEY, cloud.env.CLOUDSTACK_API_KEY, passphrase]) {
    expect(loud.said).not.toContain(value);
  }
});
