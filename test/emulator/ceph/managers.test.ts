import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CephEmulator, startCephEmulator } from "../../../emulator/ceph/server.ts";
import { Client } from "./client.ts";

let emulator: CephEmulator;
let client: Client;

beforeEach(async () => {
  emulator = await startCephEmulator({ managers: 3 });
  client = await Client.logIn(emulator);
});

afterEach(() => emulator.close());

const pool = { pool: "p", pg_num: 8, pool_type: "replicated" };

describe("a session", () => {
  it("needs the right password, which is 400 and not 401", async () => {
    const { status, body } = await client.call("POST", "/api/auth", { username: "admin", password: "wrong" });
    expect(status).toBe(400);
    expect(body).toEqual({ detail: "Invalid credentials", code: "invalid_credentials", component: "auth" });
  });

  it("locks an account after ten wrong passwords, for the right one too", async () => {
    const login = (password: string) => client.call("POST", "/api/auth", { username: "viewer", password });
    for (let n = 0; n < 10; n += 1) await login("wrong");
    expect((await login(emulator.viewer.password)).status).toBe(400);
  });

  it("ends when its time is over, and when it is logged out", async () => {
    const [short, long] = await Promise.all(
      [1, 9].map(
        async (ttl) => (await client.call("POST", "/api/auth", { ...emulator.viewer, ttl })).body as { token: string },
      ),
    );
    await client.control("POST", "clock", { offsetSeconds: 2 * 3600 });
    const status = async (token = "") => (await client.call("GET", "/api/pool", undefined, { token })).status;
    expect([await status(short?.token), await status(long?.token)]).toEqual([401, 200]);
    const check = (token = "") => client.call("POST", `/api/auth/check?token=${token}`);
    expect((await check(long?.token)).body).toMatchObject({ username: "viewer" });
    expect((await check(short?.token)).body).toMatchObject({ login_url: "#/login" });
    await client.call("POST", "/api/auth/logout", undefined, { token: long?.token ?? "" });
    expect(await status(long?.token)).toBe(401);
    expect((await client.call("GET", "/api/pool", undefined, { token: "not.a.token" })).body).toMatchObject({
      status: "401 Unauthorized",
      detail: "You are not authorized to access that resource",
    });
  });

  it("may read only what its role allows", async () => {
    const viewer = await Client.logIn(emulator, emulator.viewer);
    expect((await viewer.call("GET", "/api/pool")).status).toBe(200);
    const refused = await viewer.call("POST", "/api/pool", pool);
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { detail: "You don't have permissions to access that resource" },
    ]);
  });
});

describe("the media type", () => {
  it("must name a version that fits", async () => {
    const asked = async (path: string, version: string) => {
      const { status, body } = await client.call("GET", path, undefined, { version });
      return [status, (body as { detail?: string }).detail];
    };
    expect(await asked("/api/crush_rule", "1.0")).toEqual([
      415,
      "Incorrect version: endpoint is '2.0', client requested '1.0'",
    ]);
    expect(await asked("/api/pool", "1.1")).toEqual([
      415,
      "Incorrect version: endpoint is '1.0', client requested '1.1'",
    ]);
    expect((await asked("/api/osd", "1.0"))[0]).toBe(200);
    const plain = await client.call("GET", "/api/pool", undefined, { headers: { Accept: "application/json" } });
    expect([plain.status, plain.body]).toMatchObject([415, { detail: "Unable to find version in request header" }]);
    const early = await client.call("GET", "/api/pool", undefined, { token: "none", headers: { Accept: "*/*" } });
    expect(early.status).toBe(401);
  });
});

describe("standby managers", () => {
  it("send everything to the root of the active one", async () => {
    const answer = await client.call("POST", "/api/pool", pool, { manager: 1 });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `${emulator.urls[0]}/`]);
    const followed = await fetch(`${emulator.urls[1]}/api/pool`, {
      headers: { Authorization: `Bearer ${client.token}` },
    });
    expect([followed.status, followed.headers.get("content-type")]).toEqual([200, "text/html;charset=utf-8"]);
  });

  it("fail with the status that is set, where they shall not redirect", async () => {
    await client.control("POST", "managers", { standby: "error", errorStatus: 503 });
    const answer = await client.call("GET", "/api/pool", undefined, { manager: 2 });
    expect([answer.status, answer.body]).toMatchObject([503, { detail: "Keep on looking" }]);
  });
});

