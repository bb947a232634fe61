import { findRule } from "./crush.ts";
import { type Pool, pgStates } from "./pool.ts";
import type { Tables } from "./tables.ts";

interface Check {
  readonly type: string;
  readonly severity: "HEALTH_WARN" | "HEALTH_ERR";
  readonly summary: { readonly message: string; readonly count: number };
  readonly detail: readonly { readonly message: string }[];
  readonly muted: boolean;
}

export interface Health {
  readonly status: "HEALTH_OK" | "HEALTH_WARN" | "HEALTH_ERR";
  readonly checks: readonly Check[];
  readonly mutes: readonly never[];
}

/** What `ceph health detail` would say of the cluster as it is. */
export function healthOf(tables: Tables): Health {
  const checks = [
    downOsds(tables),
    inactive(tables),
    undersized(tables),
    withoutRedundancy(tables),
    full(tables),
  ].filter((check) => check !== undefined);
  const isError = checks.some(({ severity }) => severity === "HEALTH_ERR");
  return { status: isError ? "HEALTH_ERR" : checks.length > 0 ? "HEALTH_WARN" : "HEALTH_OK", checks, mutes: [] };
}

function downOsds({ osds }: Tables): Check | undefined {
  const down = osds.filter((osd) => osd.in && !osd.up);
  if (down.length === 0) return undefined;
  const detail = down.map(({ osdId, hostname }) => `osd.${osdId} (root=default,host=${hostname}) is down`);
  return check("OSD_DOWN", `${down.length} osds down`, detail);
}

function inactive(tables: Tables): Check | undefined {
  const stuck = poolsIn(tables, (states) => !Object.keys(states).some((state) => state.startsWith("active")));
  if (stuck.length === 0) return undefined;
  const count = stuck.reduce((sum, { pgNum }) => sum + pgNum, 0);
  const what = `${count} pg${count === 1 ? "" : "s"} inactive`;
  const text = (pool: Pool) =>
    `pool '${pool.name}': ${pool.pgNum} pgs inactive, rule ${pool.rule} needs ${pool.size} failure domains`;
  return check("PG_AVAILABILITY", `Reduced data availability: ${what}`, stuck.map(text));
}

function undersized(tables: Tables): Check | undefined {
  const thin = poolsIn(tables, (states) => "active+undersized" in states);
  if (thin.length === 0) return undefined;
  const count = thin.reduce((sum, { pgNum }) => sum + pgNum, 0);
  const domain = (pool: Pool) => findRule(tables, pool.rule)?.failureDomain ?? "host";
  const detail = thin.map(
    (pool) => `pool '${pool.name}': ${pool.pgNum} pgs undersized, not enough failure domains (${domain(pool)})`,
  );
  return check("PG_DEGRADED", `Degraded data redundancy: ${count} pgs undersized`, detail);
}

function withoutRedundancy({ pools }: Tables): Check | undefined {
  const single = pools.filter(({ size }) => size === 1);
  if (single.length === 0) return undefined;
  const detail = single.map(({ name }) => `pool '${name}' has no replicas configured`);
  return check("POOL_NO_REDUNDANCY", `${single.length} pool(s) have no replicas configured`, detail);
}

function full({ pools }: Tables): Check | undefined {
  const isFull = ({ quotaBytes, quotaObjects, storedBytes, objects }: Pool) =>
    (quotaBytes > 0 && storedBytes >= quotaBytes) || (quotaObjects > 0 && objects >= quotaObjects);
  const filled = pools.filter(isFull);
  if (filled.length === 0) return undefined;
  const detail = filled.map(({ name }) => `pool '${name}' is full (running out of quota)`);
  return check("POOL_FULL", `${filled.length} pool(s) full`, detail);
}

function poolsIn(tables: Tables, fits: (states: Record<string, number>) => boolean): Pool[] {
  return tables.pools.filter((pool) => fits(pgStates(tables, pool)));
}

function check(type: string, message: string, detail: readonly string[]): Check {
  const lines = detail.map((line) => ({ message: line }));
  return { type, severity: "HEALTH_WARN", summary: { message, count: detail.length }, detail: lines, muted: false };
}
