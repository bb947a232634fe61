import type { Json } from "../../cloudstack/models/jobs.ts";
import type { Store } from "../../cloudstack/models/store.ts";
import { isFilesystemPool } from "../models/cephfs.ts";
import { allowsPoolDeletion } from "../models/config.ts";
import { httpError, pythonError, refuse } from "../models/errors.ts";
import { createPool, findPool, type NewPool, type Pool } from "../models/pool.ts";
import {
  allowOverwrites,
  type PoolKey,
  poolKeys,
  renamePool,
  setApplications,
  setPoolKey,
  setQuota,
} from "../models/pool-settings.ts";
import type { Tables } from "../models/tables.ts";
import { type Call, endpoint } from "./endpoint.ts";
import { type Field, type Fields, flag, integer, object, required, text, texts } from "./fields.ts";
import { configurationOf, poolFields } from "./pool-fields.ts";

/** Every key of `osd pool set` as an optional field. */
const keyFields = Object.fromEntries(poolKeys.map((key) => [key, text])) as Record<PoolKey, Field<string | undefined>>;

const settingFields = {
  flags: text,
  application_metadata: texts,
  configuration: object,
  quota_max_bytes: text,
  quota_max_objects: text,
  ...keyFields,
};

/** Keys of `osd pool set` that mean nothing here. */
const lacks = [
  "rbd_mirroring",
  "bulk",
  "nodelete",
  "nosizechange",
  "nopgchange",
  "noscrub",
  "nodeep-scrub",
  "pgp_num",
  "fast_read",
];

type SettingArgs = Call<typeof settingFields & Fields>["args"];

