import { readFileSync } from "node:fs";
import { join } from "node:path";
import { file, type Guest, type Setup } from "../setup.ts";
import { unitText } from "../units.ts";
import {
  type Account,
  accountsOf,
  cardsOf,
  graceSeconds,
  jobHours,
  nightly,
  type Pool,
  platformAccount,
  poolOf,
  type Quality,
  qualitiesOf,
  queueLength,
  waitHours,
} from "./policy.ts";

const queue = readFileSync(join(import.meta.dirname, "slurm-queue.sh"), "utf8");

/** Who may have how much of the cluster (P5.4, P5.5): told to Slurm's database, and told again without harm. */
export function clusterAccounts(guest: Guest): Setup {
  const pool = poolOf(guest);
  const qualities = qualitiesOf(guest.context, pool);
  const accounts = accountsOf(guest.context, pool);
  return {
    files: [
      file("/usr/local/sbin/slurm-accounts", script(qualities, accounts, pool), "0755"),
      unit("strata-slurm-accounts", {
        Unit: {
          Description: "Classes, accounts and reservations of the cluster",
          After: "slurmdbd.service slurmctld.service",
          StartLimitIntervalSec: 0,
        },
        Service: {
          Type: "oneshot",
          RemainAfterExit: "yes",
          ExecStart: "/usr/local/sbin/slurm-accounts",
          Restart: "on-failure",
          RestartSec: 30,
        },
        Install: { WantedBy: "multi-user.target" },
      }),
      file("/usr/local/sbin/slurm-queue", queue, "0755"),
      unit("strata-slurm-queue", {
        Unit: { Description: "Cancels jobs that have waited too long" },
        Service: { Type: "oneshot", ExecStart: `/usr/local/sbin/slurm-queue ${waitHours}` },
      }),
      file(
        "/etc/systemd/system/strata-slurm-queue.timer",
        unitText({
          Unit: { Description: "Looks for jobs that have waited too long" },
          Timer: { OnCalendar: "*:0/10" },
          Install: { WantedBy: "timers.target" },
        }),
      ),
    ],
    commands: [],
    services: ["strata-slurm-accounts.service", "strata-slurm-queue.timer"],
  };
}

function unit(name: string, sections: Parameters<typeof unitText>[0]) {
  return file(`/etc/systemd/system/${name}.service`, unitText(sections));
}

/** Jobs run under users that are the same on every machine of the cluster, one for each account. */
export function jobUsers(guest: Guest): Setup {
  const lines = accountsOf(guest.context, poolOf(guest)).map(
    ({ name, uid }) => `u ${userOf(name)} ${uid} "Jobs of ${name}"\n`,
  );
  return {
    files: [file("/etc/sysusers.d/strata-jobs.conf", lines.join(""))],
    commands: [["systemd-sysusers"]],
    services: [],
  };
}

function userOf(account: string): string {
  return `jobs-${account}`;
}

function script(qualities: readonly Quality[], accounts: readonly Account[], pool: Pool): string {
  // A cluster without cards knows no such thing to count.
  const cards = (limit = -1) => (cardsOf(pool.training) > 0 ? ` GrpTRES=gres/gpu=${limit}` : "");
  return `#!/bin/sh
# Classes, accounts, limits and reservations of the cluster. What is there already is only brought to these values.
set -eu

manage() { sacctmgr --immediate --quiet "$@" >/dev/null; }

# All of them first, in one session, for they name each other. What is there already is not added, which is no failure; and
# what then is missing all the same cannot be modified, which is one.
sacctmgr --immediate --quiet >/dev/null 2>&1 <<ADD || true
${qualities.map(({ name }) => `add qos ${name}\n`).join("")}${accounts.map(({ name }) => `add account ${name}\nadd user ${userOf(name)} account=${name}\n`).join("")}ADD
manage modify account root set GrpSubmitJobs=${queueLength}
${qualities.map((quality) => qualityLine(quality, cards)).join("")}${accounts.map((account) => accountLines(account, cards)).join("")}
# Who is no tenant any more sends no jobs.
for account in $(sacctmgr --noheader --parsable2 list account format=account); do
  case $account in root | ${accounts.map(({ name }) => name).join(" | ")}) continue ;; esac
  manage modify account "$account" set GrpSubmitJobs=0
done
${reservation(pool)}`;
}

type Cards = (limit?: number) => string;

function qualityLine({ name, weight, preempts, gpus }: Quality, cards: Cards): string {
  // Never set to nothing: slurmdbd then takes the class for one that preempts all, until it is started again.
  const others = preempts.length > 0 ? ` Preempt=${preempts.join(",")}` : "";
  return `manage modify qos ${name} set Priority=${weight}${others} Flags=DenyOnLimit PreemptMode=requeue GraceTime=${graceSeconds} MaxWall=${jobHours}:00:00${cards(gpus)}\n`;
}

function accountLines({ name, fairShare, qualities, jobs = -1, gpus }: Account, cards: Cards): string {
  const [usual] = qualities;
  return `manage modify account ${name} set Fairshare=${fairShare} QosLevel=${qualities.join(",")} DefaultQOS=${usual} GrpJobs=${jobs} GrpSubmitJobs=-1${cards(gpus)}\n`;
}

/** Whole machines, as many as have the cards. Jobs that run when it begins go on; none starts that would run into it. */
function reservation({ training }: Pool): string {
  const machines: string[] = [];
  let found = 0;
  for (const { name, gpu } of training) {
    if (gpu === undefined || found >= nightly.gpus) continue;
    machines.push(name);
    found += gpu.count;
  }
  if (machines.length === 0) return "";
  const what = `Nodes=${machines.join(",")} Accounts=${platformAccount} Duration=${nightly.duration}`;
  return `
if scontrol show reservation ${nightly.name} >/dev/null 2>&1; then
  scontrol --quiet update ReservationName=${nightly.name} ${what}
else
  scontrol --quiet create ReservationName=${nightly.name} StartTime=${nightly.start} Flags=DAILY,FLEX,IGNORE_JOBS ${what}
fi
`;
}
