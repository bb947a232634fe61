/**
 * Where the object gateway puts buckets. A placement target is offered by the zone group, which names its storage classes, and
 * placed by the zone, which names their pools; the gateways notice both when the realm's period is committed. All of it is
 * `radosgw-admin` behind the dashboard (`RgwMultisite` in its `rgw_client.py`).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { listed, ProviderError } from "../core/errors.ts";
import type { Row } from "../core/fields.ts";
import type { Context } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { type CephError, isCephError } from "./client/errors.ts";
import { findPool } from "./pools.ts";
import { isRow, rowsOf } from "./wire.ts";

type CephContext = Context<Client>;
type Api = Pick<CephContext, "api" | "signal">;

/** The class that every placement target has, and where objects go that name none. */
export const standard = "STANDARD";

export const algorithms = ["none", "lz4", "snappy", "zlib", "zstd"] as const;

/** Which zone the dashboard's gateway serves. */
export interface Site {
  readonly zone: string;
  readonly zonegroup: string;
  /** Empty where the gateways have been set up without one. */
  readonly realm: string;
}

/** @throws ProviderError when no gateway runs */
export async function siteOf({ api, signal }: Api): Promise<Site> {
  const daemons = rowsOf(await api.list("rgw/daemon", { signal }));
  const daemon = daemons.find((one) => one.default === true) ?? daemons[0];
  if (daemon !== undefined) {
    const nameOf = (name: string) => String(daemon[name] ?? "");
    return { zone: nameOf("zone_name"), zonegroup: nameOf("zonegroup_name"), realm: nameOf("realm_name") };
  }
  throw new ProviderError({
    what: "the object gateway",
    rule: "the dashboard knows of none that runs",
    remedy: "`ceph orch apply rgw NAME --placement=2`, or look at `ceph orch ps --daemon-type rgw`",
  });
}

/** A placement target as zone group and zone have it, with the site; undefined unless both have it. */
export async function findPlacement(context: Api, name: string): Promise<Row | undefined> {
  const { api, signal } = context;
  const site = await siteOf(context);
  const [zonegroup, zone] = await Promise.all([
    api.list("rgw/zonegroup/{zonegroup}", { path: { zonegroup: site.zonegroup }, signal }),
    api.list("rgw/zone/{zone}", { path: { zone: site.zone }, signal }),
  ]);
  const target = isRow(zonegroup) ? entryOf(zonegroup.placement_targets, name) : undefined;
  // The zone's answer holds the key of the system user besides: nothing but this leaves here.
  const pools = isRow(zone) ? entryOf(zone.placement_pools, name) : undefined;
  if (target === undefined || pools === undefined) return undefined;
  const { index_pool, data_extra_pool, storage_classes } = pools;
  return { ...site, name, index_pool, data_extra_pool, storage_classes, offered: target.storage_classes };
}

/** The value of a map that comes as a list of `{ key, val }`. */
function entryOf(list: unknown, name: string): Row | undefined {
  const value = rowsOf(list).find(({ key }) => key === name)?.val;
  return isRow(value) ? value : undefined;
}

/** A storage class that zone group and zone have. */
export function classOf({ storage_classes: classes, offered }: Row, name: string): Row | undefined {
  const value = isRow(classes) ? classes[name] : undefined;
  return isRow(value) && Array.isArray(offered) && offered.includes(name) ? value : undefined;
}

export function compressionOf(storageClass: Row | undefined): (typeof algorithms)[number] {
  return (storageClass?.compression_type || "none") as (typeof algorithms)[number];
}

/** What the running gateway knows, whatever has been configured since it last looked. */
export async function knownToGateway({ api, signal }: Api): Promise<{ zonegroup: string; names: string[] }> {
  const answer = await api.list("rgw/site", { query: { query: "placement-targets" }, signal });
  const { zonegroup, placement_targets: targets } = isRow(answer) ? answer : {};
  return { zonegroup: String(zonegroup ?? ""), names: rowsOf(targets).map(({ name }) => String(name)) };
}

/** Milliseconds between looks while gateways read their configuration anew. */
const pauses = [0, 200, 500, 1000, 2000, 4000, 8000, 8000, 8000];

/**
 * After a commit gateways stop serving for a moment: what comes next must not meet that.
 * @throws ProviderError when the gateway still does not know the target after half a minute
 */
export async function untilKnown(context: CephContext, name: string): Promise<void> {
  let failure: CephError | undefined;
  for (const pause of pauses) {
    await sleep(pause, undefined, { signal: context.signal });
    context.api.forget();
    try {
      failure = undefined;
      if ((await knownToGateway(context)).names.includes(name)) return;
    } catch (error) {
      if (!isCephError(error, "server", "invalid", "not-found", "dropped", "timeout")) throw error;
      failure = error;
    }
  }
  const rule = "is configured and committed, but the gateways do not know it";
  throw new ProviderError({
    what: `placement target ${name}`,
    where: context.urn,
    rule: failure === undefined ? rule : `${rule}: ${failure.message}`,
    remedy: "`ceph orch restart rgw.NAME`, then `pulumi up` again",
  });
}

