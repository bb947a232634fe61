/** Limits by kind, in our names. */
import { integer, type Row } from "../core/fields.ts";

/** Our names of the kinds of limits, in the order of CloudStack's numbers. */
const kinds = [
  "instances",
  "publicIps",
  "volumes",
  "snapshots",
  "templates",
  "projects",
  "networks",
  "vpcs",
  "cpus",
  "memoryMib",
  "primaryStorageGib",
  "secondaryStorageGib",
  "backups",
  "backupStorageGib",
  "buckets",
  "objectStorageGib",
  "gpus",
] as const;
export type Kind = (typeof kinds)[number];
export type Limits = Partial<Record<Kind, number | undefined>>;

function limit(doc: string, unit = "") {
  return integer({ optional: true, min: -1, unit, doc: `${doc}; -1 = unlimited.` });
}

/** One optional field for each kind. */
export const limitFields = {
  instances: limit("Instances"),
  publicIps: limit("Public addresses"),
  volumes: limit("Volumes, root disks included"),
  snapshots: limit("Snapshots"),
  templates: limit("Templates"),
  projects: limit("Projects"),
  networks: limit("Networks"),
  vpcs: limit("VPCs"),
  cpus: limit("Processors", "vCPU"),
  memoryMib: limit("Memory", "MiB"),
  primaryStorageGib: limit("Primary storage", "GiB"),
  secondaryStorageGib: limit("Secondary storage", "GiB"),
  backups: limit("Backups"),
  backupStorageGib: limit("Backup storage", "GiB"),
  buckets: limit("Buckets"),
  objectStorageGib: limit("Object storage", "GiB"),
  gpus: limit("GPUs and virtual GPUs"),
} as const;

/**
 * The limits that rows of listResourceLimits tell. Those for the tags of hosts and storage, which a server tells beside them where
 * its settings `resource.limit.*.tags` name any, are no limits of the whole.
 */
export function limitsOf(rows: readonly Row[]): Limits {
  const whole = rows.filter(({ tag }) => tag === undefined || tag === "");
  return Object.fromEntries(whole.flatMap(({ resourcetype, max }) => entry(kinds[Number(resourcetype)], Number(max))));
}

function entry(kind: Kind | undefined, max: number): [Kind, number][] {
  return kind === undefined ? [] : [[kind, max]];
}

/** CloudStack's number of a kind. */
export function numberOf(kind: Kind): number {
  return kinds.indexOf(kind);
}
