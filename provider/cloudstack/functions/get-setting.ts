import { boolean, id, type Row, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { valuesOf } from "../wire.ts";
import { theOne } from "./lookup.ts";

const inputs = {
  name: text({ doc: "Name of the setting, such as vpc.max.networks." }),
  zoneId: id("infrastructure:Zone", { optional: true }),
  clusterId: id("infrastructure:Cluster", { optional: true }),
} as const;

const outputs = {
  value: text({
    decode: ({ value, defaultvalue }) => String(value ?? defaultvalue ?? ""),
    doc: "The value that is set, else the default.",
  }),
  isDynamic: boolean({ doc: "False: a change counts only after the management server restarts." }),
} as const;

export const getSetting = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:management:getSetting",
  doc: "A setting of the management server: the whole cloud's, or that of a zone or cluster.",
  inputs,
  outputs,

  async call(context, { name, zoneId, clusterId }) {
    // The name given also finds settings whose names contain it.
    const params = { name, zoneid: zoneId, clusterid: clusterId };
    const query = { command: "listConfigurations", params, matches: (row: Row) => row.name === name, value: name };
    return valuesOf(outputs, await theOne(context, "a setting", query));
  },
});
