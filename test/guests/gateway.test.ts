import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { secrets } from "../../src/guests/secrets.ts";
import { contentOf, context, guest, installed } from "./support.ts";
import { ask, certify, freePort, tlsServer } from "./wire.ts";

/** nginx itself with the gateway's configuration, where it is installed, in front of a router that says what it was sent. */
const runs = installed("nginx") && installed("openssl");
const surroundings = { ...context, requestsPerSecond: 1 };
let folder: string;
let gateway: ChildProcess | undefined;
let router: Awaited<ReturnType<typeof tlsServer>> | undefined;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gateway-"));
  if (!runs) return;
  certify(folder, ["router.ai.internal"]);
  writeFileSync(join(folder, "api-tokens.map"), '"Bearer right" a;\n"Bearer other" c;\n');
  router = await tlsServer(folder, (headers) => JSON.stringify(headers));
  port = await freePort();
  const guestOfIt = guest(["gateway"], {}, surroundings);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  mkdirSync(join(folder, "sites"));
  const main = contentOf(guestOfIt, "/etc/nginx/nginx.conf")
    .replace(/^user .*\n/, "daemon off;\n")
    .replace("http {", `http {\n${temporary.join("\n")}`)
    .replace("include /etc/nginx/mime.types;", "")
    .replaceAll("/etc/nginx/strata/", `${folder}/sites/`);
  const site = contentOf(guestOfIt, "/etc/nginx/strata/gateway.conf")
    .replace("listen 443 ", `listen 127.0.0.1:${port} `)
    .replaceAll(/server \S+:8080/g, `server 127.0.0.1:${router.port}`);
  const here = (text: string) =>
    text.replaceAll(secrets.folder, folder).replaceAll(/\/(var\/log\/nginx|run)\//g, `${folder}/`);
  writeFileSync(join(folder, "nginx.conf"), here(main));
  writeFileSync(join(folder, "sites/gateway.conf"), here(site));
  gateway = spawn("nginx", ["-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], { stdio: "ignore" });
  await vi.waitFor(async () => expect(await ask(port, "/health")).toMatchObject({ status: 200 }), { timeout: 60_000 });
});

afterAll(() => {
  gateway?.kill();
  router?.server.close();
  rmSync(folder, { recursive: true, force: true });
});

const withToken = (token: string, more = {}) => ({ headers: { authorization: `Bearer ${token}`, ...more } });

test.skipIf(!runs)(
  "a token's tenant is told to the router, the token is not, whatever the caller says that it is",
  async () => {
    const { status, body } = await ask(port, "/api/v1/predict", withToken("right", { "x-tenant": "c" }));
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      "x-tenant": "a",
      "x-request-id": expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(body).not.toMatch(/right|authorization/);
  },
);

test.skipIf(!runs).each([{}, withToken("wrong"), { headers: { authorization: "Basic right" } }])(
  "%j is refused",
  async (options) => {
    expect(await ask(port, "/api/v1/predict", options)).toMatchObject({ status: 401 });
  },
);

test.skipIf(!runs).each(["/api/v2/predict", "/", "/api/v1"])("there is no %s", async (path) => {
  expect((await ask(port, path, withToken("right"))).status).not.toBe(200);
});

test.skipIf(!runs)("TLS 1.2 is refused (P1.6)", async () => {
  await expect(ask(port, "/health", { maxVersion: "TLSv1.2" })).rejects.toThrow(/alert|version/i);
});

test.skipIf(!runs)("who asks too much is told so, and others are not kept waiting", async () => {
  const asked = Array.from({ length: 130 }, () => ask(port, "/api/v1/predict", withToken("right")));
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(await ask(port, "/api/v1/predict", withToken("other"))).toMatchObject({ status: 200 });
});

test.skipIf(!runs)(
  "the log has a line of JSON for each request, with the tenant and without token and query",
  async () => {
    await ask(port, "/api/v1/predict?name=somebody", withToken("other"));
    const text = readFileSync(join(folder, "access.log"), "utf8");
    const rows = text
      .trim()
      .split("\n")
      .map((row) => JSON.parse(row));
    expect(rows.at(-1)).toMatchObject({ tenant: "c", path: "/api/v1/predict", status: 200, method: "GET" });
    expect(text).not.toMatch(/Bearer|right|somebody/);
  },
);
