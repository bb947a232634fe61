import type { Row } from "../../cloudstack/models/table.ts";
import { refuse } from "./errors.ts";
import type { Tables } from "./tables.ts";

export interface Host extends Row {
  readonly hostname: string;
  readonly address: string;
  readonly rack?: string;
  readonly labels: readonly string[];
  /** Daemons besides OSDs, e.g. `mon`, `mgr`, `rgw`, `mds`. */
  readonly services: readonly string[];
}

export interface Osd extends Row {
  readonly osdId: number;
  readonly hostname: string;
  readonly deviceClass: string;
  readonly bytes: number;
  readonly up: boolean;
  readonly in: boolean;
}

/** Where the copies or chunks of a pool may lie. */
export interface CrushRule extends Row {
  readonly ruleId: number;
  readonly name: string;
  readonly type: "replicated" | "erasure";
  readonly root: string;
  readonly failureDomain: string;
  readonly deviceClass?: string;
}

/** Bucket types of a CRUSH map, with their numbers. */
export const bucketTypes = {
  osd: 0,
  host: 1,
  chassis: 2,
  rack: 3,
  row: 4,
  pdu: 5,
  pod: 6,
  room: 7,
  datacenter: 8,
  zone: 9,
  region: 10,
  root: 11,
} as const;

export const defaultRoot = "default";
export const defaultRule = "replicated_rule";

/** Part of a device that is used before it counts as full (`full_ratio`). */
const fullRatio = 0.95;

export function findRule(tables: Tables, name: string): CrushRule | undefined {
  return tables.crushRules.find((rule) => rule.name === name);
}

/** @throws as `CrushWrapper::add_simple_rule_at` does */
export function checkPlacement(
  tables: Tables,
  place: { readonly root: string; readonly failureDomain: string; readonly deviceClass?: string | undefined },
): void {
  if (place.root !== defaultRoot) throw refuse("ENOENT", `root item ${place.root} does not exist`);
  if (!(place.failureDomain in bucketTypes)) throw refuse("EINVAL", `unknown type ${place.failureDomain}`);
  if (place.deviceClass && !tables.osds.find(({ deviceClass }) => deviceClass === place.deviceClass)) {
    throw refuse("EINVAL", `device class ${place.deviceClass} does not exist`);
  }
}

export function insertRule(
  tables: Tables,
  values: Pick<CrushRule, "name" | "type" | "root" | "failureDomain"> & { deviceClass?: string | undefined },
): CrushRule {
  const used = new Set([...tables.crushRules.live()].map(({ ruleId }) => ruleId));
  let ruleId = 0;
  while (used.has(ruleId)) ruleId += 1;
  const { deviceClass, ...rest } = values;
  return tables.crushRules.insert({ ...rest, ruleId, ...(deviceClass ? { deviceClass } : {}) });
}

/** The OSDs that a rule may use. */
export function osdsOf(tables: Tables, rule: CrushRule): Osd[] {
  return tables.osds.filter(
    (osd) => osd.in && (rule.deviceClass === undefined || osd.deviceClass === rule.deviceClass),
  );
}

/** How many failure domains with a running OSD a rule has. */
export function failureDomains(tables: Tables, rule: CrushRule): number {
  const domains = new Set<string>();
  for (const osd of osdsOf(tables, rule)) if (osd.up) domains.add(domainOf(tables, osd, rule.failureDomain));
  return domains.size;
}

/** Bytes that a rule's OSDs can hold before they count as full, copies and chunks included. */
export function usableRawBytes(tables: Tables, rule: CrushRule): number {
  return osdsOf(tables, rule).reduce((sum, { bytes }) => sum + bytes * fullRatio, 0);
}

function domainOf(tables: Tables, osd: Osd, type: string): string {
  if (type === "osd") return String(osd.osdId);
  if (type === "host") return osd.hostname;
  const host = tables.hosts.find(({ hostname }) => hostname === osd.hostname);
  return type === "rack" ? (host?.rack ?? "") : defaultRoot;
}

export interface CrushNode {
  /** Number of an OSD, negative for a bucket. */
  readonly id: number;
  readonly name: string;
  readonly type: keyof typeof bucketTypes;
  readonly children: readonly number[];
  readonly osd?: Osd;
}

/** The tree from its root down: racks, hosts, OSDs. */
export function crushNodes(tables: Tables): CrushNode[] {
  let lastId = 0;
  const nextId = () => {
    lastId -= 1;
    return lastId;
  };
  const rootId = nextId();
  const below: CrushNode[] = [];
  const top: number[] = [];
  const hostNode = (host: Host): CrushNode => {
    const osds = tables.osds.filter(({ hostname }) => hostname === host.hostname);
    const leaves = osds.map(
      (osd) => ({ id: osd.osdId, name: `osd.${osd.osdId}`, type: "osd", children: [], osd }) as const,
    );
    const node = { id: nextId(), name: host.hostname, type: "host", children: leaves.map(({ id }) => id) } as const;
    below.push(node, ...leaves);
    return node;
  };
  for (const [rack, hosts] of Map.groupBy(tables.hosts.live(), (host) => host.rack)) {
    const rackId = rack === undefined ? undefined : nextId();
    const children = hosts.map((host) => hostNode(host).id);
    if (rackId === undefined) top.push(...children);
    else {
      top.push(rackId);
      below.push({ id: rackId, name: rack ?? "", type: "rack", children });
    }
  }
  return [{ id: rootId, name: defaultRoot, type: "root", children: top }, ...below];
}
