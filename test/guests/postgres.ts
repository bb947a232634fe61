import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, chownSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secrets } from "../../src/guests/secrets.ts";
import { type Config, contentOf, installed } from "./support.ts";
import { certify, freePort } from "./wire.ts";

/** PostgreSQL itself with the database's configuration, where it is installed. */
const [bin = ""] = globSync("/usr/lib/postgresql/*/bin/initdb").map((path) => path.replace(/\/initdb$/, ""));
export const runsPostgres = bin !== "" && installed("openssl");
/** It refuses to run as root. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

export interface Answer {
  status: number | null;
  out: string | undefined;
  err: string | undefined;
}

export interface Database {
  folder: string;
  port: number;
  /** One of PostgreSQL's programs. */
  run: (program: string, ...args: string[]) => Answer;
  /** psql as the administrator. */
  psql: (database: string, ...args: string[]) => Answer;
  /** Statements in the database of documents, one after the other in one session. */
  ask: (...statements: string[]) => Answer;
  /** A session that takes its statements from its input. */
  session: () => ChildProcessWithoutNullStreams;
  stop: () => void;
}

/** Starts a server with what a guest with a database is given, and makes no tables yet. */
export async function startPostgres(config: Config): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), "database-"));
  certify(folder, ["db.ai.internal"]);
  if (nobody !== undefined)
    for (const path of [folder, join(folder, "tls.key")]) chownSync(path, nobody.uid, nobody.gid);
  chmodSync(join(folder, "tls.key"), 0o600);
  const port = await freePort();
  const database = client(folder, port);
  const { run } = database;
  run("initdb", "--pgdata", join(folder, "data"), "--username", "postgres", "--encoding", "UTF8", "--locale", "C");
  const settings = contentOf(config, "/etc/postgresql/14/main/conf.d/strata.conf")
    .replaceAll(secrets.folder, folder)
    .replace("listen_addresses = '*'", "listen_addresses = '127.0.0.1'")
    .replace(/^port = .*$/m, `port = ${port}`);
  appendFileSync(
    join(folder, "data/postgresql.conf"),
    `${settings}unix_socket_directories = '${folder}'\nshared_buffers = 16MB\nstatement_timeout = 30s\n`,
  );
  // Not the system's user "postgres" here; and this machine instead of the web servers.
  const access = contentOf(config, "/etc/postgresql/14/main/pg_hba.conf")
    .replace("local all postgres peer", "local all postgres trust")
    .replaceAll(/10\.0\.5\.\d+/g, "127.0.0.1");
  writeFileSync(join(folder, "data/pg_hba.conf"), access);
  writeFileSync(join(folder, "tagging.sql"), contentOf(config, "/etc/strata/tagging.sql"));
  const started = run("pg_ctl", "--pgdata", join(folder, "data"), "--wait", "--log", join(folder, "data/log"), "start");
  if (started.status !== 0) throw new Error("PostgreSQL does not start");
  return database;
}

function client(folder: string, port: number): Database {
  // Whoever runs the tests may have a certificate for databases at home.
  const env = { PATH: "/usr/sbin:/usr/bin:/bin", HOME: folder };
  const run = (program: string, ...args: string[]): Answer => {
    // pg_ctl leaves the server with its outputs open.
    const stdio = program === "pg_ctl" ? "ignore" : "pipe";
    const options = { encoding: "utf8", cwd: folder, env, stdio, ...nobody } as const;
    const { status, stdout, stderr } = spawnSync(join(bin, program), args, options);
    return { status, out: stdout?.trim(), err: stderr?.trim() };
  };
  const where = ["--host", folder, "--port", `${port}`, "--username", "postgres"];
  const manner = ["--no-psqlrc", "-At", "--quiet", "--set", "ON_ERROR_STOP=1", "--set", "VERBOSITY=verbose"];
  const psql = (database: string, ...args: string[]) => run("psql", ...where, ...manner, ...args, database);
  return {
    folder,
    port,
    run,
    psql,
    ask: (...statements) => psql("tagging", ...statements.flatMap((text) => ["--command", text])),
    session: () => spawn(join(bin, "psql"), [...where, ...manner, "tagging"], { cwd: folder, env, ...nobody }),
    stop() {
      run("pg_ctl", "--pgdata", join(folder, "data"), "--mode", "immediate", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
