import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type CephEmulator, type CephEmulatorOptions, startCephEmulator } from "../../../emulator/ceph/server.ts";
import { Client, type ClientOptions } from "../../../provider/ceph/client/client.ts";
import { type CephError, isCephError } from "../../../provider/ceph/client/errors.ts";
import { Managers } from "../../../provider/ceph/client/managers.ts";
import { eventually } from "../../support/processes.ts";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options: CephEmulatorOptions = {}): Promise<CephEmulator> {
  const emulator = await startCephEmulator({ randomSeed: 1, ...options });
  closing.push(() => emulator.close());
  return emulator;
}

function clientOf({ urls, username, password }: CephEmulator, options: Partial<ClientOptions> = {}): Client {
  return new Client({ urls, username, password, ...options });
}

async function control({ controlUrl }: CephEmulator, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${controlUrl}/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function callsOf({ controlUrl }: CephEmulator): Promise<Record<string, number>> {
  const { byEndpoint } = (await (await fetch(`${controlUrl}/calls`)).json()) as { byEndpoint: Record<string, number> };
  return byEndpoint;
}

async function failure(promise: Promise<unknown>): Promise<CephError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isCephError(error)) throw new Error(`no failure of Ceph: ${String(error)}`);
  return error;
}

/** A server that is no Ceph dashboard. */
async function serve(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pool = { pool: "p", pg_num: 8, pool_type: "replicated" };
const poolNames = async (client: Client) =>
  ((await client.send("GET", "pool")) as { pool_name: string }[]).map(({ pool_name: name }) => name);

describe("session", () => {
  test("one login serves all calls, and is renewed when it has expired", async () => {
    const emulator = await start();
    await control(emulator, "tokens", { ttlSeconds: 60 });
    const client = clientOf(emulator);
    await Promise.all([client.connect(), poolNames(client), poolNames(client)]);
    expect((await callsOf(emulator))["POST /api/auth"]).toBe(1);
    await control(emulator, "clock", { offsetSeconds: 120 });
    await Promise.all([poolNames(client), poolNames(client)]);
    expect((await callsOf(emulator))["POST /api/auth"]).toBe(2);
  });

  test("a wrong password is told at once and once: the dashboard locks users out", async () => {
    const emulator = await start();
    const error = await failure(clientOf(emulator, { password: "wr0ng-one" }).connect());
    expect(error.kind).toBe("auth");
    expect(error.message).toMatch(/POST \/api\/auth: Invalid credentials .*\n.*CEPH_DASHBOARD_PASSWORD/);
    expect(error.message).not.toContain("wr0ng-one");
    expect((await callsOf(emulator))["POST /api/auth"]).toBe(1);
  });

  test("a user without the permission is told so", async () => {
    const emulator = await start();
    const error = await failure(clientOf(emulator, emulator.viewer).send("POST", "pool", { body: pool }));
    expect(error.kind).toBe("forbidden");
    expect(error.message).toContain("administrator");
  });
});

describe("versions", () => {
  test("the version that an endpoint wants is learnt from its refusal, once", async () => {
    const emulator = await start();
    const client = clientOf(emulator);
    await client.send("GET", "crush_rule");
    await client.send("GET", "crush_rule");
    expect((await callsOf(emulator))["GET /api/crush_rule"]).toBe(3);
  });

  test("a path that the server does not have is a question of its version", async () => {
    const path = { target: "cold", name: "SQUEEZED" };
    const error = await failure(
      clientOf(await start()).send("DELETE", "rgw/zonegroup/storage-class/{target}/{name}", { path }),
    );
    expect(error.kind).toBe("version");
    expect(error.message).toContain("radosgw-admin zonegroup placement add");
  });

  test("a cluster that is too old is refused before anything is made", async () => {
    const url = await serve((request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify(
          request.url === "/api/auth" ? { token: "t" } : { version: "ceph version 15.2.17 (8a8) octopus" },
        ),
      );
    });
    const error = await failure(new Client({ urls: [url], username: "u", password: "p" }).connect());
    expect(error.message).toMatch(/15\.2\.17.*at least 18/);
  });
});

