import { list, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { devicesOf, domainsOf } from "../crush.ts";

const inputs = {
  domain: text({ default: "host", min: 1, doc: "Kind of bucket: osd, host, rack, row, room, datacenter." }),
  deviceClass: text({ optional: true, doc: "Only those with devices of this class: ssd, hdd, nvme." }),
  root: text({ optional: true, doc: "Only those below this root of the CRUSH tree." }),
} as const;

const outputs = {
  names: list(text({}), { doc: "Names of the failure domains that have a running device, sorted." }),
} as const;

export const getFailureDomains = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "ceph:cluster:getFailureDomains",
  doc: "Which hosts, racks and so on data can be spread over: erasure coding k + m needs as many.",
  inputs,
  outputs,

  async call(context, query) {
    return { names: domainsOf(await devicesOf(context), query) };
  },
});
