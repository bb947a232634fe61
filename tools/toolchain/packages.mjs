// The part of set-up that runs on the machine's own Node (20 or newer) in a fresh clone: plain JavaScript, which installs
// the npm packages with their Node 24, and hands over to TypeScript.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./cache-folder.mjs";
import { say, step } from "./progress.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const node = join(root, "node_modules/.bin/node");

process.exitCode = await setUp();

async function setUp() {
  if (!packagesAreInstalled()) {
    try {
      await step("Installing the npm packages", installPackages);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
      return 1;
    }
  }
  if (!existsSync(node)) {
    say(`There is no Node 24 package for ${process.platform}-${process.arch}: use Linux or macOS on x64 or arm64.`);
    return 1;
  }
  return start(node, [join(root, "tools/toolchain/main.ts")], "inherit").then(({ code }) => code);
}

/** Whether node_modules holds what package-lock.json says; npm notes there what it has installed. */
function packagesAreInstalled() {
  try {
    const wanted = readLock("package-lock.json");
    const present = readLock("node_modules/.package-lock.json");
    return Object.entries(wanted).every(
      ([path, entry]) => path === "" || entry.optional || present[path]?.integrity === entry.integrity,
    );
  } catch {
    // Missing or broken: npm makes it anew, or says what is wrong with it.
    return false;
  }
}

/**
 * @param {string} path
 * @returns {Record<string, { integrity?: string, optional?: boolean }>}
 */
function readLock(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8")).packages;
}

/** @throws one sentence, or npm's own words */
async function installPackages() {
  const cache = await npmCache();
  const args = ["ci", "--include=dev", "--include=optional", "--loglevel=error", "--no-audit", "--no-fund"];
  const { code, output } = await start("npm", [...args, "--cache", cache], "pipe");
  if (code !== 0) throw new Error(`npm ci failed:\n${output.trim()}`);
}

/**
 * The cache that npm has already: it may be all that a closed network has. Where there is none, npm's 170 MB go to our
 * cache folder instead of a new one in the home.
 * @throws where there is no npm
 */
async function npmCache() {
  const { code, output } = await start("npm", ["config", "get", "cache", "--logs-max=0"], "pipe").catch(() => {
    throw new Error("npm is missing: install it with Node (https://nodejs.org).");
  });
  const own = output.trim();
  return code === 0 && existsSync(join(own, "_cacache")) ? own : join(cacheFolder(), "npm");
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {"inherit" | "pipe"} stdio
 * @returns {Promise<{ code: number, output: string }>}
 */
function start(command, args, stdio) {
  return new Promise((resolve, reject) => {
    // Behind a proxy, Node's own fetch looks at the usual variables only when told to.
    const child = spawn(command, args, { cwd: root, stdio, env: { ...process.env, NODE_USE_ENV_PROXY: "1" } });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
