import type { Plan } from "../../src/plan/plan.ts";
import type { SharedPool, Tier } from "../../src/plan/storage.ts";
import { type PoolReport, platformOwner, type StorageReport, type VmReport } from "./report.ts";

/** Device class that a tier lies on (P6.1). */
const deviceClasses: Record<Tier, string> = { hot: "ssd", warm: "ssd", cold: "hdd" };

interface Redundancy {
  redundancy: string;
  failureDomains: number;
  /** Raw GiB per usable GiB. */
  factor: number;
}

/** Pools with what they need of the disks, and what lies in them. */
export function storageOf({ storage, tenants, guests }: Plan, vms: readonly VmReport[]): StorageReport {
  const { copies, encryption, blocks, shared, ceph } = storage;
  const replicated: Redundancy = { redundancy: `${copies} copies`, failureDomains: copies, factor: copies };
  const volumesIn = (pool: string | undefined) =>
    vms.reduce((sum, { data }) => (data !== undefined && data.pool === pool ? sum + data.sizeGiB : sum), 0);
  const pools = [
    ...Object.values(blocks).map((pool) => poolOf({ ...pool, kind: "block", owner: platformOwner }, replicated)),
    ...shared.map((pool) => ({
      ...poolOf({ ...pool, owner: platformOwner }, redundancyOf(pool, replicated)),
      ...("retentionDays" in pool && { retentionDays: pool.retentionDays, clearedBy: sweeperOf(pool.name, guests) }),
      ...("compressAfterDays" in pool && { compressAfterDays: pool.compressAfterDays }),
    })),
    ...shared.flatMap((pool) =>
      pool.kind === "objects" ? [poolOf({ ...pool.index, kind: "index", owner: platformOwner }, replicated)] : [],
    ),
    ...tenants.flatMap(({ name: owner, storage: own }) =>
      own.kind === "zone"
        ? []
        : [poolOf({ compression: "none", ...own, kind: own.kind === "pool" ? "block" : "bucket", owner }, replicated)],
    ),
  ].map((pool): PoolReport => {
    const atRest = encryption && pool.kind === "block" ? "guest" : "disks";
    return { ...pool, volumesGiB: volumesIn(pool.name), atRest };
  });
  return {
    backend: ceph === undefined ? "zone" : "ceph",
    encryption,
    pools,
    raw: rawOf(pools),
    primary: { rootGiB: vms.reduce((sum, { rootDiskGiB }) => sum + rootDiskGiB, 0), dataGiB: volumesIn(undefined) },
  };
}

/** The machine that clears a file tree; none where nobody mounts it. */
function sweeperOf(pool: string, { files = [] }: Plan["guests"]): string | null {
  return files.find(({ name }) => name === pool)?.sweeper ?? null;
}

interface Pool {
  name: string;
  owner: string;
  kind: PoolReport["kind"];
  tier?: Tier;
  sizeGib: number;
  compression?: string;
}

function poolOf({ name, owner, kind, tier, sizeGib, compression = "none" }: Pool, { factor, ...rest }: Redundancy) {
  const rawGiB = Math.ceil(sizeGib * factor);
  return { name, owner, kind, ...(tier && { tier }), quotaGiB: sizeGib, ...rest, rawGiB, compression };
}

function redundancyOf(pool: SharedPool, replicated: Redundancy): Redundancy {
  if (pool.kind !== "objects" || pool.erasure === undefined) return replicated;
  const { data, coding } = pool.erasure;
  return { redundancy: `${data}+${coding}`, failureDomains: data + coding, factor: (data + coding) / data };
}

function rawOf(pools: readonly PoolReport[]): StorageReport["raw"] {
  const classes = Map.groupBy(pools, ({ tier }) => (tier === undefined ? "any" : deviceClasses[tier]));
  return [...classes].map(([deviceClass, members]) => ({
    deviceClass,
    quotaGiB: members.reduce((sum, { quotaGiB }) => sum + quotaGiB, 0),
    rawGiB: members.reduce((sum, { rawGiB }) => sum + rawGiB, 0),
  }));
}
