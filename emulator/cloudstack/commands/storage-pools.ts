import { formatDate } from "../models/clock.ts";
import type { StoragePool } from "../models/infrastructure.ts";
import { settingValue } from "../models/settings.ts";
import { type Call, type Command, type JsonObject, listing } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { listParameters, ref, text } from "./parameters.ts";
import { podFields, zoneFields } from "./zones.ts";

function render(pool: StoragePool, { tables, world }: Call): JsonObject {
  const cluster = tables.clusters.need(pool.clusterId);
  const factor = Number(
    settingValue(world, "storage.overprovisioning.factor", { scope: "storagepool", scopeId: pool.id }),
  );
  return {
    id: pool.uuid,
    ...zoneFields(tables, pool.zoneId),
    ...podFields(tables, pool.podId),
    name: pool.name,
    ipaddress: pool.host,
    path: pool.path,
    created: formatDate(pool.created),
    type: pool.type,
    clusterid: cluster.uuid,
    clustername: cluster.name,
    capacitybytes: pool.sizeBytes,
    disksizetotal: pool.sizeBytes,
    disksizeallocated: tables.volumes.where("poolId", pool.id).reduce((sum, volume) => sum + volume.size, 0),
    disksizeused: 0,
    ...(pool.iops ? { capacityiops: pool.iops.capacity, usediops: pool.iops.used } : {}),
    tags: pool.tags.length > 0 ? pool.tags.join(",") : undefined,
    istagarule: false,
    state: "Up",
    scope: "CLUSTER",
    overprovisionfactor: Number.isInteger(factor) ? factor.toFixed(1) : String(factor),
    hypervisor: cluster.hypervisor,
    provider: "DefaultPrimary",
    storagecapabilities: { VOLUME_SNAPSHOT_QUIESCEVM: "false" },
    managed: false,
    details: {},
    hasannotations: false,
  };
}

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
    const isUp = (args.status ?? "Up") === "Up" && (args.scope ?? "CLUSTER").toUpperCase() === "CLUSTER";
    const found = tables.storagePools.filter(
      (pool) =>
        isUp &&
        fits(pool, { id: args.id?.id, name: args.name, path: args.path, host: args.ipaddress, ...places }) &&
        mentions(args.keyword, pool.name),
    );
    return found.reverse(); // newest first, as recorded
  },
  render,
});

export const storagePoolCommands: readonly Command[] = [listStoragePools];
