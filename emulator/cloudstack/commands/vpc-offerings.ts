import { formatDate } from "../models/clock.ts";
import type { VpcOffering } from "../models/offerings.ts";
import { type Command, type JsonObject, listing } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { boolean, list, listParameters, ref, text } from "./parameters.ts";

function render(offering: VpcOffering): JsonObject {
  return {
    id: offering.uuid,
    name: offering.name,
    displaytext: offering.displayText,
    created: formatDate(offering.created),
    isdefault: offering.isDefault,
    state: offering.state,
    service: offering.services.map(({ name, providers }) => ({
      name,
      provider: providers.map((provider) => ({ name: provider })),
    })),
    distributedvpcrouter: false,
    supportsregionLevelvpc: false,
    fornsx: false,
    internetprotocol: "IPv4",
    specifyasnumber: false,
  };
}

const listVPCOfferings = listing({
  name: "listVPCOfferings",
  audience: "user",
  parameters: {
    ...listParameters,
    id: ref("vpcOfferings"),
    name: text,
    displaytext: text,
    state: text,
    isdefault: boolean,
    supportedservices: list,
    zoneid: ref("zones"),
  },
  reply: "vpcoffering",
  rows: ({ tables, args }) =>
    tables.vpcOfferings.only(args.id).filter(
      (offering) =>
        fits(offering, {
          id: args.id?.id,
          name: args.name,
          displayText: args.displaytext,
          state: args.state,
          isDefault: args.isdefault,
        }) &&
        (args.supportedservices ?? []).every((name) => offering.services.some((service) => service.name === name)) &&
        mentions(args.keyword, offering.name, offering.displayText),
    ),
  render,
});

export const vpcOfferingCommands: readonly Command[] = [listVPCOfferings];
