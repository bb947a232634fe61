import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type CephEmulator, startCephEmulator } from "../../../emulator/ceph/server.ts";
import { Client } from "./client.ts";

let stateFolder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), "ceph-state-"));
});

afterEach(async () => {
  await end("SIGKILL");
  rmSync(stateFolder, { recursive: true, force: true });
});

/** Starts the emulator as a process of its own and waits for its endpoint file. */
async function start(): Promise<CephEmulator> {
  const path = join(stateFolder, "endpoint.json");
  rmSync(path, { force: true });
  child = spawn(process.execPath, ["emulator/ceph/main.ts", "--state", stateFolder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20));
  return JSON.parse(readFileSync(path, "utf8")) as CephEmulator;
}

async function end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

it("comes back from SIGKILL with everything it answered for, the same credentials and good tokens", async () => {
  const before = await start();
  const client = await Client.logIn(before);
  const answered = new Set<string>();
  const writer = async (lane: number) => {
    for (let n = 0; ; n += 1) {
      const entity = `client.t-${lane}-${n}`;
      const body = { user_entity: entity, capabilities: [{ entity: "mon", cap: "allow r" }] };
      const answer = await client.call("POST", "/api/cluster/user", body).catch(() => undefined);
      if (!answer) return;
      answered.add(entity);
      if (answered.size === 100) child?.kill("SIGKILL");
    }
  };
  await Promise.all([1, 2, 3].map(writer));
  await end("SIGKILL");

  const after = await start();
  expect([after.password, after.cloudstackUser]).toEqual([before.password, before.cloudstackUser]);
  const again = await Client.logIn(after);
  const users = (await again.get<{ entity: string }[]>("/api/cluster/user")).map(({ entity }) => entity);
  expect(users).toEqual(expect.arrayContaining([...answered]));
  expect((await again.call("GET", "/api/pool", undefined, { token: client.token })).status).toBe(200);
});

it("ends on SIGTERM and takes its endpoint file away", async () => {
  await start();
  await end("SIGTERM");
  expect(existsSync(join(stateFolder, "endpoint.json"))).toBe(false);
});

it("goes back to its seed on reset, keeping what it handed out", async () => {
  const emulator = await startCephEmulator({ stateFolder });
  const client = await Client.logIn(emulator);
  const inventory = async (of = client) => (await of.control("GET", "inventory")).text;
  const seeded = await inventory();
  await client.call("POST", "/api/pool", { pool: "p", pg_num: 8, pool_type: "replicated" });
  await client.call("POST", "/api/rgw/user", { uid: "u", display_name: "U" });
  await client.control("POST", "faults", { endpoint: "*", kind: "error", detail: "no" });
  expect(await inventory()).not.toBe(seeded);
  expect(seeded).not.toContain(emulator.password);
  expect(seeded).not.toContain(emulator.cloudstackUser.key);
  await client.control("POST", "reset");
  expect(await inventory()).toBe(seeded);
  const again = await Client.logIn(emulator);
  await emulator.close();

  const restarted = await startCephEmulator({ stateFolder });
  expect(restarted.password).toBe(emulator.password);
  expect(await inventory(await Client.logIn(restarted))).toBe(seeded);
  expect(again.token).not.toBe("");
  await restarted.close();
});

it("plays faults, counts calls and forgets both", async () => {
  const emulator = await startCephEmulator();
  const client = await Client.logIn(emulator);
  const pools = () => client.call("GET", "/api/pool");
  const fault = { endpoint: "GET /api/pool", kind: "error", status: 503, detail: "out", code: "9", component: "mon" };
  await client.control("POST", "faults", fault);
  expect((await pools()).body).toEqual({ detail: "out", code: "9", component: "mon" });
  expect((await pools()).status).toBe(200);
  await client.control("POST", "faults", { endpoint: "POST /api/pool", kind: "drop" });
  const pool = { pool: "p", pg_num: 8, pool_type: "replicated" };
  await expect(client.call("POST", "/api/pool", pool)).rejects.toThrow();
  expect((await client.call("GET", "/api/pool/p")).status).toBe(200);
  await client.control("POST", "faults", { endpoint: "*", kind: "drop-before" });
  await expect(pools()).rejects.toThrow();
  const { body } = await client.control("GET", "calls");
  expect(body).toMatchObject({ byEndpoint: { "GET /api/pool": 3, "POST /api/pool": 1, "POST /api/auth": 1 } });
  expect((await client.control("POST", "faults", { endpoint: "*", kind: "fire" })).status).toBe(400);
  expect((await client.control("GET", "nothing")).status).toBe(404);
  await emulator.close();
});
