import { ProviderError } from "../../core/errors.ts";
import { boolean, id, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { valuesOf } from "../wire.ts";
import { theOne } from "./lookup.ts";

const inputs = {
  name: text({ optional: true, doc: "Name of the zone." }),
  id: id("infrastructure:Zone", { optional: true }),
} as const;

const outputs = {
  id: id("infrastructure:Zone", {}),
  name: text({ doc: "Name of the zone." }),
  networkType: text({ doc: "Advanced or Basic." }),
  allocationState: text({ doc: "Enabled or Disabled." }),
  securityGroupsEnabled: boolean({ doc: "Whether security groups filter between instances." }),
  localStorageEnabled: boolean({ doc: "Whether disks may live on a host's own storage." }),
  dns1: text({ optional: true, doc: "First name server of instances." }),
  internalDns1: text({ optional: true, doc: "First name server of the system's own instances." }),
  guestCidr: text({ optional: true, from: "guestcidraddress", doc: "Default network of isolated networks." }),
} as const;

export const getZone = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:infrastructure:getZone",
  doc: "Finds a zone by its name or id.",
  inputs,
  outputs,

  async call(context, given) {
    if (given.name === undefined && given.id === undefined) {
      throw new ProviderError({
        what: "look-up of a zone",
        rule: "neither name nor id is given",
        remedy: "give one of them",
      });
    }
    const row = await theOne(context, "a zone", {
      command: "listZones",
      params: {},
      matches: ({ name, id }) => (given.name ?? name) === name && (given.id ?? id) === id,
      value: given.name ?? given.id ?? "",
    });
    return valuesOf(outputs, row);
  },
});
