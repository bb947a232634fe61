import { secretsFolder } from "../secrets.ts";
import {
  combined,
  endpoint,
  file,
  type Guest,
  type GuestMachine,
  type Packages,
  type Setup,
  withRole,
} from "../setup.ts";
import { keepTrying } from "../units.ts";

/** Slurm. Its shared key, /etc/munge/munge.key, is a secret: it comes out of band and replaces the one of the package. */
export const nodePackages: Packages = { slurmd: "21.08.5-*", munge: "0.5.14-*" };
export const clusterPackages: Packages = {
  slurmctld: "21.08.5-*",
  slurmdbd: "21.08.5-*",
  munge: "0.5.14-*",
  "mariadb-server": "1:10.6.*",
};

/** The classes of P5.5: a job takes the place of those of lower classes where `preempts` says so. */
const classes = [
  { name: "critical", weight: 100, preempts: true, hours: 48 },
  { name: "high", weight: 50, preempts: true, hours: 48 },
  { name: "normal", weight: 10, preempts: false, hours: 48 },
  { name: "low", weight: 1, preempts: false, hours: 48 },
] as const;

/** Seconds that a job of a lower class has to leave (P5.5: reclaim grace 5 min). */
const graceSeconds = 300;

/** The scheduler's agent on a shared training machine; nothing where the platform has no scheduler or for a tenant. */
export function scheduledNode(guest: Guest): Setup {
  const { machine, context } = guest;
  const shared = withRole(context, "train").some(({ name }) => name === machine.name);
  if (!shared || withRole(context, "schedule").length === 0) return { files: [], commands: [], services: [] };
  return {
    files: [...configuration(guest), keepTrying("slurmd.service"), keepTrying("munge.service")],
    commands: [],
    services: ["munge.service", "slurmd.service"],
  };
}

export function schedulerSetup(guest: Guest): Setup {
  const accounting = `DbdHost=localhost
SlurmUser=slurm
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StorageLoc=slurm_acct_db
LogFile=/var/log/slurm/slurmdbd.log
PidFile=/run/slurmdbd.pid
`;
  // The account is the system's own user, by the socket: there is no password to keep.
  const database = `CREATE DATABASE IF NOT EXISTS slurm_acct_db;
CREATE USER IF NOT EXISTS slurm@localhost IDENTIFIED VIA unix_socket;
GRANT ALL ON slurm_acct_db.* TO slurm@localhost;
`;
  const setup: Setup = {
    files: [
      ...configuration(guest),
      file("/etc/strata/accounting.sql", database),
      ...["munge", "slurmdbd", "slurmctld"].map((name) => keepTrying(`${name}.service`)),
      // Its daemon refuses to start where anybody else could read this. Last, for its owner is there only with its package.
      file("/etc/slurm/slurmdbd.conf", accounting, "0600", "slurm:slurm"),
    ],
    commands: [
      ["install", "-d", "-o", "slurm", "-g", "slurm", "/var/log/slurm", "/var/lib/slurm/slurmctld"],
      ["sh", "-c", "mysql </etc/strata/accounting.sql"],
    ],
    services: ["mariadb.service", "munge.service", "slurmdbd.service", "slurmctld.service"],
  };
  return combined([secretsFolder, setup]);
}

/**
 * The cluster as every machine in it must know it, to the letter. Processes are followed without cgroups: Ubuntu 22.04
 * starts with version 2 of them, and its Slurm knows only version 1.
 */
function configuration({ machine, context }: Guest) {
  const nodes = withRole(context, "train");
  const [scheduler = machine] = withRole(context, "schedule");
  const gpus = nodes.some(({ gpu }) => gpu !== undefined);
  const partitions = classes.map(
    ({ name, weight, preempts, hours }) =>
      `PartitionName=${name} Nodes=ALL State=UP MaxTime=${hours}:00:00 PriorityTier=${preempts ? weight : 10} PriorityJobFactor=${weight} PreemptMode=${preempts ? "OFF" : "REQUEUE"} GraceTime=${graceSeconds}${name === "normal" ? " Default=YES" : ""}\n`,
  );
  const lines = nodes.map((node) => nodeLine(machine, node, context));
  return [
    file(
      "/etc/slurm/slurm.conf",
      `ClusterName=strata
SlurmctldHost=${scheduler.name}(${endpoint(machine, scheduler, 0, context).address})
SlurmUser=slurm
AuthType=auth/munge
StateSaveLocation=/var/lib/slurm/slurmctld
SlurmdSpoolDir=/var/lib/slurm/slurmd
ReturnToService=2
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
MaxJobCount=100
PriorityType=priority/multifactor
PriorityWeightFairshare=10000
PriorityWeightPartition=10000
PriorityWeightAge=1000
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=${scheduler.name}
${gpus ? "GresTypes=gpu\nAccountingStorageTRES=gres/gpu\n" : ""}${lines.join("")}${nodes.length > 0 ? partitions.join("") : ""}`,
    ),
    ...(machine.gpu === undefined
      ? []
      : [
          file(
            "/etc/slurm/gres.conf",
            `Name=gpu File=/dev/nvidia${machine.gpu.count > 1 ? `[0-${machine.gpu.count - 1}]` : "0"}\n`,
          ),
        ]),
  ];
}

function nodeLine(from: GuestMachine, node: GuestMachine, context: Guest["context"]): string {
  // What the system itself takes is not given out.
  const memoryMib = Math.floor(node.memoryGib * 1024 * 0.95) - 512;
  const gres = node.gpu === undefined ? "" : ` Gres=gpu:${node.gpu.count}`;
  return `NodeName=${node.name} NodeAddr=${endpoint(from, node, 0, context).address} CPUs=${node.cpus} RealMemory=${memoryMib}${gres} State=UNKNOWN\n`;
}
