import { list, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { knownToGateway, siteOf } from "../placement.ts";

const outputs = {
  names: list(text({}), { doc: "Placement targets that the running gateway knows." }),
  zone: text({ doc: "Zone that the gateway serves." }),
  zonegroup: text({ doc: "Zone group of this zone." }),
  realm: text({
    optional: true,
    doc: "Realm that changes are committed to. Not given: the gateways have none, and placement targets are made with `radosgw-admin`.",
  }),
} as const;

export const getPlacementTargets = defineFunction<Client, Record<never, never>, typeof outputs>({
  token: "ceph:rgw:getPlacementTargets",
  doc: "Where the object gateway can put buckets, and whether more such places can be made through the dashboard.",
  inputs: {},
  outputs,

  async call(context) {
    const [{ realm, zone, zonegroup }, { names }] = await Promise.all([siteOf(context), knownToGateway(context)]);
    return { names, zone, zonegroup, ...(realm === "" ? {} : { realm }) };
  },
});
