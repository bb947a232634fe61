import type { Json } from "../../cloudstack/models/jobs.ts";
import { availableBytes, overhead, type Pool, pgStates } from "../models/pool.ts";
import type { Tables } from "../models/tables.ts";

const hashPsPool = 1;
const ecOverwritesFlag = 1 << 17;
const selfmanagedFlag = 1 << 13;

/** A pool as `GET /api/pool` shows it: the OSD map's entry, with names where the map has numbers. */
export function poolFields(tables: Tables, pool: Pool, withStats: boolean): Record<string, Json> {
  const isRbd = pool.applications.includes("rbd");
  const flags = hashPsPool | (pool.ecOverwrites ? ecOverwritesFlag : 0) | (isRbd ? selfmanagedFlag : 0);
  const flagNames = [
    "hashpspool",
    ...(pool.ecOverwrites ? ["ec_overwrites"] : []),
    ...(isRbd ? ["selfmanaged_snaps"] : []),
  ];
  return {
    pool: pool.id,
    pool_name: pool.name,
    create_time: new Date(pool.created).toISOString().replace("Z", "000+0000"),
    flags,
    flags_names: flagNames.join(","),
    type: pool.type,
    size: pool.size,
    min_size: pool.minSize,
    crush_rule: pool.rule,
    peering_crush_bucket_count: 0,
    object_hash: 2,
    pg_autoscale_mode: pool.autoscale,
    pg_num: pool.pgNum,
    pg_placement_num: pool.pgNum,
    pg_placement_num_target: pool.pgNum,
    pg_num_target: pool.pgNum,
    pg_num_pending: pool.pgNum,
    last_change: String(pool.id),
    auid: 0,
    snap_mode: "selfmanaged",
    snap_seq: 0,
    pool_snaps: [],
    removed_snaps: "[]",
    quota_max_bytes: pool.quotaBytes,
    quota_max_objects: pool.quotaObjects,
    tiers: [],
    tier_of: -1,
    read_tier: -1,
    write_tier: -1,
    cache_mode: "none",
    erasure_code_profile: pool.profile ?? "",
    stripe_width: pool.type === "erasure" ? 16_384 : 0,
    expected_num_objects: 0,
    fast_read: false,
    options: { ...pool.options },
    // No order is promised: a map's keys.
    application_metadata: [...pool.applications].sort(),
    ...(withStats ? { pg_status: pgStates(tables, pool), stats: statsOf(tables, pool) } : {}),
  };
}

/** Bytes used and free of a pool, by name (`ceph df`). */
export function usageOf(tables: Tables, pool: Pool): Record<string, number> {
  const used = Math.round(pool.storedBytes * overhead(tables, pool));
  const available = availableBytes(tables, pool);
  return {
    stored: pool.storedBytes,
    objects: pool.objects,
    kb_used: Math.ceil(used / 1024),
    bytes_used: used,
    percent_used: used + available === 0 ? 0 : pool.storedBytes / (pool.storedBytes + available),
    max_avail: available,
    avail_raw: Math.round(available * overhead(tables, pool)),
    quota_objects: pool.quotaObjects,
    quota_bytes: pool.quotaBytes,
    stored_raw: used,
    rd: 0,
    rd_bytes: 0,
    wr: 0,
    wr_bytes: 0,
  };
}

/** The last samples of each pool, oldest first. */
const samples = new WeakMap<Tables, Map<number, Record<string, number>[]>>();
const mostSamples = 10;

/**
 * A sample is taken whenever somebody asks, added behind the others, and what comes as the latest is the first of them: use as it
 * was ten questions ago (`get_updated_pool_stats` of `module.py`, `get_pool_list_with_stats` of `services/ceph_service.py`).
 */
function statsOf(tables: Tables, pool: Pool): Json {
  const byPool = samples.get(tables) ?? new Map<number, Record<string, number>[]>();
  samples.set(tables, byPool);
  const series = [...(byPool.get(pool.id) ?? []), usageOf(tables, pool)].slice(-mostSamples);
  byPool.set(pool.id, series);
  const stats = Object.entries(series[0] ?? {}).map(([name, latest]) => [name, { latest, rate: 0, rates: [] }]);
  return Object.fromEntries(stats) as Json;
}

const qosNames = ["bps", "iops", "read_bps", "read_iops", "write_bps", "write_iops"];

/** RBD's settings for a pool; source 1 = set on the pool, 0 = the default. */
export function configurationOf(pool: Pool): Json {
  const defaults = qosNames.flatMap((name) => [`rbd_qos_${name}_burst`, `rbd_qos_${name}_limit`]);
  const names = [...new Set([...defaults, ...Object.keys(pool.configuration)])].sort();
  return names.map((name) => {
    const value = pool.configuration[name];
    return { name, value: value ?? "0", source: value === undefined ? 0 : 1 };
  });
}
