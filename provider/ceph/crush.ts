/** The CRUSH tree: where devices are, and how many failure domains there are for data. */
import { ProviderError } from "../core/errors.ts";
import type { Row } from "../core/fields.ts";
import type { Context } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { rowsOf } from "./wire.ts";

type Api = Pick<Context<Client>, "api" | "signal">;

/** A device and the buckets above it, by kind: `{ osd: "osd.0", host: "ceph1", rack: "rack1", root: "default" }`. */
export interface Device {
  readonly deviceClass: string;
  readonly place: Readonly<Record<string, string>>;
}

/** Every device that is up, with its place in the tree. */
export async function devicesOf({ api, signal }: Api): Promise<Device[]> {
  const [osds, tree] = await Promise.all([osdsOf({ api, signal }), treeOf({ api, signal })]);
  return osds
    .filter(({ up }) => Number(up) === 1)
    .map((osd) => {
      const node = osd.tree as Row | undefined;
      const host = (osd.host as Row | undefined)?.name;
      const place = { osd: `osd.${osd.osd}`, ...(host === undefined ? {} : { host: String(host) }) };
      return { deviceClass: String(node?.device_class ?? ""), place: { ...place, ...tree.placeOf(Number(osd.osd)) } };
    });
}

/** All OSDs with sizes and hosts. Since Squid the list comes in pages, unless all of it is asked for. */
export async function osdsOf({ api, signal }: Api): Promise<Row[]> {
  return rowsOf(await api.list("osd", { version: "1.1", query: { offset: "0", limit: "-1" }, signal }));
}

/** The tree above the hosts is only in the full health report. */
async function treeOf({ api, signal }: Api): Promise<{ placeOf(osd: number): Record<string, string> }> {
  const report = (await api.list("health/full", { signal })) as
    | { osd_map?: { tree?: { nodes?: unknown } } }
    | undefined;
  const parents = new Map<number, Row>();
  for (const node of rowsOf(report?.osd_map?.tree?.nodes)) {
    for (const child of Array.isArray(node.children) ? node.children : []) parents.set(Number(child), node);
  }
  return {
    placeOf(osd) {
      const place: Record<string, string> = {};
      for (let node = parents.get(osd); node !== undefined; node = parents.get(Number(node.id))) {
        place[String(node.type)] = String(node.name);
      }
      return place;
    },
  };
}

/** Names of the buckets of a kind that have a device of a class, sorted. `root` counts only where the tree tells it. */
export function domainsOf(devices: readonly Device[], query: Omit<Domains, "needed" | "why">): string[] {
  const { domain, root, deviceClass } = query;
  const fit = devices.filter(
    (device) =>
      (deviceClass === undefined || device.deviceClass === deviceClass) &&
      (root === undefined || (device.place.root ?? root) === root),
  );
  const names = fit.flatMap(({ place }) => place[domain] ?? []);
  return [...new Set(names)].sort();
}

interface Domains {
  readonly needed: number;
  readonly why: string;
  readonly domain: string;
  readonly root?: string | undefined;
  readonly deviceClass?: string | undefined;
}

/** @throws ProviderError when there are too few failure domains: a pool on them would never become healthy */
export async function needFailureDomains(context: Context<Client>, query: Domains): Promise<void> {
  const { needed, why, domain, deviceClass } = query;
  const names = domainsOf(await devicesOf(context), query);
  if (names.length >= needed) return;
  const which = deviceClass === undefined ? "" : ` with ${deviceClass} devices`;
  const there = names.length === 0 ? "there are none" : `there are ${names.length}: ${names.join(", ")}`;
  throw new ProviderError({
    what: "create",
    where: context.urn,
    value: why,
    rule: `needs ${needed} failure domains (${domain}${which}), ${there}`,
    remedy: "add hosts, choose a smaller failure domain or fewer chunks, or another device class",
  });
}

/** What a rule's steps say: `take default~ssd`, `chooseleaf_firstn 0 type host`, `emit`. */
export function stepsOf({ steps }: Row): { root?: string; deviceClass?: string; failureDomain?: string } {
  const all = rowsOf(steps);
  const [root, deviceClass] = String(all.find(({ op }) => op === "take")?.item_name ?? "").split("~");
  const choice = all.find(({ op }) => String(op).startsWith("choose"));
  return {
    ...(root ? { root } : {}),
    ...(deviceClass ? { deviceClass } : {}),
    ...(choice?.type === undefined ? {} : { failureDomain: String(choice.type) }),
  };
}

/** An erasure pool that names no rule gets one of its own name, which Ceph forgets to remove with the pool. */
export async function removeOwnRule({ api, signal }: Context<Client>, pool: Row): Promise<void> {
  const { type, crush_rule: rule, pool_name: name } = pool;
  if (type !== "erasure" || rule !== name) return;
  const others = rowsOf(await api.list("pool", { signal })).filter((other) => other.pool !== pool.pool);
  if (others.some((other) => other.crush_rule === rule)) return;
  await api.send("DELETE", "crush_rule/{name}", { path: { name: String(rule) }, signal });
}
