import { boolean, id, list, type Row, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { valuesOf } from "../wire.ts";
import { servicesOf } from "./get-network-offering.ts";
import { theOne } from "./lookup.ts";

const inputs = { name: text({ default: "Default VPC offering", doc: "Name of the offering." }) } as const;

const outputs = {
  id: id("network:VpcOffering", {}),
  name: text({ doc: "Name of the offering." }),
  displayText: text({ optional: true, doc: "Longer text." }),
  state: text({ doc: "Enabled or Disabled." }),
  isDefault: boolean({ doc: "Whether it came with the server." }),
  services: list(text({}), { decode: servicesOf, doc: "Services it offers." }),
} as const;

export const getVpcOffering = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:network:getVpcOffering",
  doc: "Finds a VPC offering by its name.",
  inputs,
  outputs,

  async call(context, given) {
    const matches = ({ name }: Row) => name === given.name;
    const query = { command: "listVPCOfferings", params: {}, matches, value: given.name };
    return valuesOf(outputs, await theOne(context, "a VPC offering", query));
  },
});
