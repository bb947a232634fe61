import { id, integer, list, object, type Row, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { paramsOf, valuesOf } from "../wire.ts";

const bytesPerMib = 2 ** 20;

function mib(name: string) {
  return (row: Row) => (typeof row[name] === "number" ? Math.floor(row[name] / bytesPerMib) : undefined);
}

const host = object(
  "Host",
  {
    id: id("infrastructure:Host", {}),
    name: text({ doc: "Name of the host." }),
    state: text({ doc: "Up, Down, Disconnected, …" }),
    resourceState: text({ doc: "Enabled, Disabled, Maintenance, …" }),
    hypervisor: text({ optional: true, doc: "Its hypervisor." }),
    zoneId: id("infrastructure:Zone", {}),
    podId: id("infrastructure:Pod", { optional: true }),
    clusterId: id("infrastructure:Cluster", { optional: true }),
    cpuNumber: integer({ unit: "cores", doc: "Cores." }),
    cpuSpeedMhz: integer({ param: "cpuspeed", unit: "MHz", doc: "Speed of a core." }),
    cpuAllocatedMhz: integer({ optional: true, from: "cpuallocatedvalue", unit: "MHz", doc: "Given to instances." }),
    memoryMib: integer({ unit: "MiB", decode: mib("memorytotal"), doc: "Memory." }),
    memoryAllocatedMib: integer({
      optional: true,
      unit: "MiB",
      decode: mib("memoryallocatedbytes"),
      doc: "Given to instances.",
    }),
    gpus: integer({ optional: true, from: "gputotal", doc: "GPU devices." }),
    gpusUsed: integer({ optional: true, from: "gpuused", doc: "GPU devices given to instances." }),
    hostTags: list(text({}), { optional: true, from: "hosttags", doc: "Tags." }),
  },
  {},
);

const inputs = {
  zoneId: id("infrastructure:Zone", { optional: true }),
  clusterId: id("infrastructure:Cluster", { optional: true }),
  hypervisor: text({ optional: true, doc: "Only hosts with this hypervisor." }),
  name: text({ optional: true, doc: "Only the host of this name." }),
} as const;

const outputs = { hosts: list(host, { doc: "The hosts, by name." }) } as const;

export const getHosts = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:infrastructure:getHosts",
  doc: "Hosts that run instances, with what they have and what of it is given away. For administrators.",
  inputs,
  outputs,

  async call({ api, signal }, given) {
    const rows = await api.list("listHosts", { ...paramsOf(inputs, given), type: "Routing" }, { signal });
    const sorted = rows.sort((a, b) => String(a.name).localeCompare(String(b.name)));
    return valuesOf(outputs, { hosts: sorted });
  },
});
