import type { Row } from "../../cloudstack/models/table.ts";
import { monitorSetting } from "./config.ts";
import { type CrushRule, defaultRule, failureDomains, findRule, insertRule, osdsOf, usableRawBytes } from "./crush.ts";
import { chunksOf, type ErasureCodeProfile, findProfile } from "./erasure-code.ts";
import { refuse } from "./errors.ts";
import type { Tables } from "./tables.ts";

/** A pool; `id` is its number, which no later pool gets again. */
export interface Pool extends Row {
  readonly name: string;
  readonly type: "replicated" | "erasure";
  readonly size: number;
  readonly minSize: number;
  readonly pgNum: number;
  /** Name of its CRUSH rule. */
  readonly rule: string;
  readonly profile?: string;
  readonly autoscale: string;
  readonly ecOverwrites: boolean;
  /** 0 = none. */
  readonly quotaBytes: number;
  readonly quotaObjects: number;
  readonly applications: readonly string[];
  /** Only those that are set: `compression_mode` …, `target_size_bytes` … */
  readonly options: Readonly<Record<string, string | number>>;
  /** RBD settings of the pool (`rbd_qos_*`). */
  readonly configuration: Readonly<Record<string, string>>;
  /** What clients have written, before copies; the control API sets it. */
  readonly storedBytes: number;
  readonly objects: number;
}

export interface NewPool {
  readonly name: string;
  readonly type: Pool["type"];
  readonly pgNum: number;
  readonly rule?: string | undefined;
  readonly profile?: string | undefined;
}

export function findPool(tables: Tables, name: string): Pool | undefined {
  return tables.pools.find((pool) => pool.name === name);
}

/** `osd pool create`: an existing pool of the same type is a success, and stays as it is. */
export function createPool(tables: Tables, wanted: NewPool): Pool {
  const existing = findPool(tables, wanted.name);
  if (existing && existing.type !== wanted.type) {
    throw refuse("EINVAL", `pool '${wanted.name}' cannot change to type ${wanted.type}`);
  }
  if (existing) return existing;
  const profile = wanted.type === "erasure" ? needProfile(tables, wanted.profile ?? "default") : undefined;
  const rule = ruleFor(tables, wanted, profile);
  const size = profile ? totalChunks(profile) : Number(monitorSetting(tables, "osd_pool_default_size"));
  checkPgNum(tables, wanted.pgNum, size);
  return tables.pools.insert({
    name: wanted.name,
    type: wanted.type,
    size,
    // `OSDMonitor::prepare_pool_size`: k + min(1, m - 1) for erasure, size - size/2 for replicated.
    minSize: profile ? chunksOf(profile).k + Math.min(1, chunksOf(profile).m - 1) : size - Math.floor(size / 2),
    pgNum: wanted.pgNum,
    rule: rule.name,
    ...(profile ? { profile: profile.name } : {}),
    autoscale: monitorSetting(tables, "osd_pool_default_pg_autoscale_mode"),
    ecOverwrites: false,
    quotaBytes: 0,
    quotaObjects: 0,
    applications: [],
    options: {},
    configuration: {},
    storedBytes: 0,
    objects: 0,
  });
}

/** @throws ERANGE when the OSDs would carry more placement groups than `mon_max_pg_per_osd` */
export function checkPgNum(tables: Tables, pgNum: number, size: number, without?: Pool): void {
  if (pgNum < 1 || pgNum > 65_536)
    throw refuse("ERANGE", `'pg_num' must be greater than 0 and less than or equal to 65536`);
  const others = tables.pools.filter((pool) => pool !== without).reduce((sum, pool) => sum + pool.pgNum * pool.size, 0);
  const perOsd = Number(monitorSetting(tables, "mon_max_pg_per_osd"));
  const osds = tables.osds.filter((osd) => osd.in).length;
  const total = others + pgNum * size;
  if (total <= perOsd * osds) return;
  throw refuse(
    "ERANGE",
    `pg_num ${pgNum} size ${size} for this pool would result in ${Math.ceil(total / Math.max(1, osds))} cumulative PGs per OSD (${total} total PG replicas on ${osds} 'in' root OSDs by CRUSH rule) which exceeds the mon_max_pg_per_osd value of ${perOsd}`,
  );
}

/** Bytes of raw space for a byte of data. */
export function overhead(tables: Tables, pool: Pool): number {
  const profile = pool.profile === undefined ? undefined : findProfile(tables, pool.profile);
  return profile ? totalChunks(profile) / chunksOf(profile).k : pool.size;
}

/** How many placement groups are in which state; a pool without enough failure domains never gets healthy. */
export function pgStates(tables: Tables, pool: Pool): Record<string, number> {
  const rule = findRule(tables, pool.rule);
  const domains = rule ? failureDomains(tables, rule) : 0;
  if (domains >= pool.size) return { "active+clean": pool.pgNum };
  if (domains >= pool.minSize) return { "active+undersized": pool.pgNum };
  return { [pool.type === "erasure" ? "creating+incomplete" : "undersized+peered"]: pool.pgNum };
}

/** Bytes that clients can still write to the pool (`max_avail`): raw space left to its rule, without copies, within no quota. */
export function availableBytes(tables: Tables, pool: Pool): number {
  const rule = findRule(tables, pool.rule);
  if (!rule) return 0;
  const own = new Set(osdsOf(tables, rule).map(({ osdId }) => osdId));
  let used = 0;
  for (const other of tables.pools.live()) {
    const otherRule = findRule(tables, other.rule);
    const osds = otherRule ? osdsOf(tables, otherRule) : [];
    const shared = osds.filter(({ osdId }) => own.has(osdId)).length / Math.max(1, osds.length);
    used += other.storedBytes * overhead(tables, other) * shared;
  }
  return Math.max(0, Math.floor((usableRawBytes(tables, rule) - used) / overhead(tables, pool)));
}

function totalChunks(profile: ErasureCodeProfile): number {
  const { k, m } = chunksOf(profile);
  return k + m;
}

function needProfile(tables: Tables, name: string): ErasureCodeProfile {
  const profile = findProfile(tables, name);
  if (profile) return profile;
  throw refuse(
    "EINVAL",
    "cannot determine the erasure code plugin because there is no 'plugin' entry in the erasure_code_profile {}",
  );
}

/** An erasure coded pool without a rule gets one of its own name, which outlives the pool. */
function ruleFor(tables: Tables, wanted: NewPool, profile: ErasureCodeProfile | undefined): CrushRule {
  const name = wanted.rule ?? (profile ? wanted.name : defaultRule);
  const rule = findRule(tables, name);
  if (rule && rule.type !== wanted.type) {
    throw refuse("EINVAL", `crush rule ${name} type does not match pool type ${wanted.type}`);
  }
  if (rule) return rule;
  if (!profile || wanted.rule) throw refuse("ENOENT", `specified rule ${name} doesn't exist`);
  const { values } = profile;
  return insertRule(tables, {
    name,
    type: "erasure",
    root: values["crush-root"] ?? "default",
    failureDomain: values["crush-failure-domain"] ?? "host",
    deviceClass: values["crush-device-class"],
  });
}
