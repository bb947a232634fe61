import type { Issue } from "../../core/errors.ts";
import { id, integer, list, oneOf, text, type Values } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import { type PlainObject, UNKNOWN } from "../../core/values.ts";
import type { Client, Row } from "../client/client.ts";
import { word } from "../fields.ts";
import { createOnce } from "../leftover.ts";
import { liveOf, readRow, regularLifecycle, send } from "../regular.ts";
import { call, type Description, defineResource, rows } from "../resource.ts";
import { neverRemoved, staying } from "../rules.ts";
import { removePool } from "../storage/removal.ts";
import { bareUser, hidingKey, urlOf } from "../storage/url.ts";
import { type Params, paramsOf } from "../wire.ts";
import { positive } from "./offering.ts";

const glue = "ABLESTACK";

const inputs = {
  name: text({ min: 1, doc: "Shown to administrators." }),
  type: oneOf(["rbd", "glueBlock", "glueFilesystem"], {
    default: "rbd",
    onChange: "replace",
    param: false,
    decode: typeOf,
    doc: "rbd: a pool of a Ceph cluster; glueBlock, glueFilesystem: the same of ABLESTACK Glue, on Mold only.",
  }),
  zoneId: id("infrastructure:Zone", { onChange: "replace" }),
  scope: oneOf(["zone", "cluster"], {
    default: "zone",
    onChange: "replace",
    decode: ({ scope }) => (String(scope).toLowerCase() === "cluster" ? "cluster" : "zone"),
    doc: "Whether all hosts of the zone use it, or those of one cluster.",
  }),
  clusterId: id("infrastructure:Cluster", {
    optional: true,
    onChange: "replace",
    doc: "Id of the cluster, for scope cluster.",
  }),
  hypervisor: text({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "Hypervisor of the hosts that use it. Default for scope zone: KVM.",
  }),
  monitors: list(text({ min: 1, rule: oneHost }), {
    min: 1,
    set: true,
    param: false,
    decode: ({ ipaddress }) => (typeof ipaddress === "string" ? ipaddress.split(",") : undefined),
    onChange: "replace",
    doc: "Names or addresses of the Ceph monitors; of a file system its servers.",
  }),
  port: integer({
    optional: true,
    min: 1,
    max: 65535,
    param: false,
    from: false,
    onChange: "replace",
    doc: "Port of the monitors, where it is not Ceph's own.",
  }),
  pool: text({
    optional: true,
    min: 1,
    param: false,
    rule: (pool) =>
      /[\s/?#%@:,]/.test(pool) ? "the name of a Ceph pool, without blanks and / ? # % @ : ," : undefined,
    decode: (row) => (typeOf(row) === "glueFilesystem" ? undefined : bare(row.path)),
    onChange: "replace",
    doc: "Name of the Ceph pool, for rbd and glueBlock.",
  }),
  dataPool: text({
    optional: true,
    min: 1,
    param: false,
    decode: ({ details }) => detail(details, "rbd_default_data_pool"),
    onChange: "replace",
    doc: "Name of an erasure-coded Ceph pool that takes the data, while `pool`, a replicated one, takes what describes it.",
  }),
  fileSystem: text({
    optional: true,
    min: 1,
    param: false,
    decode: ({ details }) => detail(details, "gluefsname"),
    onChange: "replace",
    doc: "Name of the file system, for glueFilesystem.",
  }),
  path: text({
    optional: true,
    min: 1,
    param: false,
    canonical: bare,
    rule: (path) => (/[\s?#%@:,]/.test(path) ? "a path without blanks and ? # % @ : ," : undefined),
    decode: (row) => (typeOf(row) === "glueFilesystem" ? String(row.path) : undefined),
    onChange: "replace",
    doc: "Path within the file system, for glueFilesystem.",
  }),
  user: text({
    min: 1,
    param: false,
    from: false,
    canonical: bareUser,
    rule: (user) => (/[:@/]/.test(user) ? "the name of a Ceph user, without : @ and /" : undefined),
    onChange: "replace",
    doc: "Ceph user, with or without `client.`.",
  }),
  secretKey: text({
    min: 1,
    rule: (key) =>
      /^[A-Za-z0-9+/]+={0,2}$/.test(key) ? undefined : "the user's key in base64, as `ceph auth get-key` tells it",
    secret: true,
    param: false,
    from: false,
    onChange: "replace",
    doc: "Key of the Ceph user. The server has no command to change it and never tells it.",
  }),
  krbdPath: text({
    optional: true,
    param: false,
    from: false,
    onChange: "ignored",
    doc: "Where hosts find the block devices, for glueBlock. Default: /dev/rbd.",
  }),
  storageTags: list(word(), {
    optional: true,
    set: true,
    param: "tags",
    cleared: "",
    doc: "Tags; an offering that names some of them puts its disks here.",
  }),
  capacityGib: integer({
    optional: true,
    min: 1,
    unit: "GiB",
    param: "capacitybytes",
    encode: (gib) => gib * 2 ** 30,
    from: false,
    doc: "Capacity, where the hosts' own report shall not count. The server takes it only of a pool that is there, so it is set right after the pool is made. It can be changed, and not be taken away.",
  }),
  capacityIops: integer({
    optional: true,
    serverChooses: true,
    min: 0,
    decode: ({ capacityiops }) => positive(capacityiops),
    doc: "Operations per second that it may promise.",
  }),
} as const;

const outputs = {
  provider: text({ optional: true, doc: "Storage plugin that serves it." }),
} as const;

const listing = rows("listStoragePools", {});

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:storage:StoragePool",
  doc:
    "Primary storage: a Ceph pool, or one of Glue, that the hosts put disks on. Deleting it puts it into maintenance first, and is " +
    "refused while volumes live on it; the Ceph pool itself and what is in it stay.",
  // The server knows a pool by its monitors and name: the same twice is refused.
  deleteBeforeReplace: true,
  inputs,
  outputs,
  check: (given, before) => [
    ...checkType(given),
    ...checkScope(given),
    ...checkLength(given),
    ...neverRemoved(
      "capacityGib",
      "name it, with the capacity that the hosts report if that is meant",
      given,
      staying(inputs, given, before),
    ),
  ],

  api: { read: listing, update: call("updateStoragePool") },

  // No room for a mark; the server allows one pool at an address. One with volumes on it is in use already.
  leftover: {
    isEqual: (row, given) => isSamePlace(row, given),
    isUsed: ({ api, signal }, { id }) => api.any("listVolumes", { storageid: String(id) }, { signal }),
  },

  async create(context, given) {
    const { capacitybytes, capacityiops, ...others } = paramsOf(inputs, given);
    const params = { ...others, ...(await placeOf(context, given)), ...formOf(given) };
    const create = call("createStoragePool", { answer: "storagepool" });
    return createOnce(description, context, given, async () => {
      const row = await hidingKey(given.secretKey, () => send(context, create, params));
      if (capacitybytes === undefined && capacityiops === undefined) return liveOf(description, row);
      const id = String(row.id);
      context.created(id);
      // The create takes capacities and forgets them (`DefaultPrimary` believes its hosts).
      const update = call("updateStoragePool", { answer: "storagepool" });
      return liveOf(description, await send(context, update, { id, capacitybytes, capacityiops }));
    });
  },

  update(context, id, change) {
    // Nothing has changed where a create is to be finished that failed before the capacities were set.
    const changed = change.changed.size > 0 ? change.changed : new Set(["capacityGib", "capacityIops"] as const);
    return regularLifecycle(description).update(context, id, { ...change, changed });
  },

  delete: (context, id) => removePool(context, id, () => readRow(context, listing, id)),
};

export const storagePool = defineResource(description);

type Given = Values<typeof inputs>;

/** Where it belongs, with the pod that the server wants beside a cluster. */
async function placeOf({ api, signal }: Context<Client>, given: Given): Promise<Params> {
  if (given.scope === "zone") return { hypervisor: given.hypervisor ?? "KVM" };
  const [cluster] = await api.list("listClusters", { id: given.clusterId }, { signal });
  return { podid: cluster?.podid === undefined ? undefined : String(cluster.podid) };
}

/** Address, plugin and details, as each type wants them. */
function formOf(given: Given): Params {
  const { type, dataPool, fileSystem, krbdPath } = given;
  const path = (type === "glueFilesystem" ? given.path : given.pool) ?? "";
  const details = {
    provider: type === "rbd" ? undefined : glue,
    rbd_default_data_pool: dataPool,
    gluefsname: fileSystem,
  };
  return {
    url: urlOf({ ...given, path }),
    provider: type === "rbd" ? undefined : glue,
    krbdPath: type === "glueBlock" ? (krbdPath ?? "/dev/rbd") : undefined,
    ...Object.fromEntries(Object.entries(details).map(([key, value]) => [`details[0].${key}`, value])),
  };
}

function typeOf({ provider, type, details }: Row): "rbd" | "glueBlock" | "glueFilesystem" | undefined {
  const isGlue = provider === glue || detail(details, "provider") === glue;
  if (type === "RBD") return isGlue ? "glueBlock" : "rbd";
  return isGlue ? "glueFilesystem" : undefined;
}

function isSamePlace(row: Row, { monitors, pool, path, type, zoneId, name }: Given): boolean {
  const hosts = (of: readonly string[]) => [...of].sort().join();
  return (
    row.name === name &&
    row.zoneid === zoneId &&
    typeOf(row) === type &&
    hosts(String(row.ipaddress).split(",")) === hosts(monitors) &&
    bare(row.path) === bare(pool ?? path)
  );
}

function detail(details: unknown, key: string): string | undefined {
  const value = typeof details === "object" && details !== null ? Reflect.get(details, key) : undefined;
  return value === undefined ? undefined : String(value);
}

function bare(path: unknown): string {
  return String(path ?? "").replace(/^\//, "");
}

function oneHost(host: string): string | undefined {
  return /^([\w.-]+|\[[0-9a-f:]+\])$/i.test(host) ? undefined : "one host name or address; a port goes to `port`";
}

/** Which properties each type needs, and which mean nothing to it. */
const byType = {
  rbd: { needs: ["pool"], idle: ["fileSystem", "path", "krbdPath"] },
  glueBlock: { needs: ["pool"], idle: ["fileSystem", "path"] },
  glueFilesystem: { needs: ["path", "fileSystem"], idle: ["pool", "dataPool", "krbdPath"] },
} as const;

function checkType(given: PlainObject): Issue[] {
  const rules = byType[given.type as keyof typeof byType];
  if (rules === undefined) return [];
  const missing = rules.needs.filter((name) => given[name] === undefined);
  const idle = rules.idle.filter((name) => given[name] !== undefined);
  return [
    ...missing.map((path) => ({ path, reason: `is required for type ${given.type}` })),
    ...idle.map((path) => ({ path, reason: `means nothing for type ${given.type} → leave it out` })),
  ];
}

function checkScope(given: PlainObject): Issue[] {
  if (given.scope === UNKNOWN) return [];
  if (given.scope === "cluster") {
    return given.clusterId === undefined
      ? [{ path: "clusterId", reason: "is required for scope cluster → give the cluster's id" }]
      : [];
  }
  if (given.clusterId === undefined) return [];
  return [{ path: "clusterId", reason: "means nothing for scope zone → leave it out, or set scope to cluster" }];
}

/** The API takes 255 characters of address, key included. */
const longestUrl = 255;

function checkLength(given: PlainObject): Issue[] {
  const { monitors, user, secretKey, pool, path } = given;
  if (
    !Array.isArray(monitors) ||
    [...monitors, user, secretKey, pool ?? path].some((part) => typeof part !== "string")
  ) {
    return [];
  }
  const { length } = urlOf({ ...(given as Given), path: String(pool ?? path) });
  if (length <= longestUrl) return [];
  const reason = `make an address of ${length} characters with user, key and pool, and the server takes ${longestUrl} → name fewer monitors, or by shorter names`;
  return [{ path: "monitors", reason }];
}
