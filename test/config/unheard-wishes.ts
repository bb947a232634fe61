import { machine } from "./bad-profiles.ts";

/** Names that would make two things one, and wishes that would go unheard: as what is laid over demo-cpu, in one place each. */

/** Pools of the platform's, of blocks where nothing else is said. */
const poolsOf = (...pools: { key: string; name: string; kind?: string }[]) => ({
  storage: { pools: pools.map((pool) => ({ kind: "block", tier: "hot", size: "10 GiB", ...pool })) },
});
const rule = { key: "one", kind: "together", strict: false, roles: ["gateway"] };

/** The overrides, and the one mistake that must come of them: its path and a part of its rule or remedy. */
export const unheardWishes: [what: string, overrides: unknown, path: string, says: string][] = [
  [
    "a zone called like a tenant's",
    { network: { zones: [{ key: "tenant-a", vlan: 70, cidr: "10.0.7.0/24" }] } },
    "network.zones[tenant-a].key",
    "none of its words is tenant",
  ],
  [
    "a zone without room for a machine",
    { network: { zones: { management: { cidr: "10.0.100.0/31" } } } },
    "network.zones[management].cidr",
    "at most 30",
  ],
  ["a pool called like a tenant's", poolsOf({ key: "tenant-a", name: "x" }), "storage.pools[tenant-a].key", "tenant"],
  ["a pool with a tenant's name", poolsOf({ key: "x", name: "tenant-a-ai" }), "storage.pools[x].name", "tenant"],
  [
    "a pool that is a tenant's own",
    { storage: { ...poolsOf({ key: "x", name: "data-a" }).storage, tenantPool: "data-{key}" } },
    "storage.pools[x].name",
    "a tenant's own pool",
  ],
  ["a pool twice", poolsOf({ key: "x", name: "y" }, { key: "x", name: "z" }), "storage.pools[x].key", "this key"],
  [
    "a pool's name twice",
    poolsOf({ key: "x", name: "y" }, { key: "z", name: "y" }),
    "storage.pools[z].name",
    "another pool has this one",
  ],
  [
    "pools with one user",
    poolsOf({ key: "x", name: "y" }, { key: "z", name: "x", kind: "files" }),
    "storage.pools[z].name",
    "client.x",
  ],
  ["a pool of the cluster's administrator", poolsOf({ key: "admin", name: "y" }), "storage.pools[admin].key", "admin"],
  [
    "a placement rule twice",
    { placement: [rule, { ...rule, roles: ["router"] }] },
    "placement[one].key",
    "two rules have this key",
  ],
  [
    "a placement rule called like the replicas' own",
    { placement: [{ ...rule, key: "router" }] },
    "placement[router].key",
    "write e.g. router-rule",
  ],
  [
    "a role twice",
    { edge: { machines: { "ai-router-01": { roles: ["router", "router"] } } } },
    "edge.machines[ai-router-01].roles",
    "each role once",
  ],
  [
    "a second address in one zone",
    { edge: { machines: { "ai-gateway-01": { addresses: ["10.0.5.131", "10.0.5.132"] } } } },
    "edge.machines[ai-gateway-01].addresses[1]",
    "10.0.5.131 already",
  ],
  [
    "a public address with nobody behind it",
    { edge: { machines: { "ai-gateway-01": null } } },
    "edge.machines",
    "at least one machine with the role gateway",
  ],
  ["a fallback that is nobody", { tenants: { a: { fallback: "ai-infer-09" } } }, "tenants[a].fallback", "ai-shared-01"],
  [
    "a burst below what is the tenant's anyway",
    { tenants: { a: { gpu: { dedicated: "8 GiB", jobs: 1, burst: "4 GiB" } } } },
    "tenants[a].gpu.burst",
    "at least the 8 GiB",
  ],
  [
    "memory that is no whole number of MiB",
    { gate: { machines: { "dqg-01": { memory: "4.1 GiB" } } } },
    "gate.machines[dqg-01].memory",
    "whole number of MiB",
  ],
  ["a time zone that is none", { platform: { timezone: "Asia/Soul" } }, "platform.timezone", "tz database"],
  ["a time zone that is spelled otherwise", { platform: { timezone: "Asia/SEOUL" } }, "platform.timezone", "spelled"],
  [
    "hosts that are watched in no cluster",
    { infrastructure: { hostHa: { detectionSeconds: 30 } } },
    "infrastructure.hostHa",
    "write cluster: all",
  ],
  [
    "a key of another kind of pool",
    { storage: { pools: [{ key: "x", name: "y", kind: "block", tier: "hot", size: "1 GiB", erasures: {} }] } },
    "storage.pools[x].erasures",
    "the keys here are key, name, tier, size",
  ],
  [
    "a kind of pool that is none",
    poolsOf({ key: "x", name: "y", kind: "file" }),
    "storage.pools[x].kind",
    "one of block, files, objects",
  ],
  ["an unknown key where nothing need be said", { guests: { sofware: true } }, "guests.sofware", "write software"],
  [
    "one name for several hosts",
    { infrastructure: { hosts: { host: { server: "kvm1" } } } },
    "infrastructure.hosts[host].server",
    "one host's",
  ],
  [
    "devices of cards that are not there",
    {
      infrastructure: {
        hosts: [
          {
            name: "gpu",
            cores: 64,
            memory: "256 GiB",
            gpus: [{ card: "A100-40", count: 1, devices: [{ address: "3b:00.0" }, { address: "5e:00.0" }] }],
          },
        ],
      },
    },
    "infrastructure.hosts[gpu].gpus",
    "no more devices than cards",
  ],
  [
    "a machine of the platform's that is called a tenant's",
    {
      gate: {
        machines: {
          "tenant-a-dqg-01": { roles: ["process"], zones: ["ai"], cpus: 2, memory: "4 GiB", addresses: ["10.0.5.99"] },
        },
      },
    },
    "gate.machines[tenant-a-dqg-01].name",
    "it is the platform's",
  ],
  [
    "a tenant's machine that is called another's",
    { tenants: { a: { machines: { "tenant-b-data-02": machine } } } },
    "tenants[a].machines[tenant-b-data-02].name",
    "it is tenant a's",
  ],
  [
    "a folder of the system's",
    { gate: { machines: { "dqg-01": { data: { folders: ["/usr"] } } } } },
    "gate.machines[dqg-01].data.folders[0]",
    "none of the system's own",
  ],
  [
    "a folder within one of the system's",
    { gate: { machines: { "dqg-01": { data: { folders: ["/etc/dqg"] } } } } },
    "gate.machines[dqg-01].data.folders[0]",
    "none of the system's own",
  ],
  [
    "a tenant's data in a pool of the platform's",
    {
      ...poolsOf({ key: "shared", name: "shared" }),
      tenants: { a: { machines: { "ai-a-data-01": { data: { pool: "shared" } } } } },
    },
    "tenants[a].machines[ai-a-data-01].data.pool",
    "the tenant's own pool",
  ],
];
