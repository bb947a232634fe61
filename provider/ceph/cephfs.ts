/** What the resources of CephFS have in common. */
import { ProviderError } from "../core/errors.ts";
import { type Row, text } from "../core/fields.ts";
import type { Context } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { bytesOf, gibOf, inGib, limitGib } from "./units.ts";
import { isRow, rowsOf } from "./wire.ts";

type CephContext = Context<Client>;

/** Permissions of the folder, which Ceph tells together with its kind (`0o40755` as a number). */
export const mode = text({
  default: "755",
  onChange: "replace",
  rule: (mode) => (/^[0-7]{3,4}$/.test(mode) ? undefined : "must be octal permissions such as 750"),
  decode: ({ mode }) => (typeof mode === "number" ? (mode & 0o7777).toString(8) : undefined),
  doc: "Permissions of the folder, octal.",
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

interface Place {
  readonly filesystem: string;
  readonly group?: string | undefined;
  readonly name?: string;
}

/** What Ceph knows of a subvolume or group; undefined if the file system, the group or its own list lacks it. */
export async function infoOf(
  context: CephContext,
  place: Place,
  kind: "group" | "subvolume",
): Promise<Row | undefined> {
  const { api, signal } = context;
  const { filesystem, group, name } = place;
  if (!(await filesystemNames(context)).includes(filesystem)) return undefined;
  if (group !== undefined && !(await groupNames(context, filesystem)).includes(group)) return undefined;
  const path = { filesystem };
  if (kind === "group") {
    const info = await api.list("cephfs/subvolume/group/{filesystem}/info", {
      path,
      query: { group_name: group },
      signal,
    });
    return isRow(info) ? info : undefined;
  }
  const query = { group_name: group, info: "false" };
  const names = rowsOf(await api.list("cephfs/subvolume/{filesystem}", { path, query, signal })).map((row) => row.name);
  if (!names.includes(name)) return undefined;
  const about = { subvol_name: name, group_name: group };
  const info = await api.list("cephfs/subvolume/{filesystem}/info", { path, query: about, signal });
  return isRow(info) ? info : undefined;
}

/** Path and query that name the group of a row. */
export function groupOf({ vol_name: filesystem, group_name: group }: Row) {
  return { path: { filesystem: String(filesystem) }, query: { group_name: String(group) } };
}

/** Path and query that name the subvolume of a row. */
export function volumeOf({ vol_name: filesystem, group_name: group, subvol_name: name }: Row) {
  const query = { subvol_name: String(name), group_name: group === undefined ? undefined : String(group) };
  return { path: { filesystem: String(filesystem) }, query };
}

async function filesystems({ api, signal }: CephContext): Promise<Row[]> {
  const list = rowsOf(await api.list("cephfs", { signal }));
  return list.map(({ id, mdsmap }) => ({ ...(mdsmap as Row), id, name: (mdsmap as Row).fs_name }));
}

async function filesystemNames(context: CephContext): Promise<string[]> {
  return (await filesystems(context)).map(({ name }) => String(name));
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
  const all = await filesystems(context);
  const row = all.find(({ id }) => String(id) === reference) ?? all.find(({ name }) => name === reference);
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
    clients: Number(status?.cephfs?.client_count ?? 0),
    groups: await groupNames(context, String(row.name)),
  };
}

/** Whether somebody uses a file system already. */
export function hasClientsOrGroups({ clients, groups }: Row): boolean {
  return Number(clients) > 0 || (Array.isArray(groups) && groups.length > 0);
}
