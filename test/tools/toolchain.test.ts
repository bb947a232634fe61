import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import random from "@pulumi/random/package.json" with { type: "json" };
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pulumiEnv } from "../../tools/pulumi.ts";
import { makeFolderOnce } from "../../tools/toolchain/cache.ts";
import { downloadArchive } from "../../tools/toolchain/download.ts";
import { installLanguageHost, languageHostPath } from "../../tools/toolchain/language-host.ts";
import { pulumiVersion, randomVersion } from "../../tools/toolchain/pins.ts";
import { findOnPath, isAtLeast } from "../../tools/toolchain/pulumi-cli.ts";

const root = join(import.meta.dirname, "../..");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "strata-toolchain-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A script that stands for an executable of an installation. */
function executable(name: string, text = ""): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

test("the pinned versions are those of the Go module and of the npm package", () => {
  const module = readFileSync(join(root, "tools/go.mod"), "utf8");
  expect(module).toContain(`github.com/pulumi/pulumi/pkg/v3 v${pulumiVersion}`);
  expect(random.version).toBe(randomVersion);
});

test.each([
  ["3.255.0", true],
  ["3.255.1", true],
  ["3.300.0-alpha.1", true],
  ["4.0.0", true],
  ["3.254.9", false],
  ["2.999.0", false],
  ["", false],
  ["dev", false],
])("version %j is at least 3.255.0: %s", (version, expected) => {
  expect(isAtLeast(version, "3.255.0")).toBe(expected);
});

describe("which engine is used", () => {
  const environment = (path: string) => pulumiEnv({ PATH: path, HOME: folder, PULUMI_CONFIG_PASSPHRASE: "" });
  beforeEach(() => vi.stubEnv("STRATA_CACHE", join(folder, "cache")));

  test("a complete installation on PATH, and then no stand-in", async () => {
    const command = executable("official/pulumi", "echo v3.300.0");
    executable("official/pulumi-language-nodejs");
    mkdirSync(join(folder, "cache/pulumi-home/plugins", `resource-random-v${randomVersion}`), { recursive: true });
    const found = await environment(join(folder, "official"));
    expect(found.command).toBe(command);
    expect(found.env.PULUMI_HOME).toBe(join(folder, "cache/pulumi-home"));
    expect(found.notes).toEqual([`Pulumi 3.300.0, from ${command}`]);
    expect(found.env.PATH?.split(delimiter)).not.toContain(dirname(languageHostPath()));
    expect(found.env.STRATA_LANGUAGE_HOST).toBeUndefined();
  });

  test("an engine on PATH without its language host, with the stand-ins and a note", async () => {
    executable("bare/pulumi", "echo v3.300.0");
    const notBuilt = "The Node language host of this work tree is not built yet: run `npm run setup` first.";
    await expect(environment(join(folder, "bare"))).rejects.toThrow(notBuilt);
    executable(relative(folder, languageHostPath()));
    const found = await environment(join(folder, "bare"));
    expect(found.notes.join("\n")).toContain("stand-in for the official Node language host and random plugin");
    expect(found.env.PATH?.split(delimiter)).toContain(dirname(languageHostPath()));
    expect(found.env.STRATA_LANGUAGE_HOST).toBe(languageHostPath());
  });

  test("not one that is too old or says no version", async () => {
    executable("old/pulumi", "echo v3.100.0");
    await expect(environment(join(folder, "old"))).rejects.toThrow("npm run setup");
    executable("unnamed/pulumi");
    await expect(environment(join(folder, "unnamed"))).rejects.toThrow("npm run setup");
  });

  test("never our own wrapper", () => {
    executable("clone/node_modules/.bin/pulumi");
    expect(findOnPath("pulumi", { PATH: join(folder, "clone/node_modules/.bin") })).toBeUndefined();
  });

  test("the user's own backend, passphrase and Pulumi home stay", async () => {
    executable("official/pulumi", "echo v3.300.0");
    executable("official/pulumi-language-nodejs");
    const own = { PULUMI_BACKEND_URL: "s3://states", PULUMI_CONFIG_PASSPHRASE: "mine" };
    const { env } = await pulumiEnv({ PATH: join(folder, "official"), ...own });
    expect(env).toMatchObject(own);
    expect(env.PULUMI_HOME).toBeUndefined();
    expect(env.PULUMI_CONFIG_PASSPHRASE_FILE).toBeUndefined();
  });
});

