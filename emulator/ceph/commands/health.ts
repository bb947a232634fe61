import type { Json } from "../../cloudstack/models/jobs.ts";
import { fsidOf } from "../models/cluster.ts";
import { bucketTypes, crushNodes } from "../models/crush.ts";
import { healthOf } from "../models/health.ts";
import { overhead, pgStates } from "../models/pool.ts";
import { releases } from "../models/release.ts";
import type { Tables } from "../models/tables.ts";
import type { World } from "../models/world.ts";
import { endpoint } from "./endpoint.ts";
import { text } from "./fields.ts";
import { poolFields, usageOf } from "./pool-fields.ts";

/** `controllers/health.py`, `summary.py`, `task.py`. */
export const healthEndpoints = [
  endpoint({ method: "GET", path: "/api/health/minimal", fields: {}, run: ({ world }) => healthReport(world, true) }),
  endpoint({ method: "GET", path: "/api/health/full", fields: {}, run: ({ world }) => healthReport(world, false) }),
  endpoint({
    method: "GET",
    path: "/api/health/get_cluster_capacity",
    fields: {},
    run({ tables }) {
      const { total, used, objects } = capacity(tables);
      return {
        total_avail_bytes: total - used,
        total_bytes: total,
        total_used_raw_bytes: used,
        total_objects: objects,
        total_pool_bytes_used: used,
        average_object_size: objects === 0 ? 0 : used / objects,
      };
    },
  }),
  endpoint({ method: "GET", path: "/api/health/get_cluster_fsid", fields: {}, run: ({ tables }) => fsidOf(tables) }),
  endpoint({
    method: "GET",
    path: "/api/summary",
    fields: {},
    run({ world, tables }) {
      const active = world.managers.active;
      return {
        health_status: healthOf(tables).status,
        mgr_id: active?.name ?? "",
        mgr_host: active?.url ?? "",
        have_mon_connection: "true",
        ...world.tasks.list(undefined),
        version: releases[world.release].version,
        rbd_mirroring: { warnings: 0, errors: 0 },
      };
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/task",
    fields: { name: text },
    run: ({ world, args }) => world.tasks.list(args.name),
  }),
];

function healthReport({ tables, managers }: World, minimal: boolean): Json {
  const { total, used, objects } = capacity(tables);
  const pools = [...tables.pools.live()];
  const services = (name: string) => tables.hosts.filter((host) => host.services.includes(name)).length;
  const statuses: Record<string, number> = {};
  for (const pool of pools) {
    for (const [state, count] of Object.entries(pgStates(tables, pool)))
      statuses[state] = (statuses[state] ?? 0) + count;
  }
  const replicas = pools.reduce((sum, pool) => sum + pool.pgNum * pool.size, 0);
  const osds = [...tables.osds.live()];
  const stats = { total_avail_bytes: total - used, total_bytes: total, total_used_raw_bytes: used };
  return {
    client_perf: {
      read_bytes_sec: 0,
      read_op_per_sec: 0,
      recovering_bytes_per_sec: 0,
      write_bytes_sec: 0,
      write_op_per_sec: 0,
    },
    df: minimal
      ? { stats }
      : { stats, pools: pools.map((pool) => ({ name: pool.name, id: pool.id, stats: usageOf(tables, pool) })) },
    fs_map: {
      filesystems: [...tables.filesystems.live()].map(({ id, name }) => ({ id, mdsmap: { fs_name: name, info: {} } })),
      standbys: Array.from({ length: services("mds") }, () => ({})),
    },
    health: healthOf(tables) as unknown as Json,
    hosts: tables.hosts.size,
    iscsi_daemons: { up: 0, down: 0 },
    mgr_map: {
      active_name: managers.active?.name ?? "",
      standbys: managers.all.filter((one) => one.up && one !== managers.active).map(({ name }) => ({ name })),
    },
    mon_status: {
      monmap: { mons: Array.from({ length: services("mon") }, () => ({})) },
      quorum: Array.from({ length: services("mon") }, (_, index) => index),
    },
    osd_map: {
      ...(minimal ? {} : { tree: { nodes: crushTree(tables), stray: [] } }),
      osds: osds.map((osd) => ({
        in: Number(osd.in),
        up: Number(osd.up),
        state: ["exists", ...(osd.up ? ["up"] : [])],
      })),
    },
    pg_info: {
      object_stats: {
        num_objects: objects,
        num_object_copies: objects * 3,
        num_objects_degraded: 0,
        num_objects_misplaced: 0,
        num_objects_unfound: 0,
      },
      pgs_per_osd: osds.length === 0 ? 0 : replicas / osds.length,
      statuses,
    },
    pools: minimal ? pools.map(() => ({})) : pools.map((pool) => poolFields(tables, pool, true)),
    rgw: services("rgw"),
    scrub_status: "Inactive",
  };
}

function capacity(tables: Tables): { total: number; used: number; objects: number } {
  let total = 0;
  for (const osd of tables.osds.live()) if (osd.in) total += osd.bytes;
  let used = 0;
  let objects = 0;
  for (const pool of tables.pools.live()) {
    used += Math.round(pool.storedBytes * overhead(tables, pool));
    objects += pool.objects;
  }
  return { total, used, objects };
}

/** `osd_map_tree`: the buckets above the OSDs, which no other endpoint tells. */
function crushTree(tables: Tables): Json {
  return crushNodes(tables).map(({ id, name, type, children, osd }) => ({
    id,
    name,
    type,
    type_id: bucketTypes[type],
    ...(osd
      ? {
          device_class: osd.deviceClass,
          crush_weight: osd.bytes / 1024 ** 4,
          status: osd.up ? "up" : "down",
          reweight: 1,
        }
      : { children }),
  }));
}
