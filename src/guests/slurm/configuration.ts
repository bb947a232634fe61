import { endpoint, file, type Guest, type GuestFile, type GuestMachine, type Setup, withRole } from "../setup.ts";
import { unitText } from "../units.ts";
import { batchShare, jobHours, type Pool, platformAccount, poolOf, usualHours } from "./policy.ts";

const prolog = "/etc/slurm/task-prolog";
/** Where the multi-process service listens. */
const pipe = "/run/nvidia-mps";

/**
 * The cluster as every machine in it must know it, to the letter. Processes are followed without cgroups: Ubuntu 22.04
 * starts with version 2 of them, and its Slurm knows only version 1.
 */
export function configuration(guest: Guest): GuestFile[] {
  const { machine, context } = guest;
  const pool = poolOf(guest);
  const [scheduler = machine] = withRole(context, "schedule");
  const cards = [...pool.training, ...pool.inference].some(({ gpu }) => gpu !== undefined);
  const text = `ClusterName=strata
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
# As far ahead, in minutes, as the longest job reaches.
SchedulerParameters=bf_window=${jobHours * 60}
EnforcePartLimits=ALL
PriorityType=priority/multifactor
# The class first, then who has had less than his share, then who has waited longer.
PriorityWeightQOS=1000000
PriorityWeightFairshare=100000
PriorityWeightAge=10000
PriorityMaxAge=1-00:00:00
PreemptType=preempt/qos
PreemptMode=REQUEUE
${pool.inference.length > 0 ? `TaskProlog=${prolog}\n` : ""}AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=${scheduler.name}
AccountingStorageEnforce=associations,limits,qos
${cards ? "GresTypes=gpu\nAccountingStorageTRES=gres/gpu\n" : ""}${nodes(machine, pool, context).join("")}${partitions(pool).join("")}`;
  return [file("/etc/slurm/slurm.conf", text), ...cardsOnHere(machine)];
}

function cardsOnHere({ gpu }: GuestMachine): GuestFile[] {
  if (gpu === undefined) return [];
  const devices = gpu.count > 1 ? `[0-${gpu.count - 1}]` : "0";
  return [file("/etc/slurm/gres.conf", `Name=gpu File=/dev/nvidia${devices}\n`)];
}

function nodes(from: GuestMachine, { training, inference }: Pool, context: Guest["context"]): string[] {
  const line = (share: number) => (node: GuestMachine) => {
    const gres = node.gpu === undefined ? "" : ` Gres=gpu:${node.gpu.count}`;
    const { cpus, memoryMib } = sizeOf(node, share);
    return `NodeName=${node.name} NodeAddr=${endpoint(from, node, 0, context).address} CPUs=${cpus} RealMemory=${memoryMib}${gres} State=UNKNOWN\n`;
  };
  return [...training.map(line(1)), ...inference.map(line(batchShare))];
}

/** What jobs may take of a machine. */
function sizeOf({ cpus, memoryGib }: GuestMachine, share: number) {
  // What the system itself takes is not given out.
  const memoryMib = Math.floor(memoryGib * 1024 * 0.95) - 512;
  return { cpus: Math.max(1, Math.floor(cpus * share)), memoryMib: Math.floor(memoryMib * share) };
}

function partitions({ training, inference }: Pool): string[] {
  const partition = (name: string, machines: readonly GuestMachine[], share: number, more: string) => {
    if (machines.length === 0) return [];
    const sizes = machines.map((node) => sizeOf(node, share));
    // Of a job that does not say: else it would take a whole machine's.
    const memoryMib = Math.min(...sizes.map((size) => Math.floor(size.memoryMib / size.cpus)));
    const nodes = machines.map((node) => node.name).join(",");
    return `PartitionName=${name} Nodes=${nodes} State=UP DefMemPerCPU=${memoryMib} DefaultTime=${usualHours}:00:00 MaxTime=${jobHours}:00:00 ${more}\n`;
  };
  return [
    partition("training", training, 1, "Default=YES"),
    // The card of an inference machine has one batch job at a time, and that is the platform's.
    partition("inference", inference, batchShare, `AllowAccounts=${platformAccount}`),
  ].flat();
}

/** What jobs are told of a card that they share with serving. Slurm takes over what it prints. */
export function taskProlog(guest: Guest): GuestFile[] {
  const text = `#!/bin/sh\nif [ -e ${pipe}/control ]; then echo export CUDA_MPS_PIPE_DIRECTORY=${pipe}; fi\n`;
  return poolOf(guest).inference.length > 0 ? [file(prolog, text, "0755")] : [];
}

/**
 * On an inference machine batch jobs reach the card through NVIDIA's multi-process service, which gives them their share of
 * its processors and memory and no more (P5.4). Serving does not go that way, and so is not limited.
 */
export function batchBesideServing({ machine: { gpu } }: Guest): Setup {
  const memoryMib = Math.floor((gpu?.memoryGib ?? 0) * 1024 * batchShare);
  const control = "/usr/bin/nvidia-cuda-mps-control";
  const service = unitText({
    Unit: { Description: "Share of the card for batch jobs", ConditionPathExists: control, StartLimitIntervalSec: 0 },
    Service: {
      Environment: [
        `CUDA_MPS_PIPE_DIRECTORY=${pipe}`,
        "CUDA_MPS_LOG_DIRECTORY=/var/log/nvidia-mps",
        `CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=${batchShare * 100}`,
        `CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=0=${memoryMib}M`,
      ],
      RuntimeDirectory: "nvidia-mps",
      RuntimeDirectoryMode: "0755",
      LogsDirectory: "nvidia-mps",
      ExecStart: `${control} -f`,
      Restart: "always",
      RestartSec: 30,
    },
    Install: { WantedBy: "multi-user.target" },
  });
  return {
    files: [file("/etc/systemd/system/strata-mps.service", service)],
    commands: [],
    services: ["strata-mps.service"],
  };
}
