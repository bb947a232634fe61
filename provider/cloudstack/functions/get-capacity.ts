import { id, integer, list, number, object, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { paramsOf, valuesOf } from "../wire.ts";

const capacity = object(
  "Capacity",
  {
    type: integer({
      doc: "CloudStack's number of the kind: 0 memory, 1 CPU, 3 allocated storage, 4 public addresses, 7 VLANs, 19 GPUs, 90 CPU cores.",
    }),
    name: text({ doc: "CloudStack's word for the kind." }),
    zoneId: id("infrastructure:Zone", { optional: true }),
    clusterId: id("infrastructure:Cluster", { optional: true }),
    total: number({ from: "capacitytotal", doc: "What there is: bytes, MHz or pieces, overcommit included." }),
    used: number({ from: "capacityused", doc: "What is in use." }),
    allocated: number({ optional: true, from: "capacityallocated", doc: "What is given away." }),
    percentUsed: number({ optional: true, doc: "Share in use." }),
  },
  {},
);

const inputs = {
  zoneId: id("infrastructure:Zone", { optional: true }),
  podId: id("infrastructure:Pod", { optional: true }),
  clusterId: id("infrastructure:Cluster", { optional: true }),
} as const;

const outputs = { capacities: list(capacity, { doc: "One entry for each kind and part of the cloud." }) } as const;

export const getCapacity = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:infrastructure:getCapacity",
  doc: "How much of everything there is and how much is used. For administrators.",
  inputs,
  outputs,

  async call({ api, signal }, given) {
    const rows = await api.list("listCapacity", paramsOf(inputs, given), { signal });
    return valuesOf(outputs, { capacities: rows });
  },
});
