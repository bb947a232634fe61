import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repoRoot, runFolder } from "../tools/toolchain/layout.ts";

/** Where the embedded cloud answers, and the throwaway keys of its administrator. Loopback only. */
export interface Endpoint {
  pid: number;
  apiUrl: string;
  controlUrl: string;
  apiKey: string;
  secretKey: string;
  startedAt: string;
}

export interface StartOptions {
  /** `real` answers as slowly as a real server's jobs do, `fast` ten times faster, `none` at once. */
  latency?: string;
  /** A seed file: zone, hosts, physical network, templates. */
  seed?: string;
  port?: string;
  /** `cloudstack`, or `mold` for ABLESTACK Mold. */
  flavor?: string;
}

const stateFolder = join(runFolder, "emulator");
const endpointFile = join(stateFolder, "endpoint.json");
const portFile = join(stateFolder, "port");
const logFile = join(stateFolder, "log");
const anyPort = "0";
const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;

/** The running embedded cloud of this work tree, or undefined. A leftover file of a dead process does not count. */
export async function findCloud(): Promise<Endpoint | undefined> {
  const endpoint = readEndpoint();
  return endpoint !== undefined && (await answers(endpoint)) ? endpoint : undefined;
}

/** Starts the embedded cloud in the background, on the port it had before where that is free; idempotent. */
export async function startCloud(options: StartOptions = {}): Promise<{ endpoint: Endpoint; started: boolean }> {
  const running = await findCloud();
  if (running !== undefined) return { endpoint: running, started: false };
  mkdirSync(stateFolder, { recursive: true });
  const port = options.port ?? (await formerPort());
  rmSync(endpointFile, { force: true });
  const child = launch({ ...options, port });
  let exited = false;
  child.once("exit", () => {
    exited = true;
  });
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline && !exited; await sleep(25)) {
    const endpoint = await findCloud();
    if (endpoint !== undefined) {
      child.unref();
      writeFileSync(portFile, new URL(endpoint.apiUrl).port);
      return { endpoint, started: true };
    }
  }
  throw new Error(`the embedded cloud did not start. Its log (${logFile}) ends with:\n${logTail()}`);
}

/** Ends the embedded cloud and keeps its state; false where none was running. */
export async function stopCloud(): Promise<boolean> {
  const endpoint = await findCloud();
  if (endpoint === undefined) return false;
  process.kill(endpoint.pid, "SIGTERM");
  for (const deadline = Date.now() + stopTimeoutMs; Date.now() < deadline; await sleep(25)) {
    if (!(await answers(endpoint))) return true;
  }
  throw new Error(`the embedded cloud (process ${endpoint.pid}) did not stop within ${stopTimeoutMs / 1000} s`);
}

/** Puts the running embedded cloud back to its seed. */
export async function resetCloud(): Promise<void> {
  const endpoint = await findCloud();
  if (endpoint === undefined)
    throw new Error("the embedded cloud is not running: start it with `strata emulator start`");
  const answer = await fetch(`${endpoint.controlUrl}/reset`, { method: "POST" });
  if (!answer.ok) throw new Error(`the embedded cloud refused the reset: ${answer.status} ${await answer.text()}`);
}

/** The provider's settings for this endpoint, as environment variables. */
export function cloudEnvironment(endpoint: Endpoint): Record<string, string> {
  return {
    CLOUDSTACK_API_URL: endpoint.apiUrl,
    CLOUDSTACK_API_KEY: endpoint.apiKey,
    CLOUDSTACK_SECRET_KEY: endpoint.secretKey,
  };
}

function launch(options: StartOptions): ChildProcess {
  const words = [join(repoRoot, "emulator/cloudstack/main.ts"), "--state", stateFolder];
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) words.push(`--${name}`, value);
  }
  const log = openSync(logFile, "a");
  try {
    return spawn(process.execPath, words, { cwd: repoRoot, detached: true, stdio: ["ignore", log, log] });
  } finally {
    closeSync(log);
  }
}

function readEndpoint(): Endpoint | undefined {
  try {
    return JSON.parse(readFileSync(endpointFile, "utf8"));
  } catch {
    return undefined;
  }
}

/** Stacks and shells remember the url, so a restart keeps the port, unless somebody else has it now. */
async function formerPort(): Promise<string> {
  try {
    const port = readFileSync(portFile, "utf8");
    const probe = createServer().listen(Number(port), "127.0.0.1");
    await once(probe, "listening");
    probe.close();
    await once(probe, "close");
    return port;
  } catch {
    return anyPort;
  }
}

async function answers(endpoint: Endpoint): Promise<boolean> {
  try {
    return (await fetch(`${endpoint.controlUrl}/calls`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function logTail(): string {
  try {
    return readFileSync(logFile, "utf8").split("\n").slice(-12).join("\n");
  } catch {
    return "(empty)";
  }
}