/** Resolves when a task has been accepted, and runs. */
async function underWay(client: Client): Promise<void> {
  await eventually("a task runs", async () => {
    const { executing_tasks: tasks } = (await client.send("GET", "task")) as { executing_tasks: unknown[] };
    return tasks.length > 0;
  });
}

describe("tasks", () => {
  test("202 is waited for to its end", async () => {
    const emulator = await start();
    const client = clientOf(emulator);
    await control(emulator, "tasks", { durationMs: 300, waitMs: 0, applies: "end" });
    await client.send("POST", "pool", { body: pool });
    expect(await poolNames(client)).toContain("p");
    expect((await callsOf(emulator))["GET /api/task"]).toBeGreaterThan(0);
  });

  test("a task that fails is an error with the server's own words", async () => {
    const emulator = await start();
    const client = clientOf(emulator);
    await control(emulator, "tasks", { durationMs: 100, waitMs: 0 });
    await control(emulator, "faults", { endpoint: "pool/create", kind: "task-failure", detail: "[errno -16] no room" });
    const error = await failure(client.send("POST", "pool", { body: pool }));
    expect([error.kind, error.facts.endpoint, error.facts.text]).toEqual([
      "in-use",
      "POST /api/pool",
      "[errno -16] no room",
    ]);
    expect(error.facts.mayHaveHappened).not.toBe(true);
  });

  test("an older task of the same name is not taken for ours", async () => {
    const emulator = await start();
    const client = clientOf(emulator);
    await client.send("POST", "pool", { body: pool });
    await control(emulator, "tasks", { durationMs: 200, waitMs: 0, applies: "end" });
    for (const quota of [1, 2]) {
      await client.send("PUT", "pool/{name}", { path: { name: "p" }, body: { quota_max_objects: quota } });
      const [row] = ((await client.send("GET", "pool")) as Record<string, unknown>[]).filter(
        (one) => one.pool_name === "p",
      );
      expect(row?.quota_max_objects).toBe(quota);
    }
  });

  test("a task that its manager took along is lost, not failed", async () => {
    const emulator = await start();
    const client = clientOf(emulator);
    await client.connect();
    await control(emulator, "tasks", { durationMs: 5_000, waitMs: 0 });
    const sent = failure(client.send("POST", "pool", { body: pool }));
    await underWay(client);
    await control(emulator, "failover", {});
    const error = await sent;
    expect([error.kind, error.facts.mayHaveHappened]).toEqual(["task-lost", true]);
  });

  test("a wait that is given up says that the task goes on", async () => {
    const emulator = await start();
    await control(emulator, "tasks", { durationMs: 60_000, waitMs: 0 });
    const givingUp = new AbortController();
    const sent = failure(clientOf(emulator).send("POST", "pool", { body: pool, signal: givingUp.signal }));
    // The wait for it has begun.
    await eventually("the task is asked about", async () => "GET /api/task" in (await callsOf(emulator)));
    givingUp.abort();
    const error = await sent;
    expect([error.kind, error.facts.mayHaveHappened]).toEqual(["cancelled", true]);
  });
});