/** `controllers/pool.py` and the monitor commands behind it. */
export const poolEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/pool",
    scope: "pool",
    fields: { attrs: text, stats: flag },
    run({ tables, args }) {
      return [...tables.pools.live()].map((pool) =>
        selected(poolFields(tables, pool, args.stats ?? false), args.attrs),
      );
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/pool",
    scope: "pool",
    component: "pool",
    piecemeal: true,
    task: { name: "pool/create", metadata: (args) => ({ pool_name: args.pool }) },
    fields: {
      pool: required(text),
      pool_type: required(text),
      ...settingFields,
      pg_num: required(integer),
      erasure_code_profile: text,
      rule_name: text,
    },
    lacks,
    run({ world: { store }, tables, args }) {
      const { pool: name, pool_type: type, pg_num: pgNum, erasure_code_profile: profile, rule_name: rule } = args;
      if (type !== "replicated" && type !== "erasure") {
        throw refuse("EINVAL", `Invalid command: ${type} not in replicated|erasure`);
      }
      const wanted: NewPool = { name, type, pgNum, profile: profile || undefined, rule: rule || undefined };
      const pool = store.transaction(() => createPool(tables, wanted));
      applySettings(store, tables, pool, { ...args, pg_num: undefined });
      return null;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/pool/{pool_name}",
    scope: "pool",
    fields: { pool_name: required(text), attrs: text, stats: flag },
    run({ tables, args }) {
      const pool = foundPool(tables, args.pool_name);
      const fields = selected(poolFields(tables, pool, args.stats ?? false), args.attrs);
      return { ...fields, configuration: configurationOf(pool) };
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/pool/{pool_name}",
    scope: "pool",
    piecemeal: true,
    task: { name: "pool/edit", metadata: (args) => ({ pool_name: args.pool_name }) },
    fields: { ...settingFields, pool_name: required(text), pool: text },
    lacks,
    run({ world: { store }, tables, args }) {
      const pool = foundPool(tables, args.pool_name);
      const { configuration, ...settings } = compressionRemoval(pool, args);
      applySettings(store, tables, pool, { ...settings, configuration: undefined });
      const { pool: newName } = args;
      if (newName !== undefined) store.transaction(() => renamePool(tables, pool, newName));
      if (configuration !== undefined) store.transaction(() => configure(tables, pool, configuration));
      return null;
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/pool/{pool_name}",
    scope: "pool",
    component: "pool",
    task: { name: "pool/delete", metadata: (args) => ({ pool_name: args.pool_name }) },
    fields: { pool_name: required(text) },
    run({ tables, args }) {
      removePool(tables, args.pool_name);
      return null;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/pool/{pool_name}/configuration",
    scope: "pool",
    fields: { pool_name: required(text) },
    run: ({ tables, args }) => configurationOf(foundPool(tables, args.pool_name)),
  }),
];

/** Monitors take the name of a pool that is not there for a success, but not while pools may not be deleted at all. */
function removePool(tables: Tables, name: string): void {
  const pool = findPool(tables, name);
  if (!pool) return;
  const filesystem = isFilesystemPool(tables, name);
  if (filesystem) throw refuse("EBUSY", `pool '${name}' is in use by CephFS`);
  if (!allowsPoolDeletion(tables)) {
    throw refuse(
      "EPERM",
      "pool deletion is disabled; you must first set the mon_allow_pool_delete config option to true before you can destroy a pool",
    );
  }
  tables.pools.erase(pool);
}

function foundPool(tables: Tables, name: string): Pool {
  const pool = findPool(tables, name);
  if (!pool) throw httpError(404, "No such pool");
  return pool;
}

/** One monitor command after the other, as `_set_pool_values` sends them: a refusal leaves what was set before it. */
function applySettings(store: Store, tables: Tables, pool: Pool, args: SettingArgs): void {
  const step = (act: () => void) => store.transaction(act);
  const { flags, application_metadata: applications, quota_max_objects: objects, quota_max_bytes: bytes } = args;
  if (flags?.includes("ec_overwrites")) step(() => allowOverwrites(tables, pool));
  if (applications !== undefined) step(() => setApplications(tables, pool, applications));
  if (objects !== undefined) step(() => setQuota(tables, pool, "max_objects", objects));
  if (bytes !== undefined) step(() => setQuota(tables, pool, "max_bytes", bytes));
  for (const key of Object.keys(args).filter(isPoolKey)) {
    const value = args[key];
    if (value !== undefined) step(() => setPoolKey(tables, pool, key, value));
  }
  const { configuration } = args;
  if (configuration !== undefined) step(() => configure(tables, pool, configuration));
}

function isPoolKey(name: string): name is PoolKey {
  return (poolKeys as readonly string[]).includes(name);
}

/** `compression_mode: unset` takes the other compression settings along, but only those that are set. */
function compressionRemoval<A extends SettingArgs>(pool: Pool, args: A): A {
  if (args.compression_mode !== "unset") return args;
  const kinds = ["compression_min_blob_size", "compression_max_blob_size", "compression_required_ratio"] as const;
  const zeros = kinds.filter((key) => key in pool.options).map((key) => [key, "0"]);
  const algorithm = "compression_algorithm" in pool.options ? { compression_algorithm: "unset" } : {};
  return { ...args, ...Object.fromEntries(zeros), ...algorithm };
}

/** A value of null goes back to the default. */
function configure(tables: Tables, pool: Pool, wanted: Readonly<Record<string, Json | undefined>>): void {
  const configuration = { ...pool.configuration };
  for (const [name, value] of Object.entries(wanted)) {
    if (!name.startsWith("rbd_")) throw pythonError("ValueError", `${name} is not an option of RBD`);
    if (value === null || value === undefined) delete configuration[name];
    else configuration[name] = String(value);
  }
  tables.pools.update(pool, { configuration });
}

/** The attributes asked for; the name is always among them. */
function selected(fields: Record<string, Json>, attrs: string | undefined): Record<string, Json> {
  if (attrs === undefined || attrs === "") return fields;
  const wanted = new Set([...attrs.split(","), "pool_name"]);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => wanted.has(name)));
}
