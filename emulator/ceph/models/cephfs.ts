import type { Row } from "../../cloudstack/models/table.ts";
import { createPool, findPool } from "./pool.ts";
import { setApplications } from "./pool-settings.ts";
import type { Tables } from "./tables.ts";

/** A CephFS; its number (`id`) is what most of the API wants instead of its name. */
export interface Filesystem extends Row {
  readonly name: string;
  /** Numbers of its pools: renaming changes names only. */
  readonly metadataPool: number;
  readonly dataPool: number;
  /** Quotas set on paths outside subvolumes, by path. */
  readonly quotas: Readonly<Record<string, Quota>>;
}

export interface Quota {
  readonly max_bytes: number;
  readonly max_files: number;
}

export interface SubvolumeGroup extends Row {
  readonly filesystem: number;
  readonly name: string;
  /** Bytes; undefined = no limit. */
  readonly quota?: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly dataPool: string;
}

export interface Subvolume extends Row {
  readonly filesystem: number;
  /** Name of its group; `_nogroup` without one. */
  readonly group: string;
  readonly name: string;
  readonly quota?: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly dataPool: string;
  readonly namespaceIsolated: boolean;
  readonly usedBytes: number;
}

export const noGroup = "_nogroup";

export function findFilesystem(tables: Tables, name: string): Filesystem | undefined {
  return tables.filesystems.find((filesystem) => filesystem.name === name);
}

/** `fs volume create`: makes the two pools and has the orchestrator start a metadata server. */
export function createFilesystem(tables: Tables, name: string): Filesystem {
  const metadata = createPool(tables, { name: `cephfs.${name}.meta`, type: "replicated", pgNum: 16 });
  const data = createPool(tables, { name: `cephfs.${name}.data`, type: "replicated", pgNum: 32 });
  for (const pool of [metadata, data]) setApplications(tables, pool, ["cephfs"]);
  return tables.filesystems.insert({ name, metadataPool: metadata.id, dataPool: data.id, quotas: {} });
}

/** Takes the filesystem, what is in it and its pools. */
export function removeFilesystem(tables: Tables, filesystem: Filesystem): void {
  for (const row of tables.subvolumes.filter(({ filesystem: id }) => id === filesystem.id))
    tables.subvolumes.erase(row);
  for (const row of tables.subvolumeGroups.filter(({ filesystem: id }) => id === filesystem.id)) {
    tables.subvolumeGroups.erase(row);
  }
  for (const id of [filesystem.metadataPool, filesystem.dataPool]) {
    const pool = tables.pools.get(id);
    if (pool) tables.pools.erase(pool);
  }
  tables.filesystems.erase(filesystem);
}

export function dataPoolName(tables: Tables, filesystem: Filesystem): string {
  return tables.pools.get(filesystem.dataPool)?.name ?? "";
}

/** True when this pool holds files or their metadata. */
export function isFilesystemPool(tables: Tables, poolName: string): Filesystem | undefined {
  const id = findPool(tables, poolName)?.id;
  return tables.filesystems.find(({ metadataPool, dataPool }) => metadataPool === id || dataPool === id);
}

/** Filesystems that the manager has opened to look at their folders; it stays connected for a minute and more. */
const opened = new WeakMap<Tables, Set<number>>();

/** The volumes module works on folders through a session of its own (`CephfsConnectionPool` of `mgr_util.py`). */
export function openByManager(tables: Tables, { id }: Filesystem): void {
  opened.set(tables, (opened.get(tables) ?? new Set()).add(id));
}

/** `mds_sessions.session_count`: the manager's own session counts, and there are no others here. */
export function sessionsOf(tables: Tables, { id }: Filesystem): number {
  return opened.get(tables)?.has(id) ? 1 : 0;
}

export function findGroup(tables: Tables, filesystem: Filesystem, name: string): SubvolumeGroup | undefined {
  return tables.subvolumeGroups.find((group) => group.filesystem === filesystem.id && group.name === name);
}

export function findSubvolume(
  tables: Tables,
  filesystem: Filesystem,
  group: string,
  name: string,
): Subvolume | undefined {
  return tables.subvolumes.find((row) => row.filesystem === filesystem.id && row.group === group && row.name === name);
}

/** `/volumes/<group>/<subvolume>/<uuid>`: what a client mounts. */
export function subvolumePath(subvolume: Subvolume): string {
  return `/volumes/${subvolume.group}/${subvolume.name}/${subvolume.uuid}`;
}

/** `/volumes/<group>` */
export function groupPath(name: string): string {
  return `/volumes/${name}`;
}

/** Renames the filesystem and its pools; its number stays. */
export function renameFilesystem(tables: Tables, filesystem: Filesystem, name: string): void {
  const pools = { meta: filesystem.metadataPool, data: filesystem.dataPool };
  for (const [kind, id] of Object.entries(pools)) {
    tables.pools.update(tables.pools.need(id), { name: `cephfs.${name}.${kind}` });
  }
  const dataPool = dataPoolName(tables, filesystem);
  for (const row of tables.subvolumes.filter((one) => one.filesystem === filesystem.id)) {
    tables.subvolumes.update(row, { dataPool });
  }
  for (const row of tables.subvolumeGroups.filter((one) => one.filesystem === filesystem.id)) {
    tables.subvolumeGroups.update(row, { dataPool });
  }
  tables.filesystems.update(filesystem, { name });
}
