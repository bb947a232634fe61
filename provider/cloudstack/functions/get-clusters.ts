import { id, list, number, object, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { paramsOf, valuesOf } from "../wire.ts";

const cluster = object(
  "Cluster",
  {
    id: id("infrastructure:Cluster", {}),
    name: text({ doc: "Name of the cluster." }),
    zoneId: id("infrastructure:Zone", {}),
    podId: id("infrastructure:Pod", { optional: true }),
    hypervisor: text({ optional: true, from: "hypervisortype", doc: "Hypervisor of its hosts." }),
    allocationState: text({ optional: true, doc: "Enabled or Disabled." }),
    cpuOvercommitRatio: number({ optional: true, doc: "How often each processor is given away." }),
    memoryOvercommitRatio: number({ optional: true, doc: "How often memory is given away." }),
  },
  {},
);

const inputs = {
  zoneId: id("infrastructure:Zone", { optional: true }),
  podId: id("infrastructure:Pod", { optional: true }),
  name: text({ optional: true, doc: "Only the cluster of this name." }),
} as const;

const outputs = { clusters: list(cluster, { doc: "The clusters, by name." }) } as const;

export const getClusters = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:infrastructure:getClusters",
  doc: "Clusters of hosts, with how much they overcommit. For administrators.",
  inputs,
  outputs,

  async call({ api, signal }, given) {
    const rows = await api.list("listClusters", paramsOf(inputs, given), { signal });
    const sorted = rows.toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1));
    return valuesOf(outputs, { clusters: sorted });
  },
});