describe("a fail-over", () => {
  it("makes the next manager the active one, with the same sessions and pools", async () => {
    await client.call("POST", "/api/pool", pool);
    await client.control("POST", "failover", {});
    expect((await client.call("GET", "/api/pool/p", undefined, { manager: 0 })).status).toBe(303);
    expect((await client.call("GET", "/api/pool/p", undefined, { manager: 1 })).body).toMatchObject({ pool_name: "p" });
  });

  it("shows people a page with status 200 while nobody is active", async () => {
    await client.control("POST", "failover", { gapMs: 600_000 });
    const answer = await client.call("GET", "/api/pool", undefined, { manager: 1 });
    expect([answer.status, answer.body]).toEqual([200, undefined]);
    expect(answer.text).toContain("No active ceph-mgr instance");
  });

  it("cuts what is under way and forgets tasks", async () => {
    await client.control("POST", "tasks", { durationMs: 600_000, applies: "end" });
    const waiting = client.call("POST", "/api/pool", pool).then(
      () => "answered",
      () => "cut",
    );
    while ((await client.get<{ executing_tasks: unknown[] }>("/api/task")).executing_tasks.length === 0);
    await client.control("POST", "failover", {});
    expect(await waiting).toBe("cut");
    const tasks = await client.call("GET", "/api/task", undefined, { manager: 1 });
    expect(tasks.body).toEqual({ executing_tasks: [], finished_tasks: [] });
    expect((await client.call("GET", "/api/pool/p", undefined, { manager: 1 })).status).toBe(404);
  });

  it("skips managers whose process is gone, and they come back as standbys", async () => {
    await client.control("POST", "managers", { name: "b", up: false });
    await client.control("POST", "managers", { name: "a", up: false });
    await expect(client.call("GET", "/api/pool", undefined, { manager: 0 })).rejects.toThrow();
    expect((await client.call("GET", "/api/summary", undefined, { manager: 2 })).body).toMatchObject({ mgr_id: "c" });
    await client.control("POST", "managers", { name: "a", up: true });
    expect((await client.call("GET", "/api/pool", undefined, { manager: 0 })).headers.get("location")).toBe(
      `${emulator.urls[2]}/`,
    );
  });
});

describe("tasks", () => {
  type Tasks = { executing_tasks: Record<string, unknown>[]; finished_tasks: Record<string, unknown>[] };
  const tasks = (name: string) => client.get<Tasks>(`/api/task?name=${name}`);
  const finished = async (name: string) => {
    for (;;) {
      const [task] = (await tasks(name)).finished_tasks;
      if (task) return task;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it("answer 202 when they take longer, and tell how they ended", async () => {
    // Long enough for the list to be asked meanwhile on a busy machine.
    await client.control("POST", "tasks", { durationMs: 2000, waitMs: 0 });
    const made = await client.call("POST", "/api/pool", pool);
    expect([made.status, made.body]).toEqual([202, { name: "pool/create", metadata: { pool_name: "p" } }]);
    expect((await tasks("pool/*")).executing_tasks).toMatchObject([
      { name: "pool/create", metadata: { pool_name: "p" } },
    ]);
    expect(await finished("pool/create")).toMatchObject({ success: true, exception: null, progress: 100 });
  });

  it("tell a failure only in the list, once the call is answered", async () => {
    await client.control("POST", "tasks", { durationMs: 20, waitMs: 0, applies: "end" });
    expect((await client.call("POST", "/api/pool", { ...pool, rule_name: "none" })).status).toBe(202);
    expect(await finished("pool/create")).toMatchObject({
      success: false,
      ret_value: null,
      exception: { detail: "[errno -2] specified rule none doesn't exist" },
    });
    await client.control("POST", "faults", { endpoint: "pool/edit", kind: "task-failure", detail: "lost it" });
    await client.call("PUT", "/api/pool/.mgr", { quota_max_bytes: 5 });
    expect(await finished("pool/edit")).toMatchObject({ success: false, exception: { detail: "lost it" } });
    expect(await client.get("/api/pool/.mgr")).toMatchObject({ quota_max_bytes: 0 });
  });

  it("answer as always when they are quick enough, and join a task that runs already", async () => {
    await client.control("POST", "tasks", { durationMs: 30, waitMs: 10_000 });
    const both = await Promise.all([client.call("POST", "/api/pool", pool), client.call("POST", "/api/pool", pool)]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect((await tasks("pool/create")).finished_tasks).toHaveLength(1);
  });
});

it("serves https", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ceph-tls-"));
  const paths = [join(folder, "key.pem"), join(folder, "cert.pem")] as const;
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1 -keyout ${paths[0]} -out ${paths[1]}`;
  execFileSync("openssl", words.split(" "), { stdio: "ignore" });
  const [key, cert] = paths.map((path) => readFileSync(path, "utf8"));
  const secure = await startCephEmulator({ managers: 1, tls: { key: key ?? "", cert: cert ?? "" } });
  const status = await new Promise((resolve, reject) => {
    const call = request(`${secure.urls[0]}/api/pool`, { rejectUnauthorized: false }, (answer) =>
      resolve(answer.statusCode),
    );
    call.once("error", reject).end();
  });
  expect(status).toBe(401);
  await secure.close();
  rmSync(folder, { recursive: true });
});