describe("managers", () => {
  test.each(["redirect", "error"])("a standby that answers with %s is left for the active one", async (standby) => {
    const emulator = await start({ managers: 3 });
    await control(emulator, "managers", { standby });
    const client = clientOf(emulator, { urls: [...emulator.urls].reverse() });
    expect(await poolNames(client)).toContain("cloudstack");
  });

  test("one address is enough while its standby redirects", async () => {
    const emulator = await start({ managers: 2 });
    expect(await poolNames(clientOf(emulator, { urls: [String(emulator.urls[1])] }))).toContain("cloudstack");
  });

  test.each([0, 800])("a fail-over with a gap of %i ms goes unnoticed between two calls", async (gapMs) => {
    const emulator = await start({ managers: 2 });
    const client = clientOf(emulator);
    await client.connect();
    await control(emulator, "failover", { gapMs });
    expect(await poolNames(client)).toContain("cloudstack");
    await client.send("POST", "pool", { body: pool });
    expect(await poolNames(client)).toContain("p");
  });

  test("a manager whose process is gone is left for the next", async () => {
    const emulator = await start({ managers: 2 });
    const client = clientOf(emulator);
    await client.connect();
    await control(emulator, "managers", { name: "a", up: false });
    expect(await poolNames(client)).toContain("cloudstack");
  });

  test("what was cut off is sent again if it may be, and else reported as unknown", async () => {
    const emulator = await start();
    const client = clientOf(emulator);
    for (const kind of ["drop", "drop-before"]) {
      await control(emulator, "faults", { endpoint: "POST /api/pool", kind });
      const error = await failure(client.send("POST", "pool", { body: pool }));
      expect([error.kind, error.facts.mayHaveHappened]).toEqual(["dropped", true]);
      await control(emulator, "faults", { endpoint: "GET /api/pool", kind });
      expect(await poolNames(client)).toContain("cloudstack");
    }
    expect((await callsOf(emulator))["POST /api/pool"]).toBe(2);
  });

  test("a standby may not send our token from https to http, nor back to itself", () => {
    const managers = new Managers(["https://a:8443", "https://b:8443"]);
    expect(managers.follow("https://a:8443", "http://evil:8443/")).toBe(false);
    expect(managers.follow("https://a:8443", "https://a:8443/")).toBe(false);
    expect(managers.current).toBe("https://a:8443");
    expect(managers.follow("https://a:8443", "https://b:8443/")).toBe(true);
    expect(managers.current).toBe("https://b:8443");
  });

  test("a name that we were not given is tried only when all that we were given point elsewhere", () => {
    const managers = new Managers(["https://a:8443", "https://b:8443"]);
    expect(managers.follow("https://a:8443", "https://internal:8443/dash/api/pool")).toBe(false);
    managers.leave("https://a:8443");
    expect(managers.current).toBe("https://b:8443");
    expect(managers.follow("https://b:8443", "https://internal:8443/dash/api/pool")).toBe(true);
    expect(managers.current).toBe("https://internal:8443/dash");
  });
});

describe("what is wrong with the address", () => {
  test("nobody listens: all addresses and the remedy are named", async () => {
    const client = new Client({ urls: ["http://127.0.0.1:1", "http://127.0.0.1:2"], username: "u", password: "p" });
    const error = await failure(client.connect());
    expect(error.message).toMatch(
      /cannot connect to .*asked: http:\/\/127\.0\.0\.1:1, http:\/\/127\.0\.0\.1:2[\s\S]*ceph mgr services/,
    );
  });

  test("only standbys: that there is no active one", async () => {
    const emulator = await start({ managers: 1 });
    await control(emulator, "failover", { gapMs: 60_000 });
    const error = await failure(clientOf(emulator).connect());
    expect(error.kind === "standby" || error.kind === "refused").toBe(true);
  });

  test("another web page is no dashboard", async () => {
    const url = await serve((_, response) => response.setHeader("content-type", "text/html").end("<html>hello</html>"));
    const error = await failure(new Client({ urls: [url], username: "u", password: "p" }).connect());
    expect(error.message).toMatch(/does not answer as a Ceph dashboard[\s\S]*https:\/\/HOST:8443/);
  });

  test("TLS: an unknown issuer is refused; caCertificate makes it known, verifyTls: false does not ask", async () => {
    const file = (name: string) => `${import.meta.dirname}/../client/testdata/${name}`;
    const read = (name: string) => readFileSync(file(name), "utf8");
    const emulator = await start({ tls: { key: read("test.key"), cert: read("good.pem") } });
    const error = await failure(clientOf(emulator).connect());
    expect(error.message).toMatch(/no trusted TLS connection[\s\S]*caCertificate/);
    await clientOf(emulator, { caCertificate: read("good.pem") }).connect();
    await clientOf(emulator, { caCertificate: file("good.pem") }).connect();
    await clientOf(emulator, { verifyTls: false }).connect();
  });
});

test("a server that repeats our password in its error does not get it into ours", async () => {
  const url = await serve((request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url === "/api/auth") return void response.end('{"token":"t"}');
    response.statusCode = 400;
    response.end('{"detail":"bad: s3cret-pass"}');
  });
  const error = await failure(new Client({ urls: [url], username: "u", password: "s3cret-pass" }).connect());
  expect(error.message).toContain("bad: [secret]");
});
