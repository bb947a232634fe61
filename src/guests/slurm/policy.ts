import type { Guest, GuestContext, GuestMachine, TenantGuests } from "../setup.ts";
import { withRole } from "../setup.ts";

/** What the scheduler is to do (P5.4, P5.5), as values: `configuration.ts` and `accounts.ts` write it down for Slurm. */

/** Classes of jobs. One that preempts takes the place of jobs of lower classes. */
export const classes = [
  { name: "critical", weight: 100, preempts: true },
  { name: "high", weight: 50, preempts: true },
  { name: "normal", weight: 10, preempts: false },
  { name: "low", weight: 1, preempts: false },
] as const;

/** The class in which idle cards are lent: whoever has a right to them takes them back. */
const lent = "low";

/** Hours that a job may take at most. */
export const jobHours = 48;
/** Hours of a job that does not say: with the most, none would fit between two nights that are reserved. */
export const usualHours = 4;
/** Jobs that wait or run. */
export const queueLength = 100;
/** Hours after which a job that still waits is cancelled. */
export const waitHours = 24;
/** Seconds that a job has to leave when its cards are taken back. */
export const graceSeconds = 300;
/** Share of an inference machine that batch jobs may take; the rest is kept for serving. */
export const batchShare = 0.4;

/** Cards that only the platform's own training gets, each day. A tenant's 12 GiB at all times are its own slices (P5.3). */
export const nightly = { name: "nightly-training", gpus: 4, start: "02:00:00", duration: "04:00:00" } as const;

/** The account of the platform's own jobs. */
export const platformAccount = "platform";

/** What jobs count against: a class, or a tenant's own right to cards. */
export interface Quality {
  name: string;
  weight: number;
  /** Names of those whose jobs give way to it. */
  preempts: readonly string[];
  /** Cards at once; absent: as many as there are. */
  gpus?: number;
}

/** Who pays, and who may send jobs. */
export interface Account {
  name: string;
  /** System user with a number that is the same on all machines. */
  uid: number;
  /** Share of the cards when all want them. */
  fairShare: number;
  qualities: readonly [string, ...string[]];
  /** Running at once. */
  jobs?: number;
  gpus?: number;
}

/** Machines that take jobs. */
export interface Pool {
  training: readonly GuestMachine[];
  /** Taking batch jobs besides serving. */
  inference: readonly GuestMachine[];
}

/** All machines of the cluster; none where the platform has no scheduler. */
export function poolOf({ context }: Guest): Pool {
  const [scheduler] = withRole(context, "schedule");
  if (scheduler === undefined) return { training: [], inference: [] };
  const training = withRole(context, "train");
  // Serving goes on without the scheduler: where no network of its own leads there, no way is opened for batch jobs.
  const isNear = ({ legs }: GuestMachine) => legs.some(({ zone }) => scheduler.legs.some((leg) => leg.zone === zone));
  // A machine that does both is a training machine.
  const inference = withRole(context, "infer").filter(
    (machine) => machine.gpu !== undefined && isNear(machine) && !training.includes(machine),
  );
  return { training, inference };
}

/** First number of the users: a tenant's is this and its VLAN, which no other tenant has. */
const firstUid = 20_000;

/** Accounts of the platform and of tenants with a quota in the shared pool. */
export function accountsOf(context: GuestContext, { training }: Pool): Account[] {
  const cardGib = Math.min(...training.flatMap(({ gpu }) => gpu?.memoryGib ?? []));
  const total = cardsOf(training) * (Number.isFinite(cardGib) ? cardGib : 0);
  const tenants = quotasOf(context).map(({ key, vlan, gpu }): Account => {
    const right = gpu.burstGib ?? gpu.dedicatedGib;
    return {
      name: tenantName(key),
      uid: firstUid + vlan,
      fairShare: gpu.dedicatedGib,
      qualities: [tenantName(key), lent],
      jobs: gpu.jobs,
      gpus: cards(right - gpu.slicesGib, cardGib),
    };
  });
  const given = tenants.reduce((sum, { fairShare }) => sum + fairShare, 0);
  const [, ...others] = classes;
  const own: Account = {
    name: platformAccount,
    uid: firstUid,
    fairShare: Math.max(1, total - given),
    qualities: ["normal", classes[0].name, ...others.map(({ name }) => name).filter((name) => name !== "normal")],
  };
  return [own, ...tenants];
}

/** Classes, and for each tenant the right to the cards that are its own at any time. */
export function qualitiesOf(context: GuestContext, { training }: Pool): Quality[] {
  const cardGib = Math.min(...training.flatMap(({ gpu }) => gpu?.memoryGib ?? []));
  const rights = quotasOf(context).map(({ key, gpu }) => {
    const { weight, preempts } = classes.find(({ name }) => name === gpu.priority) ?? classes[2];
    return { name: tenantName(key), weight, preempts, gpus: cards(gpu.dedicatedGib - gpu.slicesGib, cardGib) };
  });
  const all = [...classes.map((one) => ({ ...one })), ...rights];
  return all.map((quality) => ({
    ...quality,
    preempts: all
      // What is lent comes back to whoever has a right to it, whatever its class.
      .filter(
        ({ name, weight }) => ("gpus" in quality && name === lent) || (quality.preempts && weight < quality.weight),
      )
      .map(({ name }) => name),
  }));
}

/** Cards are given whole: what a tenant may have beyond its own slices is rounded up to them. */
function cards(gib: number, cardGib: number): number {
  return Number.isFinite(cardGib) ? Math.ceil(Math.max(0, gib) / cardGib) : 0;
}

export function cardsOf(machines: readonly GuestMachine[]): number {
  return machines.reduce((sum, { gpu }) => sum + (gpu?.count ?? 0), 0);
}

/** Tenants with a quota, a network of their own, and what they have of cards already. */
function quotasOf({ tenants = [] }: GuestContext) {
  return tenants.flatMap(({ key, vlan, gpu, machines }) => {
    if (gpu === undefined || vlan === undefined) return [];
    return [{ key, vlan, gpu: { ...gpu, slicesGib: slicesOf(machines) } }];
  });
}

function slicesOf(machines: TenantGuests["machines"]): number {
  return machines.reduce((sum, { gpu }) => sum + (gpu === undefined ? 0 : gpu.count * gpu.memoryGib), 0);
}

function tenantName(key: string): string {
  return `tenant-${key}`;
}
