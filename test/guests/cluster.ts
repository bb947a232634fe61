import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { type Config, contentOf, installed } from "./support.ts";
import { freePort } from "./wire.ts";

/** Slurm itself with the scheduler's configuration, its database and its nodes, all on this machine, where they are installed. */
export const runsSlurm =
  process.getuid?.() === 0 &&
  ["slurmctld", "slurmdbd", "slurmd", "munged", "mariadbd", "mariadb-install-db"].every(installed);

export interface Cluster {
  run: (program: string, ...args: string[]) => { status: number | null; out: string; err: string };
  /** What sets the accounts up. */
  setUp: () => { status: number | null; err: string };
  /** Sends a job that does nothing for long. */
  send: (user: string, ...options: string[]) => { status: number | null; out: string; err: string };
  stop: () => Promise<void>;
}

/** System users that every machine has, instead of those that jobs run under on the platform's. */
export const users: Record<string, string> = {
  "jobs-platform": "daemon",
  "jobs-tenant-a": "bin",
  "jobs-tenant-b": "sys",
  "jobs-tenant-c": "games",
};

export async function startSlurm(config: Config): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "slurm-"));
  for (const name of ["etc", "state", "bin"]) mkdirSync(join(folder, name));
  // Jobs of others than root read the configuration, too.
  chmodSync(folder, 0o755);
  const started: ChildProcess[] = [];
  const env = {
    ...process.env,
    SLURM_CONF: join(folder, "etc/slurm.conf"),
    MYSQL_UNIX_PORT: join(folder, "db.sock"),
    // Always noon: in the evening no job would start, for the night's reservation.
    TZ: `NOON${new Date().getUTCHours() - 12}`,
  };
  const run = (program: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8", timeout: 150_000 });
    return { status, out: stdout.trim(), err: stderr.trim() };
  };
  const start = (program: string, ...args: string[]) =>
    started.push(spawn(program, args, { env, cwd: folder, stdio: "ignore" }));
  const until = (ready: () => boolean) =>
    vi.waitUntil(ready, { timeout: 60_000, interval: 200 }).catch(() => {
      throw new Error("Slurm does not start");
    });

  const nodes = await configure(folder, config);
  run("mariadb-install-db", `--datadir=${folder}/db`, "--user=root", "--auth-root-authentication-method=socket");
  start(
    "mariadbd",
    "--no-defaults",
    `--datadir=${folder}/db`,
    `--socket=${folder}/db.sock`,
    "--skip-networking",
    "--user=root",
  );
  start(
    "munged",
    "--foreground",
    "--force",
    `--key-file=${folder}/munge.key`,
    `--socket=${folder}/munge.sock`,
    `--pid-file=${folder}/munge.pid`,
    `--log-file=${folder}/munge.log`,
    `--seed-file=${folder}/munge.seed`,
  );
  await until(
    () => run("mariadb", "--no-defaults", `--socket=${folder}/db.sock`, "--execute", "SELECT 1").status === 0,
  );
  start("slurmdbd", "-D");
  await until(() => run("sacctmgr", "--noheader", "list", "cluster").status === 0);
  const unit = contentOf(config, "/etc/systemd/system/slurmctld.service.d/cluster.conf");
  run("sh", "-c", /^ExecStartPre=-\+(.*)$/m.exec(unit)?.[1] ?? "false");
  start("slurmctld", "-D");
  await until(() => run("scontrol", "ping").out.includes("UP"));
  for (const node of nodes) start("slurmd", "-D", "-N", node);
  await until(
    () => run("sinfo", "--noheader", "--states=idle", "--format=%D").out !== "" && idle(run) === nodes.length,
  );
  return {
    run,
    setUp: () => run("sh", "-c", accountsOf(config)),
    send: (user, ...options) =>
      run(
        "sbatch",
        `--uid=${users[user]}`,
        "--chdir=/",
        "--output=/dev/null",
        "--wrap=exec sleep 600",
        "--parsable",
        ...options,
      ),
    async stop() {
      run("scancel", "--full", "--state=RUNNING");
      // One after the other: the controller would wait for a database that is gone.
      for (const one of started.toReversed()) await ended(one);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Asks a process to end, and makes it after a while. */
async function ended(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const over = new Promise((done) => process.once("exit", done));
  const late = setTimeout(() => process.kill("SIGKILL"), 5000);
  process.kill();
  await over;
  clearTimeout(late);
}

function idle(run: Cluster["run"]): number {
  return Number(run("sh", "-c", "sinfo --noheader --Node --states=idle --format=%N | sort -u | wc -l").out);
}

/** The script as it is, but with users that are here, and with seconds instead of minutes to leave. */
function accountsOf(config: Config): string {
  const script = contentOf(config, "/usr/local/sbin/slurm-accounts").replaceAll("GraceTime=300", "GraceTime=2");
  return Object.entries(users).reduce(
    (text, [user, here]) => text.replaceAll(new RegExp(`\\b${user}\\b`, "g"), here),
    script,
  );
}

/** Writes down the configuration with paths, ports and names of this machine. Gives back the names of its nodes. */
async function configure(folder: string, config: Config): Promise<string[]> {
  const here = hostname().replace(/\..*/, "");
  const [controller, database] = [await freePort(), await freePort()];
  const text = contentOf(config, "/etc/slurm/slurm.conf");
  const nodes = [...text.matchAll(/^NodeName=(\S+)/gm)].map(([, name = ""]) => name);
  const ports = new Map(await Promise.all(nodes.map(async (name) => [name, await freePort()] as const)));
  const own = `SlurmctldHost=${here}(127.0.0.1)
SlurmctldPort=${controller}
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmctldLogFile=${folder}/slurmctld.log
AuthInfo=socket=${folder}/munge.sock
AccountingStoragePass=${folder}/munge.sock
AccountingStoragePort=${database}
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmdLogFile=${folder}/slurmd-%n.log
SlurmdParameters=config_overrides`;
  const settings = text
    .replace(/^SlurmctldHost=.*$/m, own)
    .replace("SlurmUser=slurm", "SlurmUser=root\nSlurmdUser=root")
    .replace("/var/lib/slurm/slurmctld", `${folder}/state`)
    .replace("/var/lib/slurm/slurmd", `${folder}/spool-%n`)
    .replace(/^AccountingStorageHost=.*$/m, "AccountingStorageHost=localhost")
    .replace(/^TaskProlog=.*\n/m, "")
    // Looks at the queue every second, so that tests need not wait.
    .replace(/^SchedulerParameters=.*$/m, "$&,sched_interval=1,bf_interval=1")
    .replace("ClusterName=strata", "ClusterName=strata\nKillWait=2")
    .replaceAll(
      /^(NodeName=(\S+)) NodeAddr=\S+/gm,
      (_, start, name) => `${start} NodeHostname=${here} NodeAddr=127.0.0.1 Port=${ports.get(name)}`,
    );
  writeFileSync(join(folder, "etc/slurm.conf"), settings);
  const gres = [...text.matchAll(/^NodeName=(\S+) .* Gres=gpu:(\d+) /gm)].map(
    ([, name, count]) => `NodeName=${name} Name=gpu File=${folder}/card[0-${Number(count) - 1}]\n`,
  );
  for (const card of [0, 1, 2, 3]) writeFileSync(join(folder, `card${card}`), "");
  writeFileSync(join(folder, "etc/gres.conf"), gres.join(""));
  const accounting = contentOf(config, "/etc/slurm/slurmdbd.conf")
    .replaceAll("=slurm\n", "=root\n")
    .replaceAll(/^(LogFile|PidFile)=.*$/gm, `$1=${folder}/slurmdbd.$1`);
  const more = `DbdPort=${database}\nAuthType=auth/munge\nAuthInfo=socket=${folder}/munge.sock\n`;
  writeFileSync(join(folder, "etc/slurmdbd.conf"), `${accounting}${more}`, { mode: 0o600 });
  writeFileSync(join(folder, "munge.key"), randomBytes(64), { mode: 0o400 });
  return nodes;
}
