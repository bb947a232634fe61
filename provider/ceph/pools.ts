/** Pools: our mark on them, and changes that Ceph would take in silence. */
import { ProviderError } from "../core/errors.ts";
import type { Row } from "../core/fields.ts";
import type { Mark } from "../core/mark.ts";
import type { Context } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { isCephError } from "./client/errors.ts";
import { bytesOf, inGib } from "./units.ts";
import { isRow, rowsOf } from "./wire.ts";

type CephContext = Context<Client>;

/** Our mark is one more application of the pool; Ceph allows any name there, and nothing reads those it does not know. */
const markPrefix = "pulumi.";

/** All names of applications: a list, in the answers of some versions an object. */
function allApplications({ application_metadata: applications }: Row): string[] {
  if (isRow(applications)) return Object.keys(applications);
  return Array.isArray(applications) ? applications.map(String) : [];
}

/** The applications without marks. */
export function applicationsOf(row: Row): string[] {
  return allApplications(row).filter((name) => !name.startsWith(markPrefix));
}

/** Ours and nobody else's: a pool with two marks was made by two at the same moment, and neither may take it for its own. */
export function carriesMark(row: Row, mark: Mark): boolean {
  const marks = allApplications(row).filter((name) => name.startsWith(markPrefix));
  return marks.length === 1 && marks[0] === `${markPrefix}${mark.text}`;
}

/** Applications with our mark, or with those that a pool has already. */
export function withMarks(applications: readonly string[], from: readonly (Mark | Row)[]): string[] {
  const marks = from.flatMap((one) =>
    "newId" in one ? [`${markPrefix}${one.text}`] : allApplications(one).filter((name) => name.startsWith(markPrefix)),
  );
  return [...applications, ...marks];
}

/** A pool by its number or, on import and before a create, its name. */
export async function findPool(
  { api, signal }: Pick<CephContext, "api" | "signal">,
  reference: string,
): Promise<Row | undefined> {
  const pools = rowsOf(await api.list("pool", { signal }));
  return pools.find(({ pool }) => String(pool) === reference) ?? pools.find((row) => row.pool_name === reference);
}

/** Of one pool, in bytes. */
export interface Usage {
  /** What clients have stored, before copies. */
  readonly stored: number;
  /** What they can still store, quota aside. */
  readonly available: number | undefined;
}

/**
 * Use of pools by their numbers, as of now. Their own `stats` are no such thing: what they call the latest is the oldest of ten
 * samples, which are taken when somebody asks (`get_updated_pool_stats` of the dashboard's `module.py`).
 */
export async function usages({ api, signal }: Pick<CephContext, "api" | "signal">): Promise<(pool: Row) => Usage> {
  const report = await api.list("health/full", { signal });
  const df = isRow(report) && isRow(report.df) ? rowsOf(report.df.pools) : [];
  const byNumber = new Map(df.map(({ id, stats }) => [String(id), isRow(stats) ? stats : {}]));
  return ({ pool }) => {
    const { stored, bytes_used: used, max_avail: available } = byNumber.get(String(pool)) ?? {};
    return { stored: Number(stored ?? used ?? 0), available: available === undefined ? undefined : Number(available) };
  };
}

/** Bytes that clients have stored in a pool now, before copies. */
async function storedIn(context: CephContext, pool: Row): Promise<number> {
  return (await usages(context))(pool).stored;
}

/** @throws ProviderError: Ceph would take such a quota, and the pool's clients would be stopped */
export async function refuseQuotaBelowUse(context: CephContext, row: Row, quotaGib: number): Promise<void> {
  if (quotaGib === 0) return;
  const stored = await storedIn(context, row);
  if (bytesOf(quotaGib) >= stored) return;
  throw new ProviderError({
    what: `update of pool ${row.pool_name}`,
    where: context.urn,
    value: `quotaGib ${quotaGib}`,
    rule: `${inGib(stored)} are stored: all writes would stop`,
    remedy: "remove data first, or set at least that",
  });
}

/**
 * Capabilities are compared with the name that a pool has at the moment of each read and write (`OSDCap::is_capable`), and
 * CloudStack, gateways and mounts go by it, too: under another name a pool in use would be lost to all of them at once.
 * @throws ProviderError
 */
export async function refuseRenameOfUsed(context: CephContext, what: string, pool: Row, name: string): Promise<void> {
  const stored = await storedIn(context, pool);
  if (stored === 0) return;
  throw new ProviderError({
    what: `update of ${what}`,
    where: context.urn,
    value: `name ${name}`,
    rule: `${inGib(stored)} are stored, and who uses it knows it by its name: all that would fail from one moment to the next`,
    remedy:
      "keep the name; or stop everything that uses it, rename it by hand with `ceph`, change what names it, and `pulumi up --refresh`",
  });
}

/**
 * Changes a pool and sees that it has changed. While an edit of the same pool is under way, from a run that was broken off for
 * example, the dashboard answers with that one's result and drops ours (`TaskManager.run`): then it is sent once more.
 */
export async function editPool(context: CephContext, row: Row, body: Row): Promise<void> {
  const { api, signal } = context;
  if (Object.keys(body).length === 0) return;
  let name = String(row.pool_name);
  for (let attempt = 0; ; attempt++) {
    try {
      await api.send("PUT", "pool/{name}", { path: { name }, body, signal });
    } catch (error) {
      // Renamed by a request whose answer was lost: its repetition finds the old name no more.
      if (!isCephError(error, "not-found") || body.pool === undefined) throw error;
    }
    const now = await findPool(context, String(row.pool));
    if (now === undefined || attempt > 0 || isApplied(body, now)) return;
    name = String(now.pool_name);
  }
}

/** Whether the pool has what was sent. */
function isApplied(body: Row, now: Row): boolean {
  const { pool: name, application_metadata: applications, flags } = body;
  const told = ["size", "min_size", "crush_rule", "pg_autoscale_mode", "quota_max_bytes", "quota_max_objects"];
  const options = isRow(now.options) ? now.options : {};
  const isSet = ["compression_mode", "compression_algorithm", "compression_required_ratio"].every((option) => {
    const [sent, has] = [body[option], options[option]];
    return sent === undefined || (sent === "unset" || sent === 0 ? !has : String(sent) === String(has));
  });
  return (
    isSet &&
    told.every((property) => body[property] === undefined || String(body[property]) === String(now[property])) &&
    (name === undefined || name === now.pool_name) &&
    (flags === undefined || String(now.flags_names).split(",").includes(String(flags))) &&
    (!Array.isArray(applications) || [...applications].sort().join() === allApplications(now).sort().join())
  );
}
