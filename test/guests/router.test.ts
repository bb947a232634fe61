import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request, type Server } from "node:https";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { secrets } from "../../src/guests/secrets.ts";
import { contentOf, guest, installed } from "./support.ts";

/** HAProxy itself with the router's configuration, where it is installed, in front of models that can be taken away. */
const runs = installed("haproxy") && installed("openssl");
let folder: string;
let router: ChildProcess | undefined;
let port: number;
const models = new Map<string, Server>();

const names = ["ai-a-serve-01", "ai-infer-01", "ai-infer-02"];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "router-"));
  if (!runs) return;
  certify();
  for (const name of names) models.set(name, await model(name));
  port = await freePort();
  const metrics = await freePort();
  const text = contentOf(guest(["router"]), "/etc/haproxy/haproxy.cfg")
    .replaceAll(secrets.folder, folder)
    .replaceAll(/^ {2}(user|group|log) .*\n/gm, "")
    .replace("bind :8404", `bind 127.0.0.1:${metrics}`)
    .replace("bind :8080", `bind 127.0.0.1:${port}`)
    .replaceAll(/(server (\S+)) \S+:8080/g, (_, start, name) => `${start} 127.0.0.1:${portOfModel(name)}`);
  writeFileSync(join(folder, "haproxy.cfg"), text);
  router = spawn("haproxy", ["-db", "-f", join(folder, "haproxy.cfg")], { stdio: "ignore" });
  await vi.waitFor(async () => expect(await ask("a", "/health")).toMatchObject({ status: 200 }), { timeout: 20_000 });
});

afterAll(() => {
  router?.kill();
  for (const server of models.values()) server.close();
  rmSync(folder, { recursive: true });
});

/** One certificate for all of them, as the platform's authority would give them one each. */
function certify(): void {
  const alternatives = names.map((name) => `DNS:${name}.ai.internal`).join(",");
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test"];
  const files = ["-keyout", join(folder, "tls.key"), "-out", join(folder, "tls.crt")];
  spawnSync("openssl", [...args, "-addext", `subjectAltName=${alternatives}`, ...files]);
  spawnSync("cp", [join(folder, "tls.crt"), join(folder, "ca.crt")]);
}

async function model(name: string): Promise<Server> {
  const [key, cert] = ["tls.key", "tls.crt"].map((file) => readFileSync(join(folder, file)));
  const server = createServer({ key, cert, minVersion: "TLSv1.3" }, (_, response) => response.end(name));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

function portOfModel(name: string): number {
  const address = models.get(name)?.address();
  if (typeof address !== "object" || address === null) throw new Error(`${name} does not listen`);
  return address.port;
}

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((done) => socket.listen(0, "127.0.0.1", done));
  const { port } = socket.address() as AddressInfo;
  await new Promise((done) => socket.close(done));
  return port;
}

const agent = new Agent({ rejectUnauthorized: false, keepAlive: false });

function ask(
  tenant: string | undefined,
  path = "/predict",
  maxVersion?: "TLSv1.2",
): Promise<{ status?: number; body: string }> {
  return new Promise((done, failed) => {
    const headers = tenant === undefined ? {} : { "x-tenant": tenant };
    const options = { host: "127.0.0.1", port, path, headers, agent, ...(maxVersion && { maxVersion }) };
    const sent = request(options, (response) => {
      let body = "";
      response.on("data", (part) => {
        body += part;
      });
      response.on("end", () => done({ ...(response.statusCode && { status: response.statusCode }), body }));
    });
    sent.on("error", failed);
    sent.end();
  });
}

test.skipIf(!runs)("a request of a tenant goes to its model (P4.3)", async () => {
  expect(await ask("a")).toEqual({ status: 200, body: "ai-a-serve-01" });
});

test.skipIf(!runs)("without a model of its own, to the shared ones in turn (P4.4)", async () => {
  const answers = [await ask("c"), await ask("c"), await ask("c"), await ask("c")];
  expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(["ai-infer-01", "ai-infer-02"]));
});

test.skipIf(!runs).each([undefined, "b"])("tenant %s is none: refused", async (tenant) => {
  expect(await ask(tenant)).toMatchObject({ status: 403 });
});

test.skipIf(!runs)("TLS 1.2 is refused (P1.6)", async () => {
  await expect(ask("a", "/predict", "TLSv1.2")).rejects.toThrow(/alert|version/i);
});

test.skipIf(!runs)(
  "five failures later the shared model named for the tenant answers, then the other one (P4.3, P4.4)",
  async () => {
    models.get("ai-a-serve-01")?.close();
    models.get("ai-a-serve-01")?.closeAllConnections();
    // The first try and its three retries are four.
    const [first, second] = [await ask("a"), await ask("a")];
    expect([first.status, second]).toEqual([503, { status: 200, body: "ai-infer-02" }]);
    models.get("ai-infer-02")?.close();
    models.get("ai-infer-02")?.closeAllConnections();
    await ask("a");
    expect(await ask("a")).toEqual({ status: 200, body: "ai-infer-01" });
  },
);
