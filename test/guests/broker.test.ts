import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { secrets } from "../../src/guests/secrets.ts";
import { brokerMetricsPort } from "../../src/guests/templates/documents.ts";
import { contentOf, guest, installed } from "./support.ts";
import { certify, freePort } from "./wire.ts";

/** RabbitMQ itself with the broker's configuration, where it is installed. */
const server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const runs = [server, "epmd", "openssl"].every(installed);
let folder: string;
let broker: ChildProcess | undefined;
let epmd: ChildProcess | undefined;
let ports: { amqps: number; metrics: number };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "broker-"));
  if (!runs) return;
  certify(folder, ["broker.ai.internal"]);
  const [amqps, metrics, inner, names] = [await freePort(), await freePort(), await freePort(), await freePort()];
  ports = { amqps, metrics };
  const config = guest(["broker"]);
  const settings = contentOf(config, "/etc/rabbitmq/rabbitmq.conf")
    .replaceAll(secrets.folder, folder)
    .replace(/^(listeners\.ssl\.default) = .*$/m, `$1 = ${amqps}`)
    .replace(`${brokerMetricsPort}`, `${metrics}`);
  writeFileSync(join(folder, "rabbitmq.conf"), settings);
  writeFileSync(join(folder, "enabled_plugins"), contentOf(config, "/etc/rabbitmq/enabled_plugins"));
  writeFileSync(join(folder, "rabbitmq.json"), JSON.stringify({ users: [], vhosts: [{ name: "work" }] }));
  const env = {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: folder,
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
    RABBITMQ_MNESIA_BASE: join(folder, "mnesia"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_NODENAME: "test@localhost",
    RABBITMQ_DIST_PORT: `${inner}`,
    ERL_EPMD_PORT: `${names}`,
  };
  // Else the broker would start it, as a daemon that outlives the test.
  epmd = spawn("epmd", ["-port", `${names}`, "-address", "127.0.0.1"], { env, stdio: "ignore" });
  broker = spawn(server, { env, cwd: folder, stdio: "ignore", detached: true });
  await vi.waitFor(async () => expect(await metricsOf()).toContain("rabbitmq_"), { timeout: 90_000, interval: 500 });
}, 120_000);

afterAll(() => {
  if (broker?.pid !== undefined) process.kill(-broker.pid, "SIGKILL");
  epmd?.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

const metricsOf = async () => (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();

/** The version of TLS that is agreed on, or why none is. */
function shaken(maxVersion: "TLSv1.2" | "TLSv1.3"): Promise<string | null> {
  return new Promise((done) => {
    const socket = connect({ host: "127.0.0.1", port: ports.amqps, maxVersion, rejectUnauthorized: false });
    socket.once("secureConnect", () => {
      done(socket.getProtocol());
      socket.destroy();
    });
    socket.once("error", ({ message }) => done(message));
  });
}

test.skipIf(!runs)("work is taken by TLS 1.3 and by nothing older (P1.6)", async () => {
  expect(await shaken("TLSv1.3")).toBe("TLSv1.3");
  expect(await shaken("TLSv1.2")).toMatch(/alert|version/);
});

test.skipIf(!runs)("users and queues are those of the secrets: nobody comes in as guest", async () => {
  await vi.waitFor(() => expect(logged()).toContain("Server startup complete"), { timeout: 60_000, interval: 200 });
  expect(logged()).toMatch(/Applying definitions .*rabbitmq\.json/);
  expect(logged()).not.toMatch(/Creating user 'guest'/);
});

function logged(): string {
  return readFileSync(join(folder, "log/test@localhost.log"), "utf8");
}
