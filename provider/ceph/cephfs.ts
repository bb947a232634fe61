/** What the resources of CephFS have in common. */
import { listed, ProviderError } from "../core/errors.ts";
import { type Row, text } from "../core/fields.ts";
import type { Context, Replaced } from "../core/resource.ts";
import type { PlainObject } from "../core/values.ts";
import type { Client } from "./client/client.ts";
import { bytesOf, gibOf, inGib, limitGib } from "./units.ts";
import { isRow, rowsOf } from "./wire.ts";

type CephContext = Context<Client>;

/**
 * Permissions of the folder, which Ceph tells together with its kind (`0o40755` as a number). Who mounts the folder may change
 * them, with the next `chmod`: that must not look like another folder, nor be undone where the program says nothing of it.
 */
export const mode = text({
  optional: true,
  serverChooses: true,
  canonical: (octal) => octal.replace(/^0(?=...)/, ""),
  rule: (mode) => (/^[0-7]{3,4}$/.test(mode) ? undefined : "must be octal permissions such as 750"),
  decode: ({ mode }) => (typeof mode === "number" ? (mode & 0o7777).toString(8) : undefined),
  doc: "Permissions of the folder, octal. Not given = 755 in the beginning, then what its users make of them.",
});

/** A quota: the create wants bytes, the answer says `infinite` for none. */
export function quota(doc: string) {
  return limitGib(doc, {
    param: "size",
    decode: ({ bytes_quota: bytes }) => (bytes === undefined || bytes === "infinite" ? 0 : gibOf(bytes)),
  });
}

/** A size for an update, where 0 would be ignored in silence. */
export function infiniteIfNone(sizeGib: number): string {
  return sizeGib === 0 ? "infinite" : String(bytesOf(sizeGib));
}

export function usedBytes({ bytes_used: bytes }: Row): number {
  return Number(bytes ?? 0);
}

/** @throws ProviderError when a limit would be below what is there already */
export function refuseSizeBelowUse(what: string, row: Row, sizeGib: number): void {
  const used = usedBytes(row);
  if (sizeGib === 0 || bytesOf(sizeGib) >= used) return;
  throw new ProviderError({
    what: `resize of ${what}`,
    value: `${sizeGib} GiB`,
    rule: `${inGib(used)} are used`,
    remedy: "remove files first, or set at least that",
  });
}

/** The file system of a subvolume or group. By id, it may be renamed without its subvolumes being others. */
export const filesystemReference = text({
  min: 1,
  onChange: "replace",
  param: false,
  decode: ({ filesystem, called = filesystem }) => (called === undefined ? undefined : String(called)),
  doc: "The file system: its id, with which it can be renamed, or its name.",
});

/** What of a subvolume or group is the same by the name and by the number of its file system. */
export const byNameOrNumber = {
  worded(row: Row, known: PlainObject): Row {
    const number = String(row.volume);
    // Who imports by the name gets what outlives another name.
    if (Object.keys(known).length === 0) return { ...row, filesystem: number };
    return known.filesystem === number || known.filesystem === row.vol_name
      ? { ...row, called: known.filesystem }
      : row;
  },

  async staysItself(context: CephContext, { path, before, after }: Replaced): Promise<boolean> {
    if (path !== "filesystem") return false;
    const all = await filesystems(context);
    const [was, is] = [before, after].map(({ filesystem }) => byReference(all, String(filesystem))?.id);
    return was !== undefined && was === is;
  },
};

/** Where a subvolume or group is, as its id in the state says. */
interface Place {
  /** Id or name of the file system. */
  readonly filesystem: string;
  readonly group?: string | undefined;
  /** Name of the subvolume. */
  readonly name?: string;
}

