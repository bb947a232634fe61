import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cleanUpAfterKilled, withoutAttributes } from "../../tools/state-folder.ts";

let folder: string;
const backendUrl = () => `file://${folder}?metadata=skip`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "strata-state-"));
  mkdirSync(join(folder, ".pulumi/locks/organization/strata/site"), { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A number that no process can have. */
const dead = 2 ** 30;

function lock(name: string, holder: { pid: number; hostname: string }): string {
  const file = join(folder, ".pulumi/locks/organization/strata/site", `${name}.json`);
  writeFileSync(file, JSON.stringify({ ...holder, username: "me", timestamp: "2026-11-21T03:00:00.5+09:00" }));
  return file;
}

test("the lock of a process that is no more is released, and the user is told", async () => {
  const file = lock("dead", { pid: dead, hostname: hostname() });
  expect(await cleanUpAfterKilled(backendUrl())).toEqual([
    `released the lock of an engine that was killed (process ${dead}, started 2026-11-21T03:00:00)`,
  ]);
  expect(existsSync(file)).toBe(false);
});

test("the lock of a running engine stays, and so does any lock of another machine", async () => {
  const running = lock("running", { pid: process.pid, hostname: hostname() });
  const elsewhere = lock("elsewhere", { pid: dead, hostname: "another-machine" });
  expect(await cleanUpAfterKilled(backendUrl())).toEqual([]);
  expect([running, elsewhere].map(existsSync)).toEqual([true, true]);
});

test("attributes that were only begun go, whole ones stay", async () => {
  const begun = join(folder, ".pulumi/begun.json.attrs");
  const whole = join(folder, ".pulumi/whole.json.attrs");
  writeFileSync(begun, "");
  writeFileSync(whole, "{}");
  await cleanUpAfterKilled(backendUrl());
  expect([begun, whole].map(existsSync)).toEqual([false, true]);
});

test("state in a folder is kept without attributes, state elsewhere as its owner says", () => {
  expect(withoutAttributes("file:///state")).toBe("file:///state?metadata=skip");
  expect(withoutAttributes("file:///state?create_dir=true")).toBe("file:///state?create_dir=true&metadata=skip");
  expect(withoutAttributes("file:///state?metadata=skip")).toBe("file:///state?metadata=skip");
  expect(withoutAttributes("s3://states")).toBe("s3://states");
});

test("a backend that is no folder, or not there yet, is left alone", async () => {
  expect(await cleanUpAfterKilled("s3://states")).toEqual([]);
  expect(await cleanUpAfterKilled("file:///not/there")).toEqual([]);
});
