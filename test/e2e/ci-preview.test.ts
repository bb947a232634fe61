import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunReport } from "../../cli/report/model.ts";
import { repoRoot } from "../../tools/toolchain/layout.ts";
import { cloneInto } from "../support/clone.ts";

/** What a pull request's job calls, in a clone of its own: all profiles, on top of what the base deploys. */

const folder = realpathSync(mkdtempSync(join(tmpdir(), "strata-ci-preview-")));
const clone = join(folder, "clone");
/** A folder of any name is one. */
const temporary = join(folder, "tmp 100% #1");
const profile = join(clone, "profiles/demo-cpu.yaml");
const setUp = join(clone, "tools/setup.mjs");
/** Nothing that points elsewhere: to a cloud, to a state, or, where a hook of git runs the tests, to that repository. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(CLOUDSTACK|CEPH|PULUMI|GITHUB|GIT)_/.test(name)),
);
/** Commits of the clone. */
let base: string;
let broken: string;

beforeAll(() => {
  mkdirSync(temporary);
  cloneInto(clone);
  // One profile is enough to see what is done with each.
  for (const file of readdirSync(join(clone, "profiles"))) {
    if (file.endsWith(".yaml") && file !== "demo-cpu.yaml") rmSync(join(clone, "profiles", file));
  }
  const whole = readFileSync(setUp, "utf8");
  git("init", "--quiet");
  broken = commit("throw new Error('no npm today');");
  // A base sets itself up; this one does so without a registry.
  base = commit(`import { cpSync, symlinkSync } from "node:fs";
symlinkSync(${JSON.stringify(join(repoRoot, "node_modules"))}, "node_modules");
for (const sdk of ["ceph", "cloudstack"]) {
  cpSync(${JSON.stringify(join(repoRoot, "sdks"))} + "/" + sdk + "/bin", "sdks/" + sdk + "/bin", { recursive: true });
}
`);
  writeFileSync(setUp, whole);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function git(...words: string[]): string {
  const who = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...who, ...words], { cwd: clone, env, encoding: "utf8" }).trim();
}

/** A commit of the clone with this in place of its set-up. */
function commit(program: string): string {
  writeFileSync(setUp, program);
  git("add", "--all", "--", ".", ":!node_modules");
  git("commit", "--quiet", "--no-verify", "--message", "base");
  return git("rev-parse", "HEAD");
}

async function preview(...commits: string[]) {
  const out = join(folder, "out");
  rmSync(out, { recursive: true, force: true });
  const child = spawn(process.execPath, ["tools/ci/main.ts", "preview", out, ...commits], {
    cwd: clone,
    env: { ...env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const [code] = await once(child, "close");
  const file = join(out, "report.json");
  const stacks = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RunReport).stacks : [];
  return { code, text, stacks };
}

/** Neither the base's work tree nor a state or passphrase stays. */
function expectNothingLeft(): void {
  expect(git("worktree", "list").split("\n")).toHaveLength(1);
  expect(readdirSync(temporary).filter((name) => name.startsWith("strata-"))).toEqual([]);
  expect(readdirSync(clone).filter((name) => /^Pulumi\..+\.yaml$/.test(name))).toEqual([]);
}

test("without a base everything is new; it needs no secret: it brings its own cloud, state and passphrase", async () => {
  const { code, text, stacks } = await preview();
  expect(text).not.toMatch(/error:/);
  expect(code).toBe(0);
  expect(stacks).toMatchObject([{ profile: "demo-cpu", operation: "preview", result: "succeeded", unchanged: 0 }]);
  expect(new Set(stacks[0]?.changes.map(({ step }) => step))).toEqual(new Set(["create"]));
  expectNothingLeft();
});

test("on top of the base only the change shows, and the job fails where it violates a policy", async () => {
  const before = readFileSync(profile, "utf8");
  const promised = "infrastructure:\n  cluster: all\n  overcommit: { cpu: 2, memory: 2 }\n";
  writeFileSync(profile, before.replace(/^infrastructure:\n/m, promised));
  const { code, text, stacks } = await preview(base);
  writeFileSync(profile, before);
  expect(text).not.toContain("could not be deployed");
  expect(code).toBe(1);
  expect(stacks).toMatchObject([{ operation: "preview", result: "failed" }]);
  const [stack] = stacks;
  expect(stack?.unchanged).toBeGreaterThan(40);
  expect(stack?.changes.map(({ step, type }) => `${step} ${type}`)).toEqual(
    Array(2).fill("create cloudstack:management:Setting"),
  );
  const stopping = stack?.findings.filter(({ level }) => level === "mandatory");
  expect(stopping).toMatchObject([{ rule: "quota-overcommit", resource: expect.stringContaining("mem.") }]);
  expectNothingLeft();
});

test("a base that is not there, or cannot be set up, fails the job before any preview", async () => {
  const absent = await preview("0".repeat(40));
  expect(absent).toMatchObject({ code: 1, text: expect.stringMatching(/^ci: git worktree add .* ended with 128/m) });
  const cannot = await preview(broken);
  expect(cannot).toMatchObject({ code: 1, text: expect.stringContaining("no npm today"), stacks: [] });
  expectNothingLeft();
});