describe("the launcher beside an engine that set-up built", () => {
  const launcher = () => join(folder, "built/pulumi-language-nodejs");
  const install = () => installLanguageHost({ command: join(folder, "built/pulumi"), version: "", source: "built" });
  beforeEach(() => {
    vi.stubEnv("STRATA_CACHE", join(folder, "cache"));
    executable(relative(folder, languageHostPath()), 'echo "host $*"');
  });

  test("is brought up to date, and then left as it is", async () => {
    executable("built/pulumi-language-nodejs", 'exec "$STRATA_NODE" "$STRATA_LANGUAGE_HOST" "$@"');
    await install();
    const { ino } = statSync(launcher());
    const env = { STRATA_LANGUAGE_HOST: languageHostPath() };
    expect(execFileSync(launcher(), ["engine:1"], { env, encoding: "utf8" })).toBe("host engine:1\n");
    await install();
    expect(statSync(launcher()).ino).toBe(ino);
  });

  test("starts the host of an earlier work tree, too, and says what is wrong without one", async () => {
    await mkdir(join(folder, "built"));
    await install();
    const script = join(folder, "main.ts");
    writeFileSync(script, "console.log(process.argv.at(-1) satisfies string);");
    const env = { STRATA_LANGUAGE_HOST: script, STRATA_NODE: process.execPath };
    expect(execFileSync(launcher(), ["engine:1"], { env, encoding: "utf8" })).toBe("engine:1\n");
    expect(() => execFileSync(launcher(), { env: {}, stdio: "pipe" })).toThrow("npx pulumi");
  });
});

describe("the download", () => {
  test("a file that is not the pinned one is not used", async () => {
    const server = createServer((_request, response) => response.end("something else")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pulumi.tar.gz`;
    const pinned = "0".repeat(64);
    await expect(downloadArchive(url, pinned, folder, () => {})).rejects.toThrow(/has SHA-256 .* it was not used/);
    server.close();
  });

  test("a host that does not answer is given up in seconds", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/pulumi.tar.gz`;
    const started = Date.now();
    await expect(downloadArchive(url, "", folder, () => {})).rejects.toThrow("no answer within 3 s");
    expect(Date.now() - started).toBeLessThan(60_000);
    silent.closeAllConnections();
    silent.close();
  });
});

describe("the cache folder", () => {
  test("is filled once however many want it", async () => {
    const target = join(folder, "thing");
    let fills = 0;
    const fill = async (draft: string) => {
      fills++;
      await sleep(50);
      writeFileSync(join(draft, "content"), "whole");
    };
    const made = await Promise.all([1, 2, 3].map(() => makeFolderOnce(target, fill)));
    expect(fills).toBe(1);
    expect(made.filter((one) => one)).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(["thing"]);
  });

  test("keeps nothing of a failed attempt, and the next one works", async () => {
    const target = join(folder, "thing");
    await expect(makeFolderOnce(target, () => Promise.reject(new Error("no space")))).rejects.toThrow("no space");
    expect(readdirSync(folder)).toEqual([]);
    expect(await makeFolderOnce(target, async () => {})).toBe(true);
  });

  test("does not wait for a process that has died", async () => {
    const dead = spawn(process.execPath, ["-e", ""]);
    await once(dead, "exit");
    writeFileSync(join(folder, "thing.lock"), String(dead.pid));
    expect(await makeFolderOnce(join(folder, "thing"), async () => {})).toBe(true);
  });
});
