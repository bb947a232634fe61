import { type Field, integer, list, oneOf, type Row, text, type Values } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import { findFilesystem, isInUse } from "../cephfs.ts";
import type { Client } from "../client/client.ts";
import { editPool, findPool, refuseQuotaBelowUse, refuseRenameOfUsed } from "../pools.ts";
import { defineResource } from "../resource.ts";
import { compressionNeedsMode } from "../rules.ts";
import { bytesOf, gibOf, mostGib } from "../units.ts";
import { bodyOf, isRow } from "../wire.ts";

/** What the row of one of its pools says. */
const told =
  (pool: "data" | "metadata", read: (pool: Row) => unknown) =>
  (row: Row): undefined => {
    const value = isRow(row[pool]) ? read(row[pool]) : undefined;
    return (value ?? undefined) as undefined;
  };
const option = (name: string) => told("data", ({ options }) => (isRow(options) ? options[name] : undefined));

const copies = { optional: true, serverChooses: true, min: 1, max: 10, param: "size" } as const;
const rule = { optional: true, serverChooses: true, param: "crush_rule" } as const;

/** Settings of the data pool. Creating a file system takes none, so they are set right afterwards. */
const ofData = {
  crushRule: text({
    ...rule,
    decode: told("data", ({ crush_rule: name }) => name),
    doc: "Name of the CRUSH rule of its data, which chooses device class and failure domain. A change moves all data.",
  }),
  size: integer({ ...copies, decode: told("data", ({ size }) => size), doc: "Copies of its data." }),
  quotaGib: integer({
    optional: true,
    min: 1,
    max: mostGib,
    unit: "GiB",
    param: "quota_max_bytes",
    encode: bytesOf,
    decode: told("data", ({ quota_max_bytes: bytes }) => gibOf(bytes) || undefined),
    cleared: 0,
    doc: "Most data that the data pool may hold, before copies. Refused below what is stored. Not given = no limit.",
  }),
  compressionMode: oneOf(["none", "passive", "aggressive", "force"], {
    optional: true,
    decode: option("compression_mode"),
    cleared: "unset",
    doc: "Which data is compressed: none, what clients mark as compressible, what they do not mark as incompressible, all. Not given = the OSDs' own setting.",
  }),
  compressionAlgorithm: oneOf(["lz4", "snappy", "zlib", "zstd"], {
    optional: true,
    decode: option("compression_algorithm"),
    cleared: "unset",
    doc: "How it is compressed; only with `compressionMode`.",
  }),
} as const satisfies Record<string, Field>;

const ofMetadata = {
  metadataCrushRule: text({
    ...rule,
    decode: told("metadata", ({ crush_rule: name }) => name),
    doc: "Name of the CRUSH rule of its metadata: names and folders, best on fast devices.",
  }),
  metadataSize: integer({ ...copies, decode: told("metadata", ({ size }) => size), doc: "Copies of its metadata." }),
} as const satisfies Record<string, Field>;

const inputs = {
  name: text({
    min: 1,
    max: 128,
    doc: "Unique in the cluster. A change renames it and its pools in place, unless it holds data: mounts and capabilities go by the name. Newer versions of Ceph want it offline for that, and refusing clients (`ceph fs fail`, `ceph fs set NAME refuse_client_session true`).",
  }),
  placementHosts: list(text({ min: 1 }), {
    optional: true,
    set: true,
    param: false,
    from: false,
    onChange: "ignored",
    doc: "Hosts of the metadata servers that Ceph starts for it.",
  }),
  placementLabels: list(text({ min: 1 }), {
    optional: true,
    set: true,
    param: false,
    from: false,
    onChange: "ignored",
    doc: "Labels of the hosts of these metadata servers.",
  }),
  ...ofData,
  ...ofMetadata,
} as const;

const later: ReadonlySet<string> = new Set([...Object.keys(ofData), ...Object.keys(ofMetadata)]);

export const filesystem = defineResource({
  token: "ceph:fs:Filesystem",
  doc: "A CephFS file system with its metadata servers and its two pools, `cephfs.NAME.meta` and `cephfs.NAME.data`. Import by name. Deleting removes the pools with all data and needs the monitors' `mon_allow_pool_delete`.",
  inputs,
  outputs: {
    filesystemId: integer({ from: "id", doc: "Ceph's number of the file system; never used twice." }),
    // Renaming a file system renames its pools (`rename_volume` of the volumes module).
    metadataPool: text({ changesWith: ["name"], doc: "Name of the metadata pool." }),
    dataPools: list(text({}), { changesWith: ["name"], doc: "Names of the data pools, the first one is the default." }),
  },

  check: compressionNeedsMode,

  reference: ({ name }) => name,
  find: findWithPools,
  id: ({ id }) => String(id),

  async make(context, given) {
    const { api, signal } = context;
    const { name, placementHosts = [], placementLabels = [] } = given;
    const placement = {
      ...(placementHosts.length > 0 ? { hosts: placementHosts } : {}),
      ...(placementLabels.length > 0 ? { labels: placementLabels } : {}),
    };
    await api.send("POST", "cephfs", { body: { name, service_spec: { placement } }, signal });
    if (![...later].some((setting) => setting in given)) return;
    api.forget();
    const row = await findWithPools(context, name);
    if (row !== undefined) await setPools(context, row, given, Object.keys(given));
  },

  async change(context, row, { after, changed }) {
    const { api, signal } = context;
    if (changed.has("name") && isRow(row.data))
      await refuseRenameOfUsed(context, `file system ${row.name}`, row.data, after.name);
    if (changed.has("quotaGib") && isRow(row.data)) await refuseQuotaBelowUse(context, row.data, after.quotaGib ?? 0);
    // First, as long as the pools have the names that we know.
    await setPools(context, row, after, changed);
    if (!changed.has("name")) return;
    await api.send("PUT", "cephfs/rename", { body: { name: String(row.name), new_name: after.name }, signal });
  },

  remove: ({ api, signal }, { name }) =>
    api.send("DELETE", "cephfs/remove/{name}", { path: { name: String(name) }, signal }),

  // No room for a mark. One of this name that nobody has used yet is what an interrupted create leaves.
  leftover: { isUsed: isInUse, later },
});

async function findWithPools(context: Context<Client>, reference: string): Promise<Row | undefined> {
  const row = await findFilesystem(context, reference);
  if (row === undefined) return undefined;
  const [data] = row.data_pools as string[];
  const poolOf = (name: unknown) => (name === undefined ? undefined : findPool(context, String(name)));
  return { ...row, data: await poolOf(data), metadata: await poolOf(row.metadata_pool) };
}

/** Sets what is named and belongs to one of the pools. */
async function setPools(
  context: Context<Client>,
  { data, metadata }: Row,
  values: Values<typeof inputs>,
  names: Iterable<string>,
): Promise<void> {
  const all = [...names];
  if (isRow(data)) await editPool(context, data, bodyOf(ofData, values, all));
  if (isRow(metadata)) await editPool(context, metadata, bodyOf(ofMetadata, values, all));
}
