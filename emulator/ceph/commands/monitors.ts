import { fsidOf } from "../models/cluster.ts";
import { endpoint } from "./endpoint.ts";

/** `controllers/monitor.py`: every monitor is in the quorum here. */
export const monitorEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/monitor",
    scope: "monitor",
    fields: {},
    run({ tables }) {
      const hosts = tables.hosts.filter(({ services }) => services.includes("mon"));
      const mons = hosts.map(({ hostname, address }, rank) => ({
        rank,
        name: hostname,
        public_addrs: {
          addrvec: [
            { type: "v2", addr: `${address}:3300`, nonce: 0 },
            { type: "v1", addr: `${address}:6789`, nonce: 0 },
          ],
        },
        addr: `${address}:6789/0`,
        public_addr: `${address}:6789/0`,
        priority: 0,
        weight: 0,
        stats: { num_sessions: [] },
      }));
      return {
        mon_status: { monmap: { fsid: fsidOf(tables), mons }, quorum: mons.map(({ rank }) => rank) },
        in_quorum: mons,
        out_quorum: [],
      };
    },
  }),
];
