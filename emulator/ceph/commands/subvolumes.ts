import type { Json } from "../../cloudstack/models/jobs.ts";
import {
  dataPoolName,
  type Filesystem,
  findFilesystem,
  findGroup,
  findSubvolume,
  noGroup,
  openByManager,
  type Subvolume,
  type SubvolumeGroup,
  subvolumePath,
} from "../models/cephfs.ts";
import { dashboardError } from "../models/errors.ts";
import type { Tables } from "../models/tables.ts";
import { endpoint } from "./endpoint.ts";
import { flag, integer, json, required, text } from "./fields.ts";

const folder = { size: json, mode: text, uid: integer, gid: integer, pool_layout: text };

interface Folder {
  readonly quota?: number | undefined;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly dataPool: string;
}

/** `class CephFSSubvolumeGroups` of `controllers/cephfs.py`. Making one that is there changes it. */
export const subvolumeGroupEndpoints = [
  endpoint({
    method: "POST",
    path: "/api/cephfs/subvolume/group",
    scope: "cephfs",
    fields: { vol_name: required(text), group_name: required(text), ...folder },
    lacks: ["normalization", "casesensitive"],
    run({ tables, args }) {
      const prefix = `Failed to create subvolume group ${args.group_name}`;
      const filesystem = foundVolume(tables, args.vol_name, prefix);
      const values = folderFrom(tables, filesystem, args, prefix);
      const existing = findGroup(tables, filesystem, args.group_name);
      if (existing) tables.subvolumeGroups.update(existing, withoutUnset(values));
      else tables.subvolumeGroups.insert(withoutUnset({ filesystem: filesystem.id, name: args.group_name, ...values }));
      return null;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/cephfs/subvolume/group/{vol_name}",
    scope: "cephfs",
    fields: { vol_name: required(text), info: flag },
    run({ tables, args }) {
      const filesystem = findFilesystem(tables, args.vol_name);
      if (!filesystem) throw dashboardError(`Error listing subvolume groups for ${args.vol_name}`);
      openByManager(tables, filesystem);
      const groups = tables.subvolumeGroups.filter((group) => group.filesystem === filesystem.id);
      return groups.map((group) => ({
        name: group.name,
        ...(args.info === false ? {} : { info: groupInfo(tables, group) }),
      }));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/cephfs/subvolume/group/{vol_name}/info",
    scope: "cephfs",
    fields: { vol_name: required(text), group_name: required(text) },
    run({ tables, args }) {
      const prefix = `Failed to get info for subvolume group ${args.group_name}`;
      return groupInfo(tables, foundGroup(tables, args, prefix));
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/cephfs/subvolume/group/{vol_name}",
    scope: "cephfs",
    fields: { vol_name: required(text), group_name: required(text), size: required(json) },
    run({ tables, args }) {
      const name = args.group_name;
      // A success that changed nothing.
      if (!isGiven(args.size)) return `Failed to update subvolume group ${name}, size was not provided`;
      const prefix = `Failed to update subvolume group ${name}`;
      const group = foundGroup(tables, args, prefix);
      tables.subvolumeGroups.update(group, { quota: sizeFrom(args.size, prefix) });
      return `Subvolume group ${name} updated successfully`;
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/cephfs/subvolume/group/{vol_name}",
    scope: "cephfs",
    fields: { vol_name: required(text), group_name: required(text) },
    run({ tables, args }) {
      const prefix = `Failed to delete subvolume group ${args.group_name}`;
      const group = foundGroup(tables, args, prefix);
      if (members(tables, group).length > 0) {
        throw dashboardError(`${prefix}: error in rmdir /volumes/${group.name}: Directory not empty [Errno 39]`);
      }
      tables.subvolumeGroups.erase(group);
      return `Subvolume group ${args.group_name} removed successfully`;
    },
  }),
];

const where = { vol_name: required(text), subvol_name: required(text), group_name: text };

/** `class CephFSSubvolume` of `controllers/cephfs.py`. */
export const subvolumeEndpoints = [
  endpoint({
    method: "POST",
    path: "/api/cephfs/subvolume",
    scope: "cephfs",
    fields: { ...where, ...folder, namespace_isolated: flag },
    lacks: ["earmark", "normalization", "casesensitive", "enctag"],
    run({ tables, args }) {
      const name = args.subvol_name;
      const prefix = `Failed to create subvolume ${name}`;
      const filesystem = foundVolume(tables, args.vol_name, prefix);
      const group = groupNameOf(tables, filesystem, args.group_name, prefix);
      const values = {
        ...folderFrom(tables, filesystem, args, prefix),
        namespaceIsolated: args.namespace_isolated ?? false,
      };
      const existing = findSubvolume(tables, filesystem, group, name);
      if (existing) tables.subvolumes.update(existing, { ...withoutUnset(values), ...ownerOf(args, existing) });
      else tables.subvolumes.insert(withoutUnset({ filesystem: filesystem.id, group, name, usedBytes: 0, ...values }));
      return `Subvolume ${name} created successfully`;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/cephfs/subvolume/{vol_name}",
    scope: "cephfs",
    fields: { vol_name: required(text), group_name: text, info: flag },
    run({ tables, args }) {
      const prefix = `Failed to list subvolumes for volume ${args.vol_name}`;
      const filesystem = foundVolume(tables, args.vol_name, prefix);
      const group = groupNameOf(tables, filesystem, args.group_name, prefix);
      const rows = tables.subvolumes.filter((row) => row.filesystem === filesystem.id && row.group === group);
      return rows.map((row) => ({
        name: row.name,
        ...(args.info === false ? {} : { info: subvolumeInfo(tables, row) }),
      }));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/cephfs/subvolume/{vol_name}/info",
    scope: "cephfs",
    fields: where,
    run({ tables, args }) {
      const prefix = `Failed to get info for subvolume ${args.subvol_name}`;
      return subvolumeInfo(tables, foundSubvolume(tables, args, prefix));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/cephfs/subvolume/{vol_name}/exists",
    scope: "cephfs",
    fields: { vol_name: required(text), group_name: text },
    run({ tables, args }) {
      const prefix = "Failed to check if subvolume exists";
      const filesystem = foundVolume(tables, args.vol_name, prefix);
      const group = groupNameOf(tables, filesystem, args.group_name, prefix);
      return tables.subvolumes.find((row) => row.filesystem === filesystem.id && row.group === group) !== undefined;
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/cephfs/subvolume/{vol_name}",
    scope: "cephfs",
    fields: { ...where, size: required(json) },
    run({ tables, args }) {
      const name = args.subvol_name;
      // 0 and nothing change nothing, and that is a success.
      if (!isGiven(args.size)) return `Subvolume ${name} updated successfully`;
      const prefix = `Failed to update subvolume ${name}`;
      const subvolume = foundSubvolume(tables, args, prefix);
      tables.subvolumes.update(subvolume, { quota: sizeFrom(args.size, prefix) });
      return `Subvolume ${name} updated successfully`;
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/cephfs/subvolume/{vol_name}",
    scope: "cephfs",
    fields: { ...where, retain_snapshots: flag },
    run({ tables, args }) {
      const subvolume = foundSubvolume(tables, args, `Failed to remove subvolume ${args.subvol_name}`, "cephfs");
      tables.subvolumes.erase(subvolume);
      return `Subvolume ${args.subvol_name} removed successfully`;
    },
  }),
];

function foundVolume(tables: Tables, name: string, prefix: string): Filesystem {
  const filesystem = findFilesystem(tables, name);
  if (!filesystem) throw dashboardError(`${prefix}: Volume '${name}' not found`);
  openByManager(tables, filesystem);
  return filesystem;
}

function foundGroup(
  tables: Tables,
  { vol_name: volume, group_name: name }: { readonly vol_name: string; readonly group_name: string },
  prefix: string,
): SubvolumeGroup {
  const group = findGroup(tables, foundVolume(tables, volume, prefix), name);
  if (!group) throw dashboardError(`${prefix}: subvolume group '${name}' does not exist`);
  return group;
}

/** The name that stands for a group; none is one of its own. */
function groupNameOf(tables: Tables, filesystem: Filesystem, name: string | undefined, prefix: string): string {
  if (!name) return noGroup;
  if (!findGroup(tables, filesystem, name)) throw dashboardError(`${prefix}: subvolume group '${name}' does not exist`);
  return name;
}

interface Where {
  readonly vol_name: string;
  readonly subvol_name: string;
  readonly group_name: string | undefined;
}

function foundSubvolume(tables: Tables, args: Where, prefix: string, component?: string): Subvolume {
  const filesystem = foundVolume(tables, args.vol_name, prefix);
  const group = groupNameOf(tables, filesystem, args.group_name, prefix);
  const subvolume = findSubvolume(tables, filesystem, group, args.subvol_name);
  if (subvolume) return subvolume;
  throw dashboardError(`${prefix}: subvolume '${args.subvol_name}' does not exist`, component ? { component } : {});
}

function members(tables: Tables, group: SubvolumeGroup): Subvolume[] {
  return tables.subvolumes.filter((row) => row.filesystem === group.filesystem && row.group === group.name);
}

interface FolderArgs {
  readonly size: Json | undefined;
  readonly mode: string | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly pool_layout: string | undefined;
}

function folderFrom(tables: Tables, filesystem: Filesystem, args: FolderArgs, prefix: string): Folder {
  const own = dataPoolName(tables, filesystem);
  const dataPool = args.pool_layout || own;
  if (dataPool !== own) {
    throw dashboardError(`${prefix}: Invalid pool layout '${dataPool}'. It must be a valid data pool`);
  }
  const mode = args.mode ?? "755";
  if (!/^[0-7]{1,4}$/.test(mode)) throw dashboardError(`${prefix}: Invalid mode '${mode}'`);
  const quota = args.size === undefined ? undefined : sizeFrom(args.size, prefix);
  return { quota, mode: Number.parseInt(mode, 8), uid: args.uid ?? 0, gid: args.gid ?? 0, dataPool };
}

/** A subvolume keeps the owner that it has unless another one is named, and root cannot be. */
function ownerOf(args: FolderArgs, { uid, gid }: Subvolume): { uid: number; gid: number } {
  return { uid: args.uid || uid, gid: args.gid || gid };
}

/** Whether Python would take it for true. */
function isGiven(size: Json): boolean {
  return size !== 0 && size !== "" && size !== false && size !== null;
}

/** Bytes, or undefined for `infinite`. */
function sizeFrom(size: Json, prefix: string): number | undefined {
  if (size === "inf" || size === "infinite") return undefined;
  const bytes = Number(size);
  if (!Number.isInteger(bytes) || size === "") throw dashboardError(`${prefix}: invalid size option '${String(size)}'`);
  if (bytes <= 0) throw dashboardError(`${prefix}: Invalid size: '${String(size)}'`);
  return bytes;
}

const folderType = 0o40000;

function folderInfo(
  { quota, mode, uid, gid, dataPool }: Folder,
  used: number,
  created: number,
): { [key: string]: Json } {
  const time = new Date(created).toISOString().slice(0, 19).replace("T", " ");
  return {
    uid,
    gid,
    atime: time,
    mtime: time,
    ctime: time,
    created_at: time,
    mode: folderType | mode,
    data_pool: dataPool,
    bytes_quota: quota ?? "infinite",
    bytes_used: used,
    bytes_pcent: quota === undefined ? "undefined" : ((100 * used) / quota).toFixed(2),
  };
}

function monitors(tables: Tables): string[] {
  return tables.hosts.filter(({ services }) => services.includes("mon")).map(({ address }) => `${address}:6789`);
}

function groupInfo(tables: Tables, group: SubvolumeGroup): Json {
  const used = members(tables, group).reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  return { ...folderInfo(group, used, group.created), mon_addrs: monitors(tables) };
}

function subvolumeInfo(tables: Tables, subvolume: Subvolume): Json {
  const namespace = subvolume.namespaceIsolated ? `fsvolumens_${subvolume.name}` : "";
  return {
    ...folderInfo(subvolume, subvolume.usedBytes, subvolume.created),
    path: subvolumePath(subvolume),
    type: "subvolume",
    pool_namespace: namespace,
    features: ["snapshot-clone", "snapshot-autoprotect", "snapshot-retention"],
    state: "complete",
    flavor: 2,
    mon_addrs: monitors(tables),
  };
}

/** A quota that is not set is no field of the row. */
function withoutUnset<V extends { readonly quota?: number | undefined }>(
  values: V,
): Omit<V, "quota"> & { quota?: number } {
  const { quota, ...rest } = values;
  return quota === undefined ? rest : { ...rest, quota };
}
