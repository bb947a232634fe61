import type { Json } from "../../cloudstack/models/jobs.ts";
import { findRule, type Host, type Osd, osdsOf } from "../models/crush.ts";
import { overhead } from "../models/pool.ts";
import { isSince } from "../models/release.ts";
import type { Tables } from "../models/tables.ts";
import { type Call, endpoint } from "./endpoint.ts";
import { flag, integer, text } from "./fields.ts";

const paging = { offset: integer, limit: integer, search: text, sort: text };

/** `controllers/host.py` and `osd.py`. Since Squid both lists come in pages: five hosts, ten OSDs, unless asked otherwise. */
export const hardwareEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/host",
    scope: "hosts",
    version: "1.3",
    fields: { sources: text, facts: flag, ...paging },
    run(call) {
      const hosts = [...call.tables.hosts.live()].sort((a, b) => (a.hostname < b.hostname ? -1 : 1));
      return page(call, hosts, 5, (host) => host.hostname).map(hostFields);
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/osd",
    scope: "osd",
    version: "1.1",
    fields: paging,
    run(call) {
      const osds = [...call.tables.osds.live()];
      return page(call, osds, 10, (osd) => String(osd.osdId)).map((osd) => osdFields(call.tables, osd));
    },
  }),
];

function page<R>(call: Call<typeof paging>, rows: readonly R[], pageSize: number, searched: (row: R) => string): R[] {
  const { args, world } = call;
  const found = rows.filter((row) => searched(row).includes(args.search ?? ""));
  call.setHeader("X-Total-Count", String(found.length));
  const offset = args.offset ?? 0;
  const limit = args.limit ?? (isSince(world.release, "squid") ? pageSize : -1);
  return limit < 0 ? found.slice(offset) : found.slice(offset, offset + limit);
}

function hostFields(host: Host): Json {
  return {
    hostname: host.hostname,
    addr: host.address,
    ceph_version: "",
    labels: host.labels,
    status: "",
    services: host.services.map((type) => ({ type, id: host.hostname })),
    service_instances: host.services.map((type) => ({ type, count: 1 })),
    service_type: "",
    sources: { ceph: true, orchestrator: true },
  };
}

function osdFields(tables: Tables, osd: Osd): Json {
  const used = usedBytes(tables, osd);
  return {
    osd: osd.osdId,
    id: osd.osdId,
    uuid: osd.uuid,
    up: Number(osd.up),
    in: Number(osd.in),
    weight: 1,
    state: ["exists", ...(osd.up ? ["up"] : [])],
    tree: {
      id: osd.osdId,
      device_class: osd.deviceClass,
      type: "osd",
      type_id: 0,
      name: `osd.${osd.osdId}`,
      status: osd.up ? "up" : "down",
    },
    host: { id: -2, name: osd.hostname, type: "host", type_id: 1 },
    stats: {
      op_w: 0,
      op_in_bytes: 0,
      op_r: 0,
      op_out_bytes: 0,
      numpg: 0,
      stat_bytes: osd.bytes,
      stat_bytes_used: used,
    },
    stats_history: {},
    operational_status: "working",
  };
}

/** Its share of what the pools on it hold, spread by size. */
function usedBytes(tables: Tables, osd: Osd): number {
  let used = 0;
  for (const pool of tables.pools.live()) {
    const rule = findRule(tables, pool.rule);
    const osds = rule ? osdsOf(tables, rule) : [];
    if (!osds.includes(osd)) continue;
    const total = osds.reduce((sum, { bytes }) => sum + bytes, 0);
    used += (pool.storedBytes * overhead(tables, pool) * osd.bytes) / total;
  }
  return Math.round(used);
}