/** What Ceph knows of a subvolume or group and where that is; undefined if the file system, the group or its own list lacks it. */
export async function infoOf(
  context: CephContext,
  place: Place,
  kind: "group" | "subvolume",
): Promise<Row | undefined> {
  const { api, signal } = context;
  const { group, name } = place;
  const { name: filesystem, id: volume } = byReference(await filesystems(context), place.filesystem) ?? {};
  if (filesystem === undefined) return undefined;
  if (group !== undefined && !(await groupNames(context, String(filesystem))).includes(group)) return undefined;
  const path = { filesystem: String(filesystem) };
  const about = { ...(kind === "group" ? {} : { subvol_name: name }), group_name: group };
  if (kind === "subvolume") {
    const query = { group_name: group, info: "false" };
    const volumes = rowsOf(await api.list("cephfs/subvolume/{filesystem}", { path, query, signal }));
    if (!volumes.some((row) => row.name === name)) return undefined;
  }
  const template = `cephfs/subvolume/${kind === "group" ? "group/" : ""}{filesystem}/info`;
  const info = await api.list(template, { path, query: about, signal });
  return isRow(info) ? { ...info, ...place, ...about, vol_name: filesystem, volume } : undefined;
}

/**
 * The create again, which gives what is there other permissions (`set_group_attrs`, `set_attrs` of the volumes module). It sets
 * everything else, too, but for the size: owners that are not named become root.
 */
export function asItIs(row: Row, mode: string | undefined): Row {
  const { vol_name, uid, gid, data_pool: pool_layout } = row;
  return { vol_name, ...whereIs(row).names, mode, uid, gid, pool_layout };
}

/** Path and body or query that name the subvolume or group of a row. */
export function whereIs(row: Row): { path: { filesystem: string }; names: Record<string, string> } {
  const given = ["group_name", "subvol_name"].filter((name) => row[name] !== undefined);
  return {
    path: { filesystem: String(row.vol_name) },
    names: Object.fromEntries(given.map((name) => [name, String(row[name])])),
  };
}

/** The name of a file system that is needed. @throws ProviderError when there is none */
export async function filesystemName(context: CephContext, reference: string): Promise<string> {
  const all = await filesystems(context);
  const found = byReference(all, reference);
  if (found !== undefined) return String(found.name);
  const names = all.map(({ name }) => String(name));
  throw new ProviderError({
    what: "create",
    where: context.urn,
    value: reference,
    rule: "there is no such file system",
    remedy: `there ${names.length === 0 ? "are none at all" : `are: ${listed(names)}`}`,
  });
}

function byReference(all: readonly Row[], reference: string): Row | undefined {
  return all.find(({ id }) => String(id) === reference) ?? all.find(({ name }) => name === reference);
}

async function filesystems({ api, signal }: CephContext): Promise<Row[]> {
  const list = rowsOf(await api.list("cephfs", { signal }));
  return list.map(({ id, mdsmap }) => ({ ...(mdsmap as Row), id, name: (mdsmap as Row).fs_name }));
}

async function groupNames({ api, signal }: CephContext, filesystem: string): Promise<string[]> {
  const path = { filesystem };
  const groups = rowsOf(
    await api.list("cephfs/subvolume/group/{filesystem}", { path, query: { info: "false" }, signal }),
  );
  return groups.map(({ name }) => String(name));
}

/** A file system by name or number, with the names of its pools, clients and groups. */
export async function findFilesystem(context: CephContext, reference: string): Promise<Row | undefined> {
  const row = byReference(await filesystems(context), reference);
  if (row === undefined) return undefined;
  const { api, signal } = context;
  const path = { id: String(row.id) };
  const status = (await api.list("cephfs/{id}", { path, signal })) as { cephfs?: Row } | undefined;
  const pools = rowsOf(status?.cephfs?.pools);
  const named = (type: string) => pools.filter((pool) => pool.type === type).map(({ pool }) => String(pool));
  return {
    id: row.id,
    name: row.name,
    metadata_pool: named("metadata")[0],
    data_pools: named("data"),
    stored: pools.reduce((sum, { type, used }) => sum + (type === "data" ? Number(used) : 0), 0),
    clients: Number(status?.cephfs?.client_count ?? 0),
    groups: await groupNames(context, String(row.name)),
  };
}

/**
 * Whether somebody uses a file system already. One client is the manager itself, which stays connected for a minute after it
 * has looked for groups, as each read has it do.
 */
export function isInUse({ clients, groups, stored }: Row): boolean {
  return Number(stored) > 0 || Number(clients) > 1 || (Array.isArray(groups) && groups.length > 0);
}
