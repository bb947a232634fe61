import { formatDate } from "../models/clock.ts";
import { failBare, invalid, rewrapped } from "../models/errors.ts";
import type { Cluster, StoragePool } from "../models/infrastructure.ts";
import { allocatedBytes, overprovisioning } from "../models/pools.ts";
import { stableUuid } from "../models/random.ts";
import {
  addPool,
  beginMaintenance,
  defaultProvider,
  deletePool,
  endMaintenance,
  finishMaintenance,
  setEnabled,
} from "../models/storage-pools.ts";
import { defined } from "../models/values.ts";
import type { World } from "../models/world.ts";
import { async, type Call, type Command, type JobShape, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import {
  type Arguments,
  boolean,
  flattened,
  integer,
  list,
  listParameters,
  map,
  ref,
  required,
  text,
} from "./parameters.ts";
import { podFields, zoneFields } from "./zones.ts";

/** A pool as the API shows it: never with the credentials of its url. */
function render(pool: StoragePool, { tables, world }: Call): JsonObject {
  const cluster = tables.clusters.get(pool.clusterId);
  const factor = overprovisioning(world, pool);
  return {
    id: pool.uuid,
    ...zoneFields(tables, pool.zoneId),
    ...(pool.podId === undefined ? {} : podFields(tables, pool.podId)),
    name: pool.name,
    ipaddress: pool.host,
    path: pool.path,
    created: formatDate(pool.created),
    type: pool.type,
    clusterid: cluster?.uuid,
    clustername: cluster?.name,
    capacitybytes: pool.sizeBytes,
    disksizetotal: pool.sizeBytes,
    disksizeallocated: allocatedBytes(world, pool),
    disksizeused: 0,
    ...(pool.iops ? { capacityiops: pool.iops.capacity, usediops: pool.iops.used } : {}),
    tags: pool.tags.length > 0 ? pool.tags.join(",") : undefined,
    istagarule: false,
    state: pool.state,
    scope: pool.scope,
    overprovisionfactor: Number.isInteger(factor) ? factor.toFixed(1) : String(factor),
    hypervisor: pool.hypervisor,
    provider: pool.provider,
    storagecapabilities: { VOLUME_SNAPSHOT_QUIESCEVM: "false" },
    managed: false,
    details: pool.details,
    krbdpath: pool.krbdPath,
    hasannotations: false,
  };
}

const creation = {
  name: required(text),
  url: required(text),
  zoneid: required(ref("zones")),
  scope: text,
  clusterid: ref("clusters"),
  podid: ref("pods"),
  hypervisor: text,
  provider: text,
  tags: text,
  details: map,
  // Taken and passed over: the default plugin believes its hosts. `updateStoragePool` is obeyed.
  capacitybytes: integer,
  capacityiops: integer,
  krbdpath: text,
};

const createStoragePool = sync({
  name: "createStoragePool",
  audience: "root-admin",
  parameters: creation,
  reply: "storagepool",
  run(call) {
    const { world, args } = call;
    try {
      const { name, url, zoneid: zone, krbdpath: krbdPath } = args;
      const tags = (args.tags ?? "").split(",").filter((tag) => tag !== "");
      const provider = args.provider ?? defaultProvider;
      if (!providers[world.flavor].includes(provider)) throw invalid(`can't find storage provider: ${provider}`);
      const order = { name, url, zone, tags, provider, details: flattened(args.details), krbdPath };
      return render(addPool(world, { ...order, ...placeOf(args, world) }), call);
    } catch (error) {
      // `CreateStoragePoolCmd` answers 530 even to wrong arguments.
      throw rewrapped(error, 530);
    }
  },
});

/** The storage plugins; a Mold server has its own beside CloudStack's. */
const providers: Readonly<Record<World["flavor"], readonly string[]>> = {
  cloudstack: [defaultProvider],
  mold: [defaultProvider, "ABLESTACK"],
};

const zoneWide = ["KVM", "VMware", "Hyperv", "LXC", "Any", "Simulator"];

/** `StorageManagerImpl.createPool`: a pool is for a cluster, or for all hosts of one hypervisor in a zone. */
function placeOf(args: Arguments<typeof creation>, { tables }: World): { cluster?: Cluster; hypervisor: string } {
  const scope = (args.scope ?? "CLUSTER").toUpperCase();
  if (scope === "CLUSTER") {
    const cluster = args.clusterid;
    if (cluster === undefined) throw invalid("cluster id can't be null, if scope is cluster");
    return { cluster, hypervisor: tables.clusters.need(cluster.id).hypervisor };
  }
  if (scope !== "ZONE") throw invalid(`invalid scope for pool ${args.scope}`);
  const wanted = args.hypervisor;
  if (wanted === undefined) {
    throw invalid("Missing parameter hypervisor. Hypervisor type is required to create zone wide primary storage.");
  }
  const hypervisor = zoneWide.find((name) => name.toLowerCase() === wanted.toLowerCase());
  if (hypervisor === undefined) {
    throw invalid(`Zone wide storage pool is not supported for hypervisor type ${wanted}`);
  }
  return { hypervisor };
}

const updateStoragePool = sync({
  name: "updateStoragePool",
  audience: "root-admin",
  parameters: {
    id: required(ref("storagePools")),
    name: text,
    tags: list,
    enabled: boolean,
    capacitybytes: integer,
    capacityiops: integer,
    details: map,
  },
  reply: "storagepool",
  run(call) {
    const { world, tables, args } = call;
    const pool = args.id;
    const { name, tags, capacitybytes: sizeBytes, capacityiops: capacity } = args;
    tables.storagePools.update(pool, {
      ...defined({ name: name === "" ? undefined : name, sizeBytes }),
      ...(capacity === undefined ? {} : { iops: { capacity, used: pool.iops?.used ?? 0 } }),
      ...(tags === undefined ? {} : { tags: tags.filter((tag) => tag !== "") }),
      ...(args.details === undefined ? {} : { details: { ...pool.details, ...flattened(args.details) } }),
    });
    if (args.enabled !== undefined) setEnabled(world, pool, args.enabled);
    return render(pool, call);
  },
});

const deleteStoragePool = sync({
  name: "deleteStoragePool",
  audience: "root-admin",
  parameters: { id: required(ref("storagePools")), forced: boolean },
  run({ world, args }) {
    deletePool(world, args.id, args.forced ?? false);
    return success;
  },
});

/** The jobs of maintenance; their class names say what the commands were once called, and so do their envelopes. */
const poolJob = (className: string): JobShape => ({ className: `admin.storage.${className}`, instance: "StoragePool" });
const poolQueue = (pool: StoragePool) => [`pool:${pool.id}`];

const enableStorageMaintenance = async({
  name: "enableStorageMaintenance",
  envelope: "prepareprimarystorageformaintenanceresponse",
  audience: "root-admin",
  parameters: { id: required(ref("storagePools")) },
  reply: "storagepool",
  job: poolJob("PreparePrimaryStorageForMaintenanceCmd"),
  target: ({ args }) => args.id,
  queues: poolQueue,
  begin: (pool, { world }) => beginMaintenance(world, pool),
  finish(pool, call) {
    finishMaintenance(call.world, pool);
    return render(pool, call);
  },
  failed(pool, { tables }) {
    if (pool.state === "PrepareForMaintenance") tables.storagePools.update(pool, { state: "Up" });
  },
});

const cancelStorageMaintenance = async({
  name: "cancelStorageMaintenance",
  envelope: "cancelprimarystoragemaintenanceresponse",
  audience: "root-admin",
  parameters: { id: required(ref("storagePools")) },
  reply: "storagepool",
  job: poolJob("CancelPrimaryStorageMaintenanceCmd"),
  target: ({ args }) => args.id,
  queues: poolQueue,
  finish(pool, call) {
    endMaintenance(call.world, pool);
    return render(pool, call);
  },
});

const listStoragePools = listing({
  name: "listStoragePools",
  audience: "root-admin",
  parameters: {
    ...listParameters,
    id: ref("storagePools"),
    name: text,
    path: text,
    ipaddress: text,
    zoneid: ref("zones"),
    podid: ref("pods"),
    clusterid: ref("clusters"),
    scope: text,
    status: text,
  },
  reply: "storagepool",
  rows: ({ tables, args }) => {
    const places = { zoneId: args.zoneid?.id, podId: args.podid?.id, clusterId: args.clusterid?.id };
    const status = poolStatus(args.status);
    const wanted = { name: args.name, path: args.path, host: args.ipaddress, scope: args.scope?.toUpperCase() };
    const found = tables.storagePools
      .only(args.id)
      .filter((pool) => fits(pool, { ...wanted, ...places, state: status }) && mentions(args.keyword, pool.name));
    return found.reverse(); // newest first, as recorded
  },
  render,
});

/** @throws {ApiError} 431 for a state that pools do not have */
function poolStatus(status: string | undefined): string | undefined {
  if (status === undefined) return undefined;
  const known = ["Up", "Disabled", "PrepareForMaintenance", "Maintenance"].find(
    (name) => name.toLowerCase() === status.toLowerCase(),
  );
  if (known === undefined) throw failBare(431, `No enum constant com.cloud.storage.StoragePoolStatus.${status}`);
  return known;
}

const listStorageTags = listing({
  name: "listStorageTags",
  audience: "root-admin",
  parameters: listParameters,
  reply: "storagetag",
  rows: ({ tables, args }) =>
    [...tables.storagePools.live()].flatMap((pool) =>
      pool.tags.filter((tag) => mentions(args.keyword, tag)).map((tag) => ({ pool, tag })),
    ),
  render: ({ pool, tag }) => ({ id: stableUuid(`tag/${pool.uuid}/${tag}`), name: tag, poolid: pool.id }),
});

export const storagePoolCommands: readonly Command[] = [
  createStoragePool,
  updateStoragePool,
  deleteStoragePool,
  enableStorageMaintenance,
  cancelStorageMaintenance,
  listStoragePools,
  listStorageTags,
];
