import type { Json } from "../../cloudstack/models/jobs.ts";
import {
  createFilesystem,
  dataPoolName,
  type Filesystem,
  findFilesystem,
  groupPath,
  removeFilesystem,
  renameFilesystem,
  sessionsOf,
  subvolumePath,
} from "../models/cephfs.ts";
import { allowsPoolDeletion } from "../models/config.ts";
import { dashboardError, httpError, pythonError } from "../models/errors.ts";
import type { Tables } from "../models/tables.ts";
import { endpoint } from "./endpoint.ts";
import { integer, object, required, text } from "./fields.ts";
import { usageOf } from "./pool-fields.ts";

/** `class CephFS` of `controllers/cephfs.py`: some endpoints go by name, some by number. */
export const filesystemEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/cephfs",
    scope: "cephfs",
    fields: {},
    run: ({ tables }) => [...tables.filesystems.live()].map(mapEntry),
  }),
  endpoint({
    method: "POST",
    path: "/api/cephfs",
    scope: "cephfs",
    fields: { name: required(text), service_spec: required(object) },
    run({ tables, args }) {
      if (args.service_spec.placement === undefined) throw pythonError("KeyError", "'placement'");
      if (!/^[\w.-]+$/.test(args.name)) {
        throw pythonError("RuntimeError", `Error creating volume ${args.name}: invalid chars in ${args.name}`);
      }
      // One that is there already is a success (`fs new`).
      if (!findFilesystem(tables, args.name)) createFilesystem(tables, args.name);
      return `Volume ${args.name} created successfully`;
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/cephfs/remove/{name}",
    scope: "cephfs",
    status: 200,
    fields: { name: required(text) },
    run({ tables, args }) {
      const filesystem = findFilesystem(tables, args.name);
      const refusal = !allowsPoolDeletion(tables)
        ? "pool deletion is disabled; you must first set the mon_allow_pool_delete config option to true before volumes can be deleted"
        : `Filesystem not found for volume '${args.name}'`;
      if (!filesystem || !allowsPoolDeletion(tables)) {
        throw dashboardError(`Error deleting volume ${args.name}: ${refusal}`, { component: "cephfs" });
      }
      removeFilesystem(tables, filesystem);
      return `Volume ${args.name} removed successfully`;
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/cephfs/rename",
    scope: "cephfs",
    fields: { name: required(text), new_name: required(text) },
    run({ tables, args }) {
      const { name, new_name: newName } = args;
      const filesystem = findFilesystem(tables, name);
      const refused = (why: string) =>
        dashboardError(`Error renaming volume ${name} to ${newName}: ${why}`, { component: "cephfs" });
      if (!filesystem) throw refused(`volume '${name}' does not exist`);
      if (findFilesystem(tables, newName)) throw refused(`volume '${newName}' already exists`);
      renameFilesystem(tables, filesystem, newName);
      return `Volume ${name} renamed successfully to ${newName}`;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/cephfs/{fs_id}",
    scope: "cephfs",
    fields: { fs_id: required(text) },
    run: ({ tables, args }) => statusOf(tables, byNumber(tables, args.fs_id)),
  }),
  endpoint({
    method: "GET",
    path: "/api/cephfs/{fs_id}/quota",
    scope: "cephfs",
    fields: { fs_id: required(text), path: required(text) },
    run({ tables, args }) {
      const filesystem = foundByNumber(tables, args.fs_id);
      const quota = folderQuota(tables, filesystem, args.path);
      return { max_bytes: quota.max_bytes, max_files: quota.max_files };
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/cephfs/{fs_id}/quota",
    scope: "cephfs",
    fields: { fs_id: required(text), path: required(text), max_bytes: integer, max_files: integer },
    run({ tables, args }) {
      const filesystem = foundByNumber(tables, args.fs_id);
      const before = folderQuota(tables, filesystem, args.path);
      const after = { max_bytes: args.max_bytes ?? before.max_bytes, max_files: args.max_files ?? before.max_files };
      tables.filesystems.update(filesystem, { quotas: { ...filesystem.quotas, [args.path]: after } });
      const row = folderAt(tables, filesystem, args.path);
      const quota = after.max_bytes === 0 ? undefined : after.max_bytes;
      if (row?.kind === "subvolume") tables.subvolumes.update(row.row, { quota });
      if (row?.kind === "group") tables.subvolumeGroups.update(row.row, { quota });
      return null;
    },
  }),
];

function byNumber(tables: Tables, reference: string): Filesystem {
  if (!/^\s*-?\d+\s*$/.test(reference)) {
    throw dashboardError(`Invalid cephfs ID ${reference}`, { code: "invalid_cephfs_id", component: "cephfs" });
  }
  return foundByNumber(tables, reference);
}

/** Some endpoints do not look whether it is a number, but a name finds nothing either. */
function foundByNumber(tables: Tables, reference: string): Filesystem {
  const filesystem = tables.filesystems.find(({ id }) => String(id) === reference.trim());
  if (!filesystem) throw httpError(404, `CephFS id ${reference} not found`);
  return filesystem;
}

function folderAt(tables: Tables, filesystem: Filesystem, path: string) {
  const subvolume = tables.subvolumes.find((row) => row.filesystem === filesystem.id && subvolumePath(row) === path);
  if (subvolume) return { kind: "subvolume", row: subvolume } as const;
  const group = tables.subvolumeGroups.find((row) => row.filesystem === filesystem.id && groupPath(row.name) === path);
  return group && ({ kind: "group", row: group } as const);
}

function folderQuota(tables: Tables, filesystem: Filesystem, path: string) {
  const set = filesystem.quotas[path];
  return {
    max_bytes: folderAt(tables, filesystem, path)?.row.quota ?? set?.max_bytes ?? 0,
    max_files: set?.max_files ?? 0,
  };
}

function mapEntry({ id, name, metadataPool, dataPool }: Filesystem): Json {
  return {
    id,
    mdsmap: {
      fs_name: name,
      enabled: true,
      metadata_pool: metadataPool,
      data_pools: [dataPool],
      max_mds: 1,
      in: [0],
      up: { mds_0: id * 1000 },
      failed: [],
      damaged: [],
      info: { [`gid_${id * 1000}`]: { gid: id * 1000, name: `${name}.mds`, rank: 0, state: "up:active" } },
    },
  };
}

function statusOf(tables: Tables, filesystem: Filesystem): Json {
  const pool = (id: number, type: string) => {
    const row = tables.pools.need(id);
    const usage = usageOf(tables, row);
    return { pool: row.name, type, used: usage.stored ?? 0, avail: usage.max_avail ?? 0 };
  };
  const { id, name, metadataPool, dataPool } = filesystem;
  const rank = { rank: 0, state: "active", mds: `${name}.mds`, activity: 0, dns: 10, inos: 13, dirs: 12, caps: 0 };
  return {
    cephfs: {
      id,
      name,
      client_count: sessionsOf(tables, filesystem),
      ranks: [rank],
      pools: [pool(metadataPool, "metadata"), pool(dataPool, "data")],
    },
    standbys: [{ name: `${dataPoolName(tables, filesystem)}.standby` }],
    versions: {},
  };
}
