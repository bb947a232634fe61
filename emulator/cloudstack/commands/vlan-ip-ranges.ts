import type { Network } from "../models/network.ts";
import { stableUuid } from "../models/random.ts";
import { systemNetworks } from "../models/routers.ts";
import type { Tables } from "../models/tables.ts";
import { type Command, type JsonObject, listing } from "./command.ts";
import { boolean, listParameters, ref } from "./parameters.ts";

interface Range {
  readonly zoneId: number;
  readonly physicalNetworkId: number;
  /** Of a shared network; without it the range is public. */
  readonly network?: Network;
  readonly shown: JsonObject;
}

/** The zones' public ranges, and those of shared networks, oldest first. */
function rangesOf(tables: Tables): Range[] {
  const ofZones = [...tables.publicRanges.live()].map(({ uuid, zoneId, physicalNetworkId, ...range }): Range => {
    const { vlan, gateway, netmask, startIp, endIp } = range;
    const shown = { id: uuid, forvirtualnetwork: true, vlan: `vlan://${vlan}`, gateway, netmask };
    return {
      zoneId,
      physicalNetworkId,
      shown: { ...shown, startip: startIp, endip: endIp, networkid: systemNetworks.public },
    };
  });
  const shared = tables.networks.filter(({ startIp }) => startIp !== undefined);
  const ofNetworks = shared.map((network): Range => {
    const { uuid, zoneId, physicalNetworkId, vlan, gateway, netmask, startIp, endIp } = network;
    const shown = {
      id: stableUuid(`range/${uuid}`),
      forvirtualnetwork: false,
      vlan: `vlan://${vlan}`,
      gateway,
      netmask,
    };
    return { zoneId, physicalNetworkId, network, shown: { ...shown, startip: startIp, endip: endIp, networkid: uuid } };
  });
  return [...ofZones, ...ofNetworks];
}

/** After `ApiResponseHelper.createVlanIpRangeResponse`; there is no recording of it. */
const listVlanIpRanges = listing({
  name: "listVlanIpRanges",
  audience: "root-admin",
  parameters: {
    ...listParameters,
    forvirtualnetwork: boolean,
    networkid: ref("networks"),
    physicalnetworkid: ref("physicalNetworks"),
    zoneid: ref("zones"),
  },
  reply: "vlaniprange",
  rows: ({ tables, args }) =>
    rangesOf(tables).filter(
      ({ zoneId, physicalNetworkId, network }) =>
        (args.zoneid === undefined || zoneId === args.zoneid.id) &&
        (args.physicalnetworkid === undefined || physicalNetworkId === args.physicalnetworkid.id) &&
        (args.networkid === undefined || network?.id === args.networkid.id) &&
        (args.forvirtualnetwork === undefined || (network === undefined) === args.forvirtualnetwork),
    ),
  render: ({ zoneId, physicalNetworkId, shown }, { tables }) => ({
    ...shown,
    zoneid: tables.zones.need(zoneId).uuid,
    physicalnetworkid: tables.physicalNetworks.need(physicalNetworkId).uuid,
    forsystemvms: false,
  }),
});

export const vlanIpRangeCommands: readonly Command[] = [listVlanIpRanges];
