import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { repoRoot } from "../../tools/toolchain/layout.ts";

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}
interface Job {
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  environment?: string;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  steps: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  env?: unknown;
  jobs: Record<string, Job>;
}

const folder = join(repoRoot, ".github/workflows");
const texts = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
const workflows = [...texts].map(([file, text]) => ({ file, text, workflow: parse(text) as Workflow }));
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file}: ${name}`, workflow, job })),
);
const secret = /\$\{\{[^}]*\bsecrets\b/;

/** As workflows write it. */
function expression(inner: string): string {
  return `\${{ ${inner} }}`;
}

function workflowOf(file: string): Workflow {
  return parse(texts.get(file) ?? "");
}

describe("workflows", () => {
  test("are there", () => {
    expect([...texts.keys()].sort()).toEqual([
      "audit.yml",
      "check.yml",
      "deploy.yml",
      "drift.yml",
      "preview-comment.yml",
      "preview.yml",
    ]);
  });

  test.each(workflows)("$file: every action is pinned to a full commit, with its version beside it", ({ text }) => {
    const uses = text.match(/^.*\buses:.*$/gm) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("an action is the same commit everywhere", () => {
    const pins = [...texts.values()].flatMap((text) => [...text.matchAll(/uses: (\S+)@(\S+) # (\S+)/g)]);
    const versions = Map.groupBy(pins, ([, action]) => action);
    for (const [action, found] of versions) {
      expect(new Set(found.map(([, , commit, version]) => `${commit} ${version}`)).size, action).toBe(1);
    }
  });

  test.each(workflows)("$file: nothing is permitted but what a job asks for", ({ workflow }) => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.env).toBeUndefined();
    for (const { permissions } of Object.values(workflow.jobs)) expect(permissions).toBeDefined();
  });

  test.each(jobs)("$name ends, keeps no token in the work tree, and puts no expression into a shell", ({ job }) => {
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
    for (const step of job.steps) {
      if (step.uses?.startsWith("actions/checkout@")) expect(step.with).toMatchObject({ "persist-credentials": false });
      expect(step.run ?? "").not.toContain("${{");
    }
  });

  test("of a stranger's pull request know no secret and write nothing", () => {
    const open = workflows.filter(({ workflow }) => Object.keys(workflow.on).includes("pull_request"));
    expect(open.map(({ file }) => file).sort()).toEqual(["check.yml", "preview.yml"]);
    for (const { text, workflow } of open) {
      expect(text).not.toMatch(secret);
      for (const { permissions } of Object.values(workflow.jobs)) expect(permissions).toEqual({ contents: "read" });
    }
    // With this trigger a stranger's change would run with our secrets.
    for (const { workflow } of workflows) expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
  });

  test("that comment run nothing of the pull request and have no secret", () => {
    const { on, jobs: own } = workflowOf("preview-comment.yml");
    expect(on).toEqual({ workflow_run: { workflows: ["preview"], types: ["completed"] } });
    expect(texts.get("preview-comment.yml")).not.toMatch(secret);
    expect(own.comment?.permissions).toEqual({ actions: "read", contents: "read", "pull-requests": "write" });
    const steps = own.comment?.steps ?? [];
    expect(steps.flatMap(({ with: given }) => given?.ref ?? [])).toEqual([
      expression("github.event.repository.default_branch"),
    ]);
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual([
      expect.stringMatching(/^node tools\/ci\/post\.ts comment /),
    ]);
    // What the stranger's job left never lies in the work tree.
    for (const { uses, with: given } of steps) {
      if (uses?.startsWith("actions/download-artifact@")) expect(given?.path).toMatch(/^\$\{\{ runner\.temp \}\}/);
    }
  });

  test("name secrets only where an environment stands before them, and there write nothing to GitHub", () => {
    const withSecrets = jobs.filter(({ job }) => secret.test(JSON.stringify(job)));
    expect(withSecrets.map(({ name }) => name)).toEqual(["audit.yml: look", "deploy.yml: up", "drift.yml: compare"]);
    for (const { job } of withSecrets) {
      expect(job.environment).toContain(expression("matrix.stack"));
      expect(job.permissions).toEqual({ contents: "read" });
      expect(job.concurrency).toEqual({ group: `stack-${expression("matrix.stack")}`, "cancel-in-progress": false });
      for (const step of job.steps) if (step.uses) expect(JSON.stringify(step)).not.toMatch(secret);
    }
  });

  test("deploy what is on main, or by hand, and by the script that previews with the policy pack", () => {
    const { on, jobs: own } = workflowOf("deploy.yml");
    expect(on).toEqual({ push: { branches: ["main"] }, workflow_dispatch: null });
    expect(Object.keys(own)).toEqual(["up"]);
    // The environment of the stack itself: its reviewers approve.
    expect(own.up?.environment).toBe(expression("matrix.stack"));
    expect(own.up?.steps.flatMap(({ run }) => run ?? [])).toEqual(['tools/ci/run up "$STACK" "$RUNNER_TEMP/report"']);
    const step = own.up?.steps.find(({ run }) => run !== undefined);
    expect(step?.env).toMatchObject({
      STACK: expression("matrix.stack"),
      STRATA_POLICY_CONFIG: expression("vars.STRATA_POLICY_CONFIG"),
    });
    // Nobody else may deploy.
    const runs = jobs.flatMap(({ name, job }) => job.steps.map(({ run = "" }) => ({ name, run })));
    expect(runs.filter(({ run }) => /tools\/ci\/run up\b/.test(run)).map(({ name }) => name)).toEqual([
      "deploy.yml: up",
    ]);
  });

  test("look every night, at drift and at what is open, and by the same keys that may only read", () => {
    const nightly = [workflowOf("drift.yml"), workflowOf("audit.yml")];
    for (const { on } of nightly) expect(Object.keys(on)).toEqual(["schedule", "workflow_dispatch"]);
    const environments = nightly.flatMap(({ jobs: own }) => Object.values(own).flatMap((job) => job.environment ?? []));
    const own = `${expression("matrix.stack")}-drift`;
    expect(environments).toEqual([own, own]);
  });

  test("send what is open to code scanning only, from a job that knows no secret", () => {
    const { alerts, look } = workflowOf("audit.yml").jobs;
    expect(alerts?.permissions).toEqual({ actions: "read", contents: "read", "security-events": "write" });
    expect(JSON.stringify(alerts)).not.toMatch(secret);
    expect(alerts?.steps.flatMap(({ uses }) => uses?.split("@")[0] ?? [])).toContain(
      "github/codeql-action/upload-sarif",
    );
    const writing = jobs.filter(({ job }) => job.permissions?.["security-events"] !== undefined);
    expect(writing.map(({ name }) => name)).toEqual(["audit.yml: alerts"]);
    expect(look?.steps.some(({ run }) => run?.startsWith("node tools/ci/post.ts"))).toBe(false);
  });

  test("leave no event log behind: it has values of properties", () => {
    for (const { job } of jobs) {
      for (const { uses, with: given } of job.steps) {
        if (!uses?.startsWith("actions/upload-artifact@")) continue;
        const paths = String(given?.path).trim().split("\n");
        for (const path of paths)
          expect(path.trim()).toMatch(/(report\.(json|md)|audit\.(json|sarif|html)|artifacts\/\*\.png)$/);
      }
    }
  });
});

describe("GitLab's pipeline", () => {
  const pipeline = parse(readFileSync(join(repoRoot, ".gitlab-ci.yml"), "utf8"), { merge: true });
  const own = ["check", "preview", "comment", "deploy", "drift", "audit"];

  test("has the same stages by the same scripts", () => {
    const scripts = own.flatMap((name) => pipeline[name].script as string[]);
    expect(scripts).toEqual([
      ".ci/run",
      'tools/ci/run preview report "$CI_MERGE_REQUEST_DIFF_BASE_SHA"',
      "node tools/ci/post.ts note report/report.json",
      'tools/ci/run up "$STRATA_STACK" report',
      'tools/ci/run drift "$STRATA_STACK" report',
      'tools/ci/run audit "$STRATA_STACK" report',
    ]);
    for (const name of own) expect(pipeline[name].timeout, name).toMatch(/minutes|hour/);
  });

  test("looks every night, at drift and at what is open, which only the project's developers see", () => {
    for (const name of ["drift", "audit"]) {
      expect(pipeline[name].rules).toEqual([{ if: expect.stringContaining('== "schedule"') }]);
      expect(pipeline[name].resource_group).toBe(pipeline.deploy.resource_group);
    }
    expect(pipeline.audit.artifacts).toMatchObject({
      access: "developer",
      when: "always",
      paths: ["report/audit.json", "report/audit.sarif", "report/audit.html"],
    });
  });

  test("deploys by hand only, what is on the default branch, one at a time, and uploads no event log", () => {
    const pushed = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE == "push" && $STRATA_STACK';
    expect(pipeline.deploy.rules).toEqual([{ if: pushed, when: "manual" }]);
    expect(pipeline.deploy.environment).toEqual({ name: "$STRATA_STACK" });
    expect(pipeline.deploy.resource_group).toBe(pipeline.drift.resource_group);
    for (const name of ["preview", "deploy", "drift"]) {
      expect(pipeline[name].artifacts.paths).toEqual(["report/report.json", "report/report.md"]);
    }
  });
});

describe("shell", () => {
  const scripts = [
    { name: "tools/ci/run", text: readFileSync(join(repoRoot, "tools/ci/run"), "utf8") },
    ...jobs.flatMap(({ name, job }) =>
      job.steps.flatMap(({ run }) => (run === undefined ? [] : [{ name, text: run }])),
    ),
  ];
  const shellcheck = (process.env.PATH ?? "").split(delimiter).some((path) => existsSync(join(path, "shellcheck")));

  test.each(scripts)("$name is read by bash without an error", ({ text }) => {
    expect(spawnSync("bash", ["-n"], { input: text, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  test.skipIf(!shellcheck).each(scripts)("$name passes shellcheck (skipped where there is none)", ({ text }) => {
    execFileSync("shellcheck", ["--shell=bash", "-"], { input: text });
  });

  const actionlint = (process.env.PATH ?? "").split(delimiter).some((path) => existsSync(join(path, "actionlint")));
  test.skipIf(!actionlint).each([...texts.keys()])("%s passes actionlint (skipped where there is none)", (file) => {
    execFileSync("actionlint", [join(folder, file)]);
  });

  test("the script refuses what it does not know, before anything runs", () => {
    const run = (...words: string[]) =>
      spawnSync(process.execPath, ["tools/ci/main.ts", ...words], { cwd: repoRoot, encoding: "utf8" });
    for (const words of [
      [],
      ["preview"],
      ["up", "x"],
      ["destroy", "x", "y"],
      ["audit", "x"],
      ["drift", "x", "y", "z"],
    ]) {
      expect(run(...words)).toMatchObject({ status: 1, stderr: expect.stringContaining("usage: tools/ci/run") });
    }
  });
});
