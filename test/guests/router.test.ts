import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { secrets } from "../../src/guests/secrets.ts";
import { contentOf, guest, installed } from "./support.ts";
import { ask, certify, freePort, tlsServer } from "./wire.ts";

/** HAProxy itself with the router's configuration, where it is installed, in front of models that can be taken away. */
const runs = installed("haproxy") && installed("openssl");
const names = ["ai-a-serve-01", "ai-infer-01", "ai-infer-02"];
const models = new Map<string, Awaited<ReturnType<typeof tlsServer>>>();
let folder: string;
let router: ChildProcess | undefined;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "router-"));
  if (!runs) return;
  const fqdns = names.map((name) => `${name}.ai.internal`);
  certify(folder, fqdns);
  for (const name of names) models.set(name, await tlsServer(folder, () => name));
  port = await freePort();
  const metrics = await freePort();
  const text = contentOf(guest(["router"]), "/etc/haproxy/haproxy.cfg")
    .replaceAll(secrets.folder, folder)
    .replaceAll(/^ {2}(user|group|log) .*\n/gm, "")
    .replace("bind :8404", `bind 127.0.0.1:${metrics}`)
    .replace("bind :8080", `bind 127.0.0.1:${port}`)
    .replaceAll(/(server (\S+)) \S+:8080/g, (_, start, name) => `${start} 127.0.0.1:${models.get(name)?.port}`);
  writeFileSync(join(folder, "haproxy.cfg"), text);
  router = spawn("haproxy", ["-db", "-f", join(folder, "haproxy.cfg")], { stdio: "ignore" });
  await vi.waitFor(async () => expect(await ask(port, "/health")).toMatchObject({ status: 200 }), { timeout: 60_000 });
});

afterAll(() => {
  router?.kill();
  for (const { server } of models.values()) server.close();
  rmSync(folder, { recursive: true });
});

const predict = (tenant?: string) =>
  ask(port, "/predict", tenant === undefined ? {} : { headers: { "x-tenant": tenant } });

function takeAway(name: string): void {
  models.get(name)?.server.close();
  models.get(name)?.server.closeAllConnections();
}

test.skipIf(!runs)("a request of a tenant goes to its model (P4.3)", async () => {
  expect(await predict("a")).toEqual({ status: 200, body: "ai-a-serve-01" });
});

test.skipIf(!runs)("without a model of its own, to the shared ones in turn (P4.4)", async () => {
  const answers = [await predict("c"), await predict("c"), await predict("c"), await predict("c")];
  expect(answers.map(({ body }) => body).sort()).toEqual(["ai-infer-01", "ai-infer-01", "ai-infer-02", "ai-infer-02"]);
});

test.skipIf(!runs).each([undefined, "b", "a,c"])("tenant %s is none: refused", async (tenant) => {
  expect(await predict(tenant)).toMatchObject({ status: 403 });
});

test.skipIf(!runs)("TLS 1.2 is refused (P1.6)", async () => {
  await expect(ask(port, "/health", { maxVersion: "TLSv1.2" })).rejects.toThrow(/alert|version/i);
});

test.skipIf(!runs)(
  "five failures later the shared model named for the tenant answers, then the other one (P4.3, P4.4)",
  async () => {
    takeAway("ai-a-serve-01");
    // The first try and its three retries are four.
    const [first, second] = [await predict("a"), await predict("a")];
    expect([first.status, second]).toEqual([503, { status: 200, body: "ai-infer-02" }]);
    takeAway("ai-infer-02");
    await predict("a");
    expect(await predict("a")).toEqual({ status: 200, body: "ai-infer-01" });
  },
);
