import type { Network } from "../models/network.ts";
import { isAvailableIn } from "../models/network-access.ts";
import { type Call, listing } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { networkFields } from "./network-fields.ts";
import { boolean, list, listParameters, map, ref, scopeParameters, text } from "./parameters.ts";
import { type VisibleAccounts, visibleAccounts } from "./scope.ts";
import { hasTags } from "./tag-fields.ts";

const parameters = {
  ...listParameters,
  ...scopeParameters,
  id: ref("networks"),
  name: text,
  type: text,
  acltype: text,
  forvpc: boolean,
  issystem: boolean,
  traffictype: text,
  networkfilter: text,
  networkofferingid: ref("networkOfferings"),
  physicalnetworkid: ref("physicalNetworks"),
  supportedservices: list,
  tags: map,
  vlan: text,
  vpcid: ref("vpcs"),
  zoneid: ref("zones"),
};

export const listNetworks = listing({
  name: "listNetworks",
  audience: "user",
  parameters,
  reply: "network",
  rows(call) {
    const { tables, args } = call;
    // Unlike other lists, this one does not show an administrator foreign things because their id is given (recording 03).
    const accounts = visibleAccounts({ ...call, args: { ...args, id: undefined } });
    const wanted = {
      id: args.id?.id,
      name: args.name,
      vpcId: args.vpcid?.id,
      zoneId: args.zoneid?.id,
      offeringId: args.networkofferingid?.id,
      physicalNetworkId: args.physicalnetworkid?.id,
      vlan: args.vlan === undefined ? undefined : Number(args.vlan),
    };
    if (args.issystem || (args.traffictype ?? "Guest").toLowerCase() !== "guest") return [];
    return tables.networks
      .filter(
        (network) =>
          sees(call, accounts, network) &&
          fits(network, wanted) &&
          hasKind(network, args) &&
          mentions(args.keyword, network.name) &&
          supports(call, network, args.supportedservices) &&
          hasTags(tables, "Network", network, args.tags),
      )
      .reverse();
  },
  render: networkFields,
});

function sees({ tables, caller }: Call, accounts: VisibleAccounts, network: Network): boolean {
  if (network.aclType === "Account") return accounts.has(network.accountId);
  return caller.isRootAdmin || isAvailableIn(tables, network, caller.domain);
}

function hasKind(
  network: Network,
  wanted: { type?: string | undefined; acltype?: string | undefined; forvpc?: boolean | undefined },
): boolean {
  return (
    (wanted.type === undefined || network.guestType.toLowerCase() === wanted.type.toLowerCase()) &&
    (wanted.acltype === undefined || network.aclType.toLowerCase() === wanted.acltype.toLowerCase()) &&
    (wanted.forvpc === undefined || (network.vpcId !== undefined) === wanted.forvpc)
  );
}

function supports({ tables }: Call, network: Network, services: readonly string[] | undefined): boolean {
  const offered = tables.networkOfferings.need(network.offeringId).services.map(({ name }) => name);
  return (services ?? []).every((service) => offered.includes(service));
}
