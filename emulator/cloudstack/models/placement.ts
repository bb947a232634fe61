/** Chooses a host for an instance: capacity with overcommit, GPUs, host tags, and affinity groups. Pure. */
import type { GpuDemand } from "./gpu.ts";

export interface HostRoom {
  readonly id: number;
  /** Up and enabled. */
  readonly usable: boolean;
  readonly cores: number;
  readonly coreMhz: number;
  /** What is left after overcommit and everything that runs there. */
  readonly freeMhz: number;
  readonly freeMemoryMib: number;
  readonly tags: readonly string[];
  /** Absent where there are none at all; else the devices that are left, by profile. */
  readonly gpus?: ReadonlyMap<number, number>;
}

export interface Demand {
  readonly cores: number;
  readonly coreMhz: number;
  readonly memoryMib: number;
  readonly hostTags: readonly string[];
  readonly gpus?: GpuDemand;
}

export type AffinityType =
  | "host anti-affinity"
  | "host affinity"
  | "non-strict host anti-affinity"
  | "non-strict host affinity";

export interface Affinity {
  readonly type: AffinityType;
  /** Hosts on which other members of the group are. */
  readonly hosts: ReadonlySet<number>;
}

export interface Wishes {
  /** The only host that is asked for. */
  readonly host?: number;
  /** Where the instance ran last: taken again when it fits. */
  readonly lastHost?: number | undefined;
  /** Hosts that must not be chosen. */
  readonly avoid?: ReadonlySet<number>;
}

/**
 * The best host, or undefined when none fits. Strict groups exclude hosts, the others only order them. What needs no GPU goes to a
 * host with GPUs only when no other fits (`FirstFitAllocator`).
 */
export function chooseHost(
  hosts: readonly HostRoom[],
  demand: Demand,
  affinities: readonly Affinity[],
  wishes: Wishes = {},
): HostRoom | undefined {
  const fitting = hosts
    .filter((host) => wishes.host === undefined || host.id === wishes.host)
    .filter((host) => !wishes.avoid?.has(host.id) && fits(host, demand) && allowed(host, affinities));
  const last = fitting.find((host) => host.id === wishes.lastHost);
  const preferred = fitting.sort(
    (a, b) =>
      penalty(a, affinities) - penalty(b, affinities) || waste(a, demand) - waste(b, demand) || moreRoomFirst(a, b),
  );
  const best = preferred[0];
  if (last !== undefined && best !== undefined && penalty(last, affinities) <= penalty(best, affinities)) return last;
  return best;
}

function fits(host: HostRoom, demand: Demand): boolean {
  return (
    host.usable &&
    // A single instance never gets more cores, or faster ones, than the host really has: overcommit is for sums.
    host.cores >= demand.cores &&
    host.coreMhz >= demand.coreMhz &&
    host.freeMhz >= demand.cores * demand.coreMhz &&
    host.freeMemoryMib >= demand.memoryMib &&
    demand.hostTags.every((tag) => host.tags.includes(tag)) &&
    (demand.gpus === undefined || (host.gpus?.get(demand.gpus.profileId) ?? 0) >= demand.gpus.count)
  );
}

/** 1 when the host's GPUs are no use to the instance. */
function waste(host: HostRoom, demand: Demand): number {
  return demand.gpus === undefined && host.gpus !== undefined ? 1 : 0;
}

function allowed(host: HostRoom, affinities: readonly Affinity[]): boolean {
  return affinities.every(({ type, hosts }) => {
    if (type === "host anti-affinity") return !hosts.has(host.id);
    if (type === "host affinity") return hosts.size === 0 || hosts.has(host.id);
    return true;
  });
}

/** Number of wishes of non-strict groups that this host does not grant. */
function penalty(host: HostRoom, affinities: readonly Affinity[]): number {
  return affinities.filter(({ type, hosts }) => {
    if (type === "non-strict host anti-affinity") return hosts.has(host.id);
    if (type === "non-strict host affinity") return hosts.size > 0 && !hosts.has(host.id);
    return false;
  }).length;
}

function moreRoomFirst(a: HostRoom, b: HostRoom): number {
  return b.freeMemoryMib - a.freeMemoryMib || b.freeMhz - a.freeMhz || a.id - b.id;
}
