import type { Profile, Role } from "../config/schema.ts";
import { contains, parseAddress } from "./cidr.ts";
import type { MachinePlan } from "./machines.ts";
import type { StoragePlan } from "./storage.ts";

/** A file tree of CephFS as machines see it (P6.1). */
export interface SharedFilesPlan {
  /** Of the pool, which is the file system's. */
  name: string;
  /** The cephx user that reaches it and nothing else. */
  user: string;
  monitors: readonly string[];
  /** Where it is mounted. */
  folder: string;
  retentionDays?: number;
  /** Names of the machines that mount it. */
  machines: readonly string[];
  /** The one of them that clears away what is too old. */
  sweeper?: string;
}

/** Who works on training data and checkpoints. */
const users: readonly Role[] = ["storage", "train"];

/**
 * Who mounts which tree: the machines of those roles that stand in a network with Ceph's monitors, because no router leads
 * there (P7, VLAN 60).
 */
export function planSharedFiles(
  { network: { zones } }: Profile,
  { ceph, shared }: StoragePlan,
  machines: readonly MachinePlan[],
): SharedFilesPlan[] {
  const monitors = ceph?.monitors ?? [];
  const addresses = monitors.flatMap((monitor) => parseAddress(monitor) ?? []);
  const near = zones
    .filter(({ cidr }) => addresses.some((base) => contains(cidr, { base, prefix: 32 })))
    .map(({ key }) => key);
  const reaching = machines
    .filter(
      ({ roles, legs, template }) =>
        // A bare guest mounts nothing.
        template !== undefined &&
        roles.some((role) => users.includes(role)) &&
        legs.some(({ zone }) => near.includes(zone)),
    )
    .toSorted(byRoleAndName)
    .map(({ name }) => name);
  return shared.flatMap((pool) => {
    if (pool.kind !== "files" || pool.mount === undefined) return [];
    const { name, mount, retentionDays } = pool;
    const [sweeper] = reaching;
    const cleared = retentionDays !== undefined && { retentionDays, ...(sweeper !== undefined && { sweeper }) };
    return [{ name, ...mount, monitors, machines: reaching, ...cleared }];
  });
}

/** Who hands the data out comes first. */
function byRoleAndName(one: MachinePlan, other: MachinePlan): number {
  const rank = ({ roles }: MachinePlan) => Math.min(...users.map((role, index) => (roles.includes(role) ? index : 9)));
  return rank(one) - rank(other) || (one.name < other.name ? -1 : 1);
}
