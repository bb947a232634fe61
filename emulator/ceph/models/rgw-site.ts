import type { Row } from "../../cloudstack/models/table.ts";
import { dashboardError, type Failure } from "./errors.ts";
import { createPool, findPool } from "./pool.ts";
import { setApplications } from "./pool-settings.ts";
import { gatewayError } from "./rgw.ts";
import type { Tables } from "./tables.ts";

/** What a zone group knows of a placement target: by name, with the names of its storage classes. */
export type Targets = Readonly<
  Record<string, { readonly tags: readonly string[]; readonly classes: readonly string[] }>
>;

export interface StorageClass {
  readonly dataPool: string;
  /** Absent = never set. */
  readonly compression?: string;
}

/** The pools that a zone has for a placement target. */
export interface Placement {
  readonly indexPool: string;
  /** Of unfinished uploads in parts; empty = the data pool. */
  readonly dataExtraPool: string;
  readonly classes: Readonly<Record<string, StorageClass>>;
}
export type Placements = Readonly<Record<string, Placement>>;

export interface Zonegroup extends Row {
  readonly name: string;
  /** Empty = none, as a gateway has that was set up without: nothing can be committed then. */
  readonly realm: string;
  readonly targets: Targets;
  /** What the running gateways know: as of the last period that was committed, or of their start. */
  readonly live: Targets;
}

export interface Zone extends Row {
  readonly name: string;
  readonly zonegroup: string;
  readonly placements: Placements;
  readonly live: Placements;
}

export const standard = "STANDARD";
export const defaultPlacement = "default-placement";
const algorithms = ["none", "random", "lz4", "snappy", "zlib", "zstd"];

/** The one zone of the one zone group that the gateways serve. */
export function seedSite(tables: Tables, realm: string): void {
  const targets = { [defaultPlacement]: { tags: [], classes: [standard] } };
  const classes = { [standard]: { dataPool: "default.rgw.buckets.data" } };
  const pools = { indexPool: "default.rgw.buckets.index", dataExtraPool: "default.rgw.buckets.non-ec", classes };
  const placements = { [defaultPlacement]: pools };
  tables.rgwZonegroups.insert({ name: "default", realm, targets, live: targets });
  tables.rgwZones.insert({ name: "default", zonegroup: "default", placements, live: placements });
}

/** What `radosgw-admin` said before it ended with an error: the dashboard passes it on (`RgwMultisite`). */
export function adminError(text: string): Failure {
  return dashboardError(text, { status: 500, component: "rgw" });
}

export function needZonegroup(tables: Tables, name: string): Zonegroup {
  const row = tables.rgwZonegroups.find((zonegroup) => zonegroup.name === name);
  if (row) return row;
  throw adminError("failed to init zonegroup: (2) No such file or directory");
}

export function needZone(tables: Tables, name: string): Zone {
  const row = tables.rgwZones.find((zone) => zone.name === name);
  if (row) return row;
  throw adminError("failed to load zone: (2) No such file or directory");
}

/** `period update --commit`: the gateways read their configuration anew. @throws where there is no realm */
export function commitPeriod(tables: Tables): void {
  if (!tables.rgwZonegroups.find(({ realm }) => realm !== "")) {
    throw adminError("failed to load realm: (2) No such file or directory");
  }
  readAnew(tables);
}

/** What a commit makes the gateways do, and what they do when they start. */
export function readAnew(tables: Tables): void {
  for (const row of tables.rgwZonegroups.live()) tables.rgwZonegroups.update(row, { live: row.targets });
  for (const row of tables.rgwZones.live()) tables.rgwZones.update(row, { live: row.placements });
}

/** `zonegroup placement add` and `modify`, which do the same. */
export function offer(tables: Tables, zonegroup: Zonegroup, id: string, { className = standard, tags = "" }): void {
  const known = zonegroup.targets[id] ?? { tags: [], classes: [] };
  const target = {
    tags: tags === "" ? known.tags : tags.split(","),
    classes: [...new Set([...known.classes, className])].sort(),
  };
  tables.rgwZonegroups.update(zonegroup, { targets: { ...zonegroup.targets, [id]: target } });
}

