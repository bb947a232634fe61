import { spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, chownSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { secrets } from "../../src/guests/secrets.ts";
import { contentOf, guest, installed } from "./support.ts";
import { certify, freePort } from "./wire.ts";

/** PostgreSQL itself with the database's configuration and tables, where it is installed. */
const [bin = ""] = globSync("/usr/lib/postgresql/*/bin/initdb").map((path) => path.replace(/\/initdb$/, ""));
const runs = bin !== "" && installed("openssl");
/** It refuses to run as root. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
let folder: string;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "database-"));
  if (!runs) return;
  certify(folder, ["db.ai.internal"]);
  if (nobody !== undefined)
    for (const path of [folder, join(folder, "tls.key")]) chownSync(path, nobody.uid, nobody.gid);
  chmodSync(join(folder, "tls.key"), 0o600);
  port = await freePort();
  run("initdb", "--pgdata", join(folder, "data"), "--username", "postgres", "--encoding", "UTF8", "--locale", "C");
  const config = guest(["db"]);
  const settings = contentOf(config, "/etc/postgresql/14/main/conf.d/strata.conf")
    .replaceAll(secrets.folder, folder)
    .replace("listen_addresses = '*'", "listen_addresses = '127.0.0.1'")
    .replace(/^port = .*$/m, `port = ${port}`);
  appendFileSync(
    join(folder, "data/postgresql.conf"),
    `${settings}unix_socket_directories = '${folder}'\nshared_buffers = 16MB\n`,
  );
  // Not the system's user "postgres" here; and this machine instead of the web servers.
  const access = contentOf(config, "/etc/postgresql/14/main/pg_hba.conf")
    .replace("local all postgres peer", "local all postgres trust")
    .replaceAll(/10\.0\.5\.\d+/g, "127.0.0.1");
  writeFileSync(join(folder, "data/pg_hba.conf"), access);
  writeFileSync(join(folder, "tagging.sql"), contentOf(config, "/etc/strata/tagging.sql"));
  expect(
    run("pg_ctl", "--pgdata", join(folder, "data"), "--wait", "--log", join(folder, "data/log"), "start").status,
  ).toBe(0);
});

afterAll(() => {
  if (runs) run("pg_ctl", "--pgdata", join(folder, "data"), "--mode", "immediate", "stop");
  rmSync(folder, { recursive: true, force: true });
});

function run(program: string, ...args: string[]) {
  // pg_ctl leaves the server with its outputs open.
  const stdio = program === "pg_ctl" ? "ignore" : "pipe";
  // Whoever runs the tests may have a certificate for databases at home.
  const env = { PATH: "/usr/bin:/bin", HOME: folder };
  const options = { encoding: "utf8", cwd: folder, env, stdio, ...nobody } as const;
  const { status, stdout, stderr } = spawnSync(join(bin, program), args, options);
  return { status, out: stdout?.trim(), err: stderr?.trim() };
}

const psql = (database: string, ...args: string[]) =>
  run(
    "psql",
    "--host",
    folder,
    "--port",
    `${port}`,
    "--username",
    "postgres",
    "--no-psqlrc",
    "-At",
    "--quiet",
    "--set",
    "ON_ERROR_STOP=1",
    ...args,
    database,
  );
const ask = (...statements: string[]) => psql("tagging", ...statements.flatMap((text) => ["--command", text]));

test.skipIf(!runs)("the tables are made, and made again without harm", () => {
  for (let turn = 0; turn < 2; turn += 1) {
    expect(psql("postgres", "--file", join(folder, "tagging.sql"))).toMatchObject({ status: 0 });
  }
});

test.skipIf(!runs)(
  "documents are found by words and by parts of words, each department's by itself alone (T9, SC-01)",
  () => {
    const insert = "INSERT INTO document (department, title, body) VALUES";
    expect(ask(`${insert} ('a', '교통 민원', '도로 보수 요청'), ('b', '도로 보수', 'of department b')`)).toMatchObject({
      status: 0,
    });
    const asA = (query: string) => ask("SET ROLE tagging", "SET strata.department = 'a'", query);
    expect(asA("SELECT title FROM document WHERE words @@ to_tsquery('simple', '보수')").out).toBe("교통 민원");
    expect(asA("SELECT title FROM document WHERE body LIKE '%로 보%'").out).toBe("교통 민원");
    expect(asA(`${insert} ('b', 'x', 'y')`)).toMatchObject({
      status: 1,
      err: expect.stringMatching(/row-level security/),
    });
    expect(ask("SET ROLE tagging", "SELECT count(*) FROM document").out).toBe("0");
  },
);

test.skipIf(!runs)("the web servers come in by TLS 1.3 and with a password, and by nothing else", () => {
  ask("ALTER ROLE tagging PASSWORD 'of the test'");
  const connect = (options: string) =>
    run(
      "psql",
      `host=127.0.0.1 port=${port} user=tagging dbname=tagging ${options}`,
      "-Atc",
      "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
  expect(connect("password='of the test' sslmode=require").out).toBe("TLSv1.3");
  expect(connect("password='of the test' sslmode=disable").err).toMatch(/no pg_hba.conf entry/);
  expect(connect("password='of the test' sslmode=require ssl_max_protocol_version=TLSv1.2").status).not.toBe(0);
  expect(connect("password=wrong sslmode=require").err).toMatch(/password authentication failed/);
});
