import type { FailureReport } from "../../src/plan/placement/failure-types.ts";
import type { GpuReport, GpuSlot, PlanReport, PoolReport, StorageReport, TenantReport, VmReport } from "./report.ts";

/** What text and page say alike. */

/** Sizes from 1 TiB in TiB where that is even, else in GiB. */
export function size(gib: number): string {
  return gib >= 1024 && gib % 512 === 0 ? `${gib / 1024} TiB` : `${gib} GiB`;
}

/** E.g. `2 × A100-40`, `1 × A100-8C`. */
export function shareText({ gpu }: VmReport): string {
  if (gpu === undefined) return "";
  return `${gpu.count} × ${gpu.profile === "passthrough" ? gpu.model : gpu.profile}`;
}

/** E.g. `whole card`, `A100-8C, 2 of 5 slots`. */
export function cardText({ state, profile, slots }: GpuReport): string {
  const held = slots.filter((slot) => slot.state !== "free");
  const free = slots.reduce((sum, slot) => sum + (slot.state === "free" ? slot.memoryGiB : 0), 0);
  const count = (thing: string) => `${held.length} ${thing}${held.length === 1 ? "" : "s"}`;
  switch (state) {
    case "free":
      return "free";
    case "taken":
      return "somebody else's";
    case "whole":
      return "whole card";
    case "vgpu":
      return `${profile}, ${held.length} of ${slots.length} slots`;
    case "mig":
      return `MIG, ${count("instance")}, ${free} GiB free`;
    case "timeSliced":
      return `${profile} by time, ${held.length} of ${slots.length} slots`;
    default:
      return state satisfies never;
  }
}

/** E.g. `ai-a-train-01 8 GiB`, `2g.10gb ai-a-train-01 10 GiB`, `free 5 GiB`. */
export function slotText({ state, vm, memoryGiB, profile }: GpuSlot): string {
  return `${profile === undefined ? "" : `${profile} `}${vm ?? state} ${memoryGiB} GiB`;
}

/** Why the machines on the card have what they have of it, each reason once. */
export function reasonsOf({ slots }: GpuReport, vms: readonly VmReport[]): string[] {
  const holders = new Set(slots.flatMap(({ vm }) => vm ?? []));
  return [...new Set(vms.flatMap(({ name, gpu }) => (gpu !== undefined && holders.has(name) ? gpu.reason : [])))];
}

/** How a tenant's GPU memory stands against its quota. */
export function gpuQuotaText({ gpu }: TenantReport): string {
  if (gpu === undefined) return "none";
  const { slicesGiB, quotaGiB, burstGiB } = gpu;
  if (quotaGiB === undefined) return `${slicesGiB} GiB in slices, no quota`;
  const burst = burstGiB === undefined ? "" : `, burst to ${burstGiB}`;
  return `${slicesGiB} of ${quotaGiB} GiB in slices${burst}`;
}

/** The rest of a tenant's quota, which the shared pool's scheduler gives out. */
export function gpuRestText({ gpu }: TenantReport): string {
  if (gpu?.quotaGiB === undefined) return "";
  const { quotaGiB, slicesGiB, jobs, priority } = gpu;
  const rest = quotaGiB - slicesGiB;
  const pool = rest >= 0 ? `${rest} GiB from the shared pool` : `${-rest} GiB above the quota`;
  return `${pool}, ${jobs} ${jobs === 1 ? "job" : "jobs"}, priority ${priority}`;
}

/** E.g. `kept 7 days (cleared by ai-storage-01)`; empty where everything is kept. */
export function retentionText({ retentionDays, clearedBy }: PoolReport): string {
  if (retentionDays === undefined) return "";
  return `kept ${retentionDays} days (${clearedBy ? `cleared by ${clearedBy}` : "but no machine mounts it to clear it"})`;
}

/** Who encrypts what lies in a pool. */
export const atRestWords = { guest: "guest (LUKS2)", disks: "its disks' own" } as const;

/** What is encrypted at rest by this plan, and what is not (P1.6). */
export function atRestText({ encryption, backend }: StorageReport): string {
  if (!encryption) return "data volumes are not encrypted at rest";
  const others = backend === "ceph" ? "root disks, files and objects" : "root disks";
  return `data volumes are encrypted at rest by their machines (LUKS2); ${others} only where the storage's own disks are${backend === "ceph" ? " (OSDs with dmcrypt)" : ""}`;
}

/** How many machines live migration can move. */
export function migrationText({ vms }: PlanReport): string {
  const placed = vms.flatMap(({ liveMigration }) => liveMigration ?? []);
  const movable = placed.filter(({ possible }) => possible);
  const hosts = movable.map(({ targets }) => targets);
  const choice =
    movable.length === 0
      ? ""
      : ` to ${Math.min(...hosts) === Math.max(...hosts) ? "" : `${Math.min(...hosts)} to `}${Math.max(...hosts)} other hosts`;
  return movable.length === placed.length
    ? `Every machine can move${choice} while it runs, provided that the hosts' processors are alike: strata doctor compares them. All disks lie on shared storage.`
    : `${movable.length} of ${placed.length} machines can move${choice} while they run. The others would have to be stopped for it:`;
}

/** Those that live migration cannot move, with the reason. */
export function tiedMachines({ vms }: PlanReport): { vm: VmReport; because: string }[] {
  return vms.flatMap((vm) => {
    const because = vm.liveMigration?.because;
    return because === undefined ? [] : [{ vm, because }];
  });
}

/** Which priorities are left out when it fails, e.g. `left out: 1 high, 2 medium`; empty where nobody is. */
export function leftOutText({ leftOutByPriority }: FailureReport): string {
  const counts = Object.entries(leftOutByPriority).filter(([, count]) => count > 0);
  return counts.length === 0 ? "" : `left out: ${counts.map(([priority, count]) => `${count} ${priority}`).join(", ")}`;
}

/** What the order of restarts is worth. */
export const restartOrderText =
  "Restarts are played through by priority, the largest first. CloudStack itself keeps no order: the priority is a tag (restart-priority) for whoever watches the cluster, and where room is short they stop the lower for the higher.";

/** Whether the loss of any one host costs anything for good. */
export function survivalText({ survival, vms }: PlanReport): string {
  if (survival === undefined)
    return "The profile names no hosts: nothing is placed, and no failure can be played through.";
  const fixed = vms.filter(({ ha }) => !ha).length;
  const rest = fixed === 0 ? "" : ` Machines without HA wait for their host to come back: ${fixed} of ${vms.length}.`;
  if (survival.survives)
    return `Every machine with HA restarts, or has a replica that goes on, whatever one host fails.${rest}`;
  const lost = survival.lost.map(({ machine, failed, because }) => `${machine} when ${failed} fails (${because})`);
  return `Not every machine with HA survives the loss of a host: ${lost.join("; ")}.${rest}`;
}