export interface ZonePlacement {
  readonly id: string;
  /** Empty = STANDARD. */
  readonly className: string;
  readonly indexPool: string;
  /** Empty = as it is. */
  readonly dataPool: string;
  /** Absent = as it is; empty = none. */
  readonly dataExtraPool?: string;
  /** Absent = as it is. */
  readonly compression?: string;
}

/** `zone placement add`: what the zone group does not offer is refused. */
export function place(tables: Tables, zone: Zone, wanted: ZonePlacement): void {
  const { id, compression } = wanted;
  if (compression !== undefined && !algorithms.includes(compression)) throw adminError("Unrecognized compression type");
  const className = wanted.className || standard;
  const target = needZonegroup(tables, zone.zonegroup).targets[id];
  if (!target) throw adminError(`ERROR: placement id '${id}' is not configured in zonegroup placement targets`);
  if (!target.classes.includes(className)) {
    throw adminError(`ERROR: storage class '${className}' is not defined in zonegroup '${id}' placement target`);
  }
  const known = zone.placements[id] ?? { indexPool: "", dataExtraPool: "", classes: {} };
  const indexPool = wanted.indexPool || known.indexPool;
  if (indexPool === "") throw adminError("ERROR: index pool not configured, need to specify --index-pool");
  const dataPool = wanted.dataPool || known.classes[className]?.dataPool;
  if (!dataPool) throw adminError("ERROR: data pool not configured, need to specify --data-pool");
  const before = known.classes[className];
  const classes = {
    ...known.classes,
    [className]: { ...before, dataPool, ...(compression === undefined ? {} : { compression }) },
  };
  const dataExtraPool = wanted.dataExtraPool ?? known.dataExtraPool;
  const extra = dataExtraPool || classes[standard]?.dataPool;
  if (extra !== undefined && isErasure(tables, extra)) {
    throw adminError(`ERROR: the data extra (non-ec) pool '${extra}' does not support omap`);
  }
  const placements = { ...zone.placements, [id]: { indexPool, dataExtraPool, classes } };
  tables.rgwZones.update(zone, { placements });
}

/** `zonegroup placement rm` or `zone placement rm` with `--storage-class`: whether objects are in it, nobody looks. */
export function withdrawClass(tables: Tables, id: string, className: string, zoneName: string): void {
  const [zonegroup] = tables.rgwZonegroups.live();
  const target = zonegroup?.targets[id];
  if (zonegroup && target) {
    const classes = target.classes.filter((one) => one !== className);
    tables.rgwZonegroups.update(zonegroup, { targets: { ...zonegroup.targets, [id]: { ...target, classes } } });
  }
  if (zoneName === "") return;
  const zone = needZone(tables, zoneName);
  const placement = zone.placements[id];
  if (!placement) return;
  const { [className]: _, ...classes } = placement.classes;
  tables.rgwZones.update(zone, { placements: { ...zone.placements, [id]: { ...placement, classes } } });
}

/**
 * Where the gateway puts a new bucket: a placement target counts only together with a zone group, and only if the running
 * gateway knows it. Pools that are not there it makes itself, with copies, whatever was meant to be there.
 */
export function placeBucket(tables: Tables, zonegroupName: string | undefined, wanted: string | undefined): string {
  const id = zonegroupName && wanted ? wanted : defaultPlacement;
  const zonegroup = tables.rgwZonegroups.find(({ name }) => name === (zonegroupName || "default"));
  const [zone] = tables.rgwZones.live();
  const placement = zone?.live[id];
  if (!zonegroup?.live[id] || !placement) throw gatewayError(400, "InvalidLocationConstraint");
  // The index of a bucket is made of key-value pairs, which erasure coded pools do not have.
  if (isErasure(tables, placement.indexPool)) throw gatewayError(500, "UnknownError");
  for (const name of [placement.indexPool, placement.classes[standard]?.dataPool]) {
    if (name === undefined || findPool(tables, poolOf(name))) continue;
    setApplications(tables, createPool(tables, { name: poolOf(name), type: "replicated", pgNum: 8 }), ["rgw"]);
  }
  return id;
}

function isErasure(tables: Tables, name: string): boolean {
  return findPool(tables, poolOf(name))?.type === "erasure";
}

/** `pool:namespace` lies in `pool`. */
function poolOf(name: string): string {
  return name.split(":")[0] ?? name;
}
