#!/usr/bin/env node
// Sets up everything that `npm test` and `npm run demo` need. Plain JavaScript: it runs on the machine's own Node
// (20 or newer) in a fresh clone, installs the npm packages with their Node 24, and hands over to TypeScript.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { say, step } from "./toolchain/progress.mjs";

const minimumNode = 20;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, "node_modules/.bin/node");

process.exitCode = await setUp();

async function setUp() {
  if (Number(process.versions.node.split(".")[0]) < minimumNode) {
    say(`Node ${process.versions.node} is too old: install Node ${minimumNode} or newer (https://nodejs.org).`);
    return 1;
  }
  if (!packagesAreInstalled()) {
    const failure = await step("Installing the npm packages", installPackages);
    if (failure !== undefined) {
      say(failure);
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

/** @returns {Promise<string | undefined>} what went wrong */
async function installPackages() {
  const args = ["ci", "--include=dev", "--include=optional", "--loglevel=error", "--no-audit", "--no-fund"];
  try {
    const { code, output } = await start("npm", args, "pipe");
    return code === 0 ? undefined : `npm ci failed:\n${output.trim()}`;
  } catch {
    return "npm is missing: install it with Node (https://nodejs.org).";
  }
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