interface Offer {
  readonly target: string;
  readonly className: string;
}

/** One class in one call: Tentacle overlooks a list of them, and of several targets the options pile up in one command. */
export async function offer({ api, signal }: CephContext, site: Site, { target, className }: Offer): Promise<void> {
  const { zonegroup, realm } = site;
  const targets = [{ placement_id: target, tags: "", storage_class: className }];
  const body = { realm_name: realm, new_zonegroup_name: zonegroup, placement_targets: targets };
  await api.send("PUT", "rgw/zonegroup/{zonegroup}", { path: { zonegroup }, body, signal });
}

export interface Placing extends Offer {
  readonly indexPool: string;
  readonly dataExtraPool: string;
  /** Data pool of STANDARD. */
  readonly dataPool: string;
  readonly classPool: string;
  readonly compression: string;
}

/**
 * The call sets the whole target and one of its classes: what it does not name it takes away (the pool for uploads in parts),
 * and an empty compression is an unknown one before Tentacle.
 */
export async function place({ api, signal }: CephContext, site: Site, placing: Placing): Promise<void> {
  const { zone, zonegroup } = site;
  const body = {
    new_zone_name: zone,
    zonegroup_name: zonegroup,
    placement_target: placing.target,
    index_pool: placing.indexPool,
    data_pool: placing.dataPool,
    data_extra_pool: placing.dataExtraPool,
    storage_class: placing.className,
    data_pool_class: placing.classPool,
    compression: placing.compression,
  };
  await api.send("PUT", "rgw/zone/{zone}", { path: { zone }, body, signal });
}

const queues = new WeakMap<Client, Promise<unknown>>();

/** One after the other: each command reads the whole zone, changes it and writes it back. */
export async function inTurn<T>({ api }: CephContext, work: () => Promise<T>): Promise<T> {
  const turn = (queues.get(api) ?? Promise.resolve()).then(work, work);
  queues.set(api, turn);
  return turn;
}

/**
 * @throws ProviderError where nothing can be committed: then the dashboard refuses half way
 * @param commands what does it by hand
 */
export function needRealm({ urn }: CephContext, site: Site, commands: readonly string[]): void {
  if (site.realm !== "") return;
  throw new ProviderError({
    what: "placement of buckets",
    where: urn,
    value: `zone ${site.zone}`,
    rule: "the gateways have no realm, so that the dashboard can commit nothing to them",
    remedy: `${commands.map((command) => `\`${command}\``).join(", ")}, \`ceph orch restart rgw.NAME\`, then \`pulumi up\`, which takes over what is there; or give the gateways a realm`,
  });
}

/** @throws ProviderError for a pool that is not there, which the gateway would make itself, with copies; or is of the wrong type */
export async function needPools(context: CephContext, pools: Record<string, { name: string; omap: boolean }>) {
  for (const [path, { name, omap }] of Object.entries(pools)) {
    // `pool:namespace`, as Rook has them.
    const pool = await findPool(context, name.split(":")[0] ?? name);
    const wrong = (rule: string, remedy: string) =>
      new ProviderError({ what: `${path} of a placement target`, where: context.urn, value: name, rule, remedy });
    if (pool === undefined) {
      throw wrong("is no pool: the gateway would make one itself, with copies", 'make it, with the application "rgw"');
    }
    if (omap && pool.type === "erasure") {
      throw wrong("is erasure coded: it cannot hold the key-value pairs of an index", "take a replicated pool");
    }
  }
}

/** @throws ProviderError for a class that the bucket's placement target lacks: the gateway takes such a rule, and moves nothing */
export async function needClasses(context: CephContext, rule: unknown, classes: readonly string[]): Promise<void> {
  if (classes.length === 0) return;
  const name = targetOf(rule);
  const placement = await findPlacement(context, name);
  if (placement === undefined) return;
  const missing = classes.find((one) => classOf(placement, one) === undefined);
  if (missing === undefined) return;
  const { offered } = placement;
  throw new ProviderError({
    what: "lifecycle of a bucket",
    where: context.urn,
    value: missing,
    rule: `placement target ${name} has the storage classes ${Array.isArray(offered) ? listed(offered) : standard}: no object would ever move`,
    remedy: "make an RgwStorageClass of this name, or take one of these",
  });
}

/** A bucket's placement is `TARGET` or `TARGET/CLASS`. */
export function targetOf(rule: unknown): string {
  return String(rule ?? "").split("/")[0] ?? "";
}
