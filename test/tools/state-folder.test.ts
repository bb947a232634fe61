import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cleanUpAfterKilled, withoutAttributes } from "../../tools/state-folder.ts";
import { refuseWithoutRoom } from "../../tools/state-room.ts";

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

describe("a state that a full disk has cut off", () => {
  const whole = (what: string) => JSON.stringify({ version: 3, checkpoint: { stack: what } });
  const path = (name: string) => join(folder, ".pulumi", name);
  /** Of some minutes ago. */
  const write = (name: string, text: string, minutes: number) => {
    mkdirSync(join(path(name), ".."), { recursive: true });
    writeFileSync(path(name), text);
    const time = new Date(Date.UTC(2026, 10, 21, 12) - minutes * 60_000);
    utimesSync(path(name), time, time);
  };
  const state = "stacks/strata/site.json";
  const cutOff = () => {
    write(state, whole("newest").slice(0, 20), 0);
    write(`${state}.bak`, "", 1);
    write("backups/strata/site/site.2.json", whole("older"), 2);
    write("backups/strata/site/site.3.json", whole("oldest"), 3);
  };

  test("is replaced by its newest whole copy, kept, and told", async () => {
    cutOff();
    write("stacks/strata/other.json", whole("other"), 0);
    const [note, ...more] = await cleanUpAfterKilled(backendUrl());
    expect(note).toMatch(/the stack site is cut off.*its copy of 2026-11-21T11:58:00 .*site\.2\.json.*`up --refresh`/);
    expect(more).toEqual([]);
    expect(readFileSync(path(state), "utf8")).toBe(whole("older"));
    expect(readFileSync(path(`${state}.broken`), "utf8")).toBe(whole("newest").slice(0, 20));
    expect(await cleanUpAfterKilled(backendUrl())).toEqual([]);
  });

  test("stays where somebody works on it, and where there is no whole copy", async () => {
    cutOff();
    const held = lock("running", { pid: process.pid, hostname: hostname() });
    expect(await cleanUpAfterKilled(backendUrl())).toEqual([]);
    rmSync(held);
    rmSync(path("backups"), { recursive: true });
    expect(await cleanUpAfterKilled(backendUrl())).toEqual([expect.stringContaining("none of its copies is whole")]);
    expect(readFileSync(path(state), "utf8")).toBe(whole("newest").slice(0, 20));
  });
});

test("a run that changes something is not begun on a disk that is nearly full", async () => {
  const env = { PULUMI_BACKEND_URL: backendUrl() };
  const refusal = (words: string[], free: number) => refuseWithoutRoom(env, words, async () => free);
  await expect(refusal(["-s", "site", "up"], 1e6)).rejects.toThrow(
    /has 1\.0 MB left, and a run needs 16\.8 MB.*make room/,
  );
  await refusal(["stack", "output"], 1e6);
  await refusal(["up"], 17e6);
  mkdirSync(join(folder, ".pulumi/stacks/strata"), { recursive: true });
  writeFileSync(join(folder, ".pulumi/stacks/strata/site.json"), "x".repeat(1e6));
  await expect(refusal(["up"], 17e6)).rejects.toThrow("22.8 MB");
  // The disk that the tests run on has room.
  await refuseWithoutRoom(env, ["up"]);
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
