import { monitorSetting } from "./config.ts";
import { findRule } from "./crush.ts";
import { refuse } from "./errors.ts";
import { checkPgNum, findPool, type Pool } from "./pool.ts";
import type { Tables } from "./tables.ts";

/** What `osd pool set <pool> <key> <value>` understands here, as fields of the API. */
export const poolKeys = [
  "size",
  "min_size",
  "pg_num",
  "pg_num_min",
  "pg_num_max",
  "crush_rule",
  "pg_autoscale_mode",
  "compression_mode",
  "compression_algorithm",
  "compression_required_ratio",
  "compression_min_blob_size",
  "compression_max_blob_size",
  "target_size_bytes",
  "target_size_ratio",
] as const;

export type PoolKey = (typeof poolKeys)[number];

const choices: Partial<Record<PoolKey, readonly string[]>> = {
  pg_autoscale_mode: ["on", "off", "warn"],
  compression_mode: ["none", "passive", "aggressive", "force", "unset"],
  compression_algorithm: ["lz4", "snappy", "zlib", "zstd", "unset"],
};

/** Changes one setting of a pool. @throws in the words of `OSDMonitor::prepare_command_pool_set` */
export function setPoolKey(tables: Tables, pool: Pool, key: PoolKey, value: string): void {
  const allowed = choices[key];
  if (allowed && !allowed.includes(value)) {
    if (key === "compression_mode") throw refuse("EINVAL", `unrecognized compression_mode '${value}'`);
    if (key === "compression_algorithm") throw refuse("EINVAL", `unrecognized compression_algorithm '${value}'`);
    throw refuse("EINVAL", `specified invalid mode ${value}`);
  }
  setters[key]?.(tables, pool, value);
  if (!(key in setters)) setOption(tables, pool, key, numberOption(key, value));
}

type Setter = (tables: Tables, pool: Pool, value: string) => void;

/** How the keys are set that are more than a number among the pool's options. */
const setters: Partial<Record<PoolKey, Setter>> = {
  size: (tables, pool, value) => setSize(tables, pool, wholeNumber("size", value)),
  min_size: (tables, pool, value) => setMinSize(tables, pool, wholeNumber("min_size", value)),
  pg_num: (tables, pool, value) => {
    const pgNum = wholeNumber("pg_num", value);
    if (pgNum !== pool.pgNum) checkPgNum(tables, pgNum, pool.size, pool);
    tables.pools.update(pool, { pgNum });
  },
  crush_rule: (tables, pool, value) => {
    const rule = findRule(tables, value);
    if (!rule) throw refuse("ENOENT", `crush rule ${value} does not exist`);
    if (rule.type !== pool.type) throw refuse("EINVAL", `crush rule ${value} type does not match pool`);
    tables.pools.update(pool, { rule: rule.name });
  },
  pg_autoscale_mode: (tables, pool, value) => {
    tables.pools.update(pool, { autoscale: value });
  },
  compression_mode: (tables, pool, value) => setOption(tables, pool, "compression_mode", unlessUnset(value)),
  compression_algorithm: (tables, pool, value) => setOption(tables, pool, "compression_algorithm", unlessUnset(value)),
};

function unlessUnset(value: string): string | undefined {
  return value === "unset" ? undefined : value;
}

/** `MAX_POOL_APPLICATIONS` */
const mostApplications = 4;

/** 0 lifts a quota; leaving it out changes nothing. */
export function setQuota(tables: Tables, pool: Pool, field: "max_bytes" | "max_objects", value: string): void {
  const number = wholeNumber(field, value);
  if (number < 0) throw refuse("EINVAL", `error parsing value '${value}' for pool quota`);
  tables.pools.update(pool, field === "max_bytes" ? { quotaBytes: number } : { quotaObjects: number });
}

export function setApplications(tables: Tables, pool: Pool, wanted: readonly string[]): void {
  const wrong = wanted.find((app) => !/^[A-Za-z0-9_.-]{1,128}$/.test(app));
  if (wrong !== undefined) throw refuse("EINVAL", `invalid application name '${wrong}'`);
  const applications = [...new Set(wanted)];
  if (applications.length > mostApplications) {
    throw refuse("EINVAL", `too many enabled applications on pool '${pool.name}'; max ${mostApplications}`);
  }
  tables.pools.update(pool, { applications });
}

export function allowOverwrites(tables: Tables, pool: Pool): void {
  if (pool.type !== "erasure") throw refuse("EINVAL", "ec overwrites can only be enabled for an erasure coded pool");
  tables.pools.update(pool, { ecOverwrites: true });
}

export function renamePool(tables: Tables, pool: Pool, name: string): void {
  if (name === pool.name) return;
  if (findPool(tables, name)) throw refuse("EEXIST", `pool '${name}' already exists`);
  tables.pools.update(pool, { name });
}

function setSize(tables: Tables, pool: Pool, size: number): void {
  if (pool.type === "erasure") throw refuse("ENOTSUP", "can not change the size of an erasure-coded pool");
  if (size < 1 || size > 10) throw refuse("EINVAL", "pool size must be between 1 and 10");
  if (size === 1 && monitorSetting(tables, "mon_allow_pool_size_one") !== "true") {
    throw refuse("EPERM", "configuring pool size as 1 is disabled by default.");
  }
  if (size !== pool.size) checkPgNum(tables, pool.pgNum, size, pool);
  const minSize = Math.min(pool.minSize, size);
  tables.pools.update(pool, { size, minSize: size < pool.size ? minSize : size - Math.floor(size / 2) });
}

function setMinSize(tables: Tables, pool: Pool, minSize: number): void {
  if (minSize < 1 || minSize > pool.size) throw refuse("EINVAL", `pool min_size must be between 1 and ${pool.size}`);
  tables.pools.update(pool, { minSize });
}

/** 0 takes an option away, as an option that is absent. */
function setOption(tables: Tables, pool: Pool, key: string, value: string | number | undefined): void {
  const { [key]: _old, ...others } = pool.options;
  const isSet = value !== undefined && value !== 0;
  tables.pools.update(pool, { options: isSet ? { ...others, [key]: value } : others });
}

function wholeNumber(key: string, value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !Number.isInteger(number))
    throw refuse("EINVAL", `error parsing integer value '${value}': ${key}`);
  return number;
}

function numberOption(key: string, value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number))
    throw refuse("EINVAL", `error parsing value '${value}' for ${key}`);
  if (key === "compression_required_ratio" && (number < 0 || number > 1)) {
    throw refuse("EINVAL", `compression_required_ratio is out of range (0-1): '${value}'`);
  }
  return number;
}
