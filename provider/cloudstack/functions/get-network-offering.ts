import { boolean, id, list, type Row, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import { isObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { valuesOf } from "../wire.ts";
import { theOne } from "./lookup.ts";

const inputs = { name: text({ min: 1, doc: "Name of the offering." }) } as const;

const outputs = {
  id: id("network:NetworkOffering", {}),
  name: text({ doc: "Name of the offering." }),
  displayText: text({ optional: true, doc: "Longer text." }),
  state: text({ doc: "Enabled or Disabled." }),
  guestIpType: text({ doc: "Isolated, Shared or L2." }),
  forVpc: boolean({ doc: "For tiers of a VPC." }),
  specifyVlan: boolean({ doc: "Whether a network names its own VLAN." }),
  services: list(text({}), { decode: servicesOf, doc: "Services it offers." }),
} as const;

export const getNetworkOffering = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:network:getNetworkOffering",
  doc: "Finds a network offering by its name.",
  inputs,
  outputs,

  async call(context, given) {
    const matches = ({ name }: Row) => name === given.name;
    const query = { command: "listNetworkOfferings", params: {}, matches, value: given.name };
    return valuesOf(outputs, await theOne(context, "a network offering", query));
  },
});

/** Names of the services of an offering. */
export function servicesOf({ service }: Row): string[] {
  return Array.isArray(service)
    ? service
        .filter(isObject)
        .map(({ name }) => String(name))
        .sort()
    : [];
}
