import type { Profile, Tenant } from "../config/schema.ts";
import { physicalName } from "./names.ts";

/** Where data lies: pools of Ceph and what CloudStack and guests see of them (P1.3, P6, O3). */

export type Tier = "hot" | "warm" | "cold";

/** A block pool that CloudStack knows as a primary storage, with a tag that leads volumes to it. */
export interface BlockPool {
  /** Name in Ceph and of the primary storage. */
  name: string;
  /** Tag of the primary storage and of the disk offering that leads there. */
  tag: string;
  /** Of the disk offering. */
  diskOffering: string;
  /** Of the cephx user that reaches this pool and nothing else, e.g. `client.tenant-a`. */
  user: string;
  tier: Tier;
  sizeGib: number;
  compression: string;
}

/** A bucket of one tenant: uploads stop when its quota is full (T5). */
export interface BucketStorage {
  kind: "bucket";
  name: string;
  user: string;
  sizeGib: number;
}

/** What a tenant's quota is of; `zone` = the zone's own primary storage, where the site has no Ceph. */
export type TenantStorage = ({ kind: "pool" } & BlockPool) | BucketStorage | { kind: "zone"; sizeGib: number };

/** A file tree or a bucket of the platform. */
export type SharedPool =
  | {
      kind: "files";
      key: string;
      name: string;
      tier: Tier;
      sizeGib: number;
      compression: string;
      /** Where machines see it, and the cephx user that reaches it and nothing else. */
      mount?: { folder: string; user: string };
      retentionDays?: number;
    }
  | {
      kind: "objects";
      key: string;
      name: string;
      tier: Tier;
      sizeGib: number;
      erasure?: { data: number; coding: number };
      /** Of new objects. */
      compression: string;
      compressAfterDays?: number;
      /** With what they are compressed then. */
      compressWith?: string;
      /** Where the object gateway keeps this one bucket. Not called after the pool: a renamed pool must be another pool. */
      placementTarget: string;
      index: IndexPool;
    };

/** Lists of objects, and notes on unfinished uploads: key-value pairs, which an erasure coded pool cannot hold. */
export interface IndexPool {
  name: string;
  tier: Tier;
  sizeGib: number;
}

export interface StoragePlan {
  /** Absent where the site has none: then there are no pools either. */
  ceph?: { monitors: string[]; rootTag: string };
  /** First part of the names of CRUSH rules. */
  crushRulePrefix: string;
  /** Copies of everything that is not erasure coded. */
  copies: number;
  /** Data volumes are encrypted at rest. */
  encryption: boolean;
  /** By the pool's key. */
  blocks: Record<string, BlockPool>;
  shared: SharedPool[];
}

export function planStorage({ platform, storage, infrastructure: { ceph } }: Profile): StoragePlan {
  const { copies, encryption, pools } = storage;
  const basics = { crushRulePrefix: platform.name, copies, encryption };
  if (ceph === undefined) return { ...basics, blocks: {}, shared: [] };
  const blocks = pools.flatMap((pool) =>
    pool.kind === "block" ? [[pool.key, blockPool(platform.name, pool.key, pool)] as const] : [],
  );
  // An index is small and busy: on the fast disks, where the platform has pools on them at all.
  const indexTier = pools.some(({ tier }) => tier !== "cold") ? "hot" : "cold";
  const shared = pools.flatMap((pool) => sharedPool(platform.name, pool, indexTier));
  return { ...basics, ceph, blocks: Object.fromEntries(blocks), shared };
}

export function planTenantStorage({ platform, storage, infrastructure }: Profile, tenant: Tenant): TenantStorage {
  const { key, storage: sizeGib, bucket } = tenant;
  const name = storage.tenantPool.replace("{key}", key);
  const owner = `tenant-${key}`;
  if (infrastructure.ceph === undefined) return { kind: "zone", sizeGib };
  if (bucket) return { kind: "bucket", name, user: owner, sizeGib };
  const pool = blockPool(platform.name, owner, { name, tier: storage.tenantTier, size: sizeGib, compression: "none" });
  return { kind: "pool", ...pool };
}

function blockPool(
  platform: string,
  owner: string,
  { name, tier, size, compression }: { name: string; tier: Tier; size: number; compression: string },
): BlockPool {
  const tag = physicalName("storageTag", platform, owner);
  const diskOffering = physicalName("diskOffering", platform, owner);
  return { name, tag, diskOffering, user: `client.${owner}`, tier, sizeGib: size, compression };
}

/** Uid of the gateway's user who owns a bucket of the platform. */
export function ownerOf(bucket: string): string {
  return `${bucket}-owner`;
}

/** Part of a bucket's size that its index may take: enough for objects of 25 KB on average, at 250 bytes for each. */
const indexShare = 0.01;
/** Compresses best of what compresses fast enough not to be noticed. */
const defaultAlgorithm = "zstd";

function sharedPool(platform: string, pool: Profile["storage"]["pools"][number], indexTier: Tier): SharedPool[] {
  if (pool.kind === "block") return [];
  const { key, name, tier, size: sizeGib } = pool;
  if (pool.kind === "files") {
    const { compression, folder, retention } = pool;
    const mount = folder !== undefined && { mount: { folder, user: `client.${name}` } };
    const retained = retention !== undefined && { retentionDays: retention };
    return [{ kind: "files", key, name, tier, sizeGib, compression, ...mount, ...retained }];
  }
  const { erasure, compressAfter, compression } = pool;
  const compressed =
    compressAfter === undefined
      ? { compression }
      : {
          compression: "none",
          compressAfterDays: compressAfter,
          compressWith: compression === "none" ? defaultAlgorithm : compression,
        };
  const placementTarget = physicalName("placementTarget", platform, key);
  const index = { name: `${name}.index`, tier: indexTier, sizeGib: Math.ceil(sizeGib * indexShare) };
  return [
    { kind: "objects", key, name, tier, sizeGib, ...(erasure && { erasure }), ...compressed, placementTarget, index },
  ];
}
