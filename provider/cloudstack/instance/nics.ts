/** Network interfaces of instances. */
import { id, ipv4, list, mac, object, text } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import { isList, isObject, type Plain, type PlainObject, UNKNOWN } from "../../core/values.ts";
import type { Client, Row } from "../client/client.ts";
import { indexedParams, type Params } from "../wire.ts";

/** A leg that the program wants. */
export interface WantedNic {
  readonly networkId: string;
  readonly ipAddress?: string | undefined;
  readonly macAddress?: string | undefined;
}

/** A leg that is there. */
interface Nic {
  readonly id: string;
  readonly networkId: string;
  readonly ipAddress?: string;
}

/**
 * A network that is made anew needs the place of the old one (its VLAN, its addresses), and no network can be deleted with an
 * instance in it: the instance goes first.
 */
const onUnknown = "replace";

const wanted = {
  networkId: id("network:Network", { onChange: "stops", onUnknown }),
  ipAddress: ipv4({
    optional: true,
    serverChooses: true,
    onChange: "stops",
    doc: "Fixed address. Default: any free one of the network.",
  }),
  macAddress: mac({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "Fixed hardware address. Default: the server chooses.",
  }),
} as const;

export const nicsInput = list(object("Nic", wanted, { onUnknown }), {
  min: 1,
  onUnknown,
  param: false,
  decode: (row) => nicsOf(row) as unknown as WantedNic[],
  rule: (nics) => {
    const networks = nics.map(({ networkId }) => networkId);
    const twice = networks.find((network, i) => networks.indexOf(network) !== i);
    return twice === undefined
      ? undefined
      : `an instance has one leg in a network, and network ${twice} is named twice`;
  },
  doc: "Its legs; the first is the default one, which must be in a network with user data service where user data or keys are given. Legs at the end are added and removed while it runs; a changed leg stops it.",
});

export const nicsOutput = list(
  object(
    "InstanceNic",
    {
      id: text({ doc: "Id of the interface." }),
      networkId: text({ doc: "Id of its network." }),
      ipAddress: ipv4({ optional: true, doc: "Address; none in layer 2 networks." }),
      macAddress: text({ doc: "Hardware address." }),
      gateway: ipv4({ optional: true, doc: "Router of the network." }),
      netmask: ipv4({ optional: true, doc: "Mask of the network." }),
    },
    {},
  ),
  {
    changesWith: ["nics"],
    decode: (row) => nicsOf(row) as never,
    doc: "Its legs as they are; the first is the default one.",
  },
);

/** The legs of an answer, the default one first, the others in the order of their devices. */
export function nicsOf(row: Row): PlainObject[] {
  const nics = Array.isArray(row.nic) ? row.nic.filter(isObject) : [];
  const place = (nic: Row) => (nic.isdefault === true ? -1 : Number(nic.deviceid ?? 0));
  return nics
    .toSorted((a, b) => place(a) - place(b))
    .map((nic) => {
      const { id, networkid, ipaddress, macaddress, gateway, netmask } = nic as Record<string, Plain>;
      const all = { id, networkId: networkid, ipAddress: ipaddress, macAddress: macaddress, gateway, netmask };
      return Object.fromEntries(
        Object.entries(all).filter((entry): entry is [string, Plain] => entry[1] !== undefined && entry[1] !== ""),
      );
    });
}

/** What is known of the legs before they are made: their networks and fixed addresses. */
export function previewNics(nics: Plain | undefined): PlainObject {
  if (nics === undefined || !isList(nics) || !nics.every(isObject)) return {};
  const legs = (nics as PlainObject[]).map(({ networkId = UNKNOWN, ipAddress = UNKNOWN, macAddress = UNKNOWN }) => ({
    id: UNKNOWN,
    networkId,
    ipAddress,
    macAddress,
    gateway: UNKNOWN,
    netmask: UNKNOWN,
  }));
  return { nics: legs, ipAddress: legs[0]?.ipAddress ?? UNKNOWN };
}

/** The legs as deployVirtualMachine wants them; the first of the list is the default one (recording 06). */
export function nicParams(nics: readonly WantedNic[]): Params {
  return indexedParams(
    "iptonetworklist",
    nics.map(({ networkId, ipAddress, macAddress }) => ({ networkid: networkId, ip: ipAddress, mac: macAddress })),
  );
}

/** Whether a leg that is there has to change, which is only possible while the instance is stopped. */
export function changesALeg(row: Row, nics: readonly WantedNic[]): boolean {
  return presentNics(row).some(({ networkId, ipAddress }, i) => {
    const now = nics[i];
    if (now === undefined) return false;
    return now.networkId !== networkId || (now.ipAddress !== undefined && now.ipAddress !== ipAddress);
  });
}

/** Whether the legs that are there, and their addresses, are not the wanted ones. */
export function nicsDiffer(row: Row, nics: readonly WantedNic[]): boolean {
  return presentNics(row).length !== nics.length || changesALeg(row, nics);
}

/** Makes the legs be the wanted ones: new ones first, then addresses and the default one, at last what is to go. */
export async function changeNics(context: Context<Client>, row: Row, nics: readonly WantedNic[]): Promise<void> {
  const { api, signal } = context;
  const virtualmachineid = String(row.id);
  const present = new Map(presentNics(row).map((nic) => [nic.networkId, nic]));

  for (const { networkId, ipAddress, macAddress } of nics) {
    if (present.has(networkId)) continue;
    const parameters = { virtualmachineid, networkid: networkId, ipaddress: ipAddress, macaddress: macAddress };
    const add = () => api.job("addNicToVirtualMachine", parameters, { signal });
    const { virtualmachine } = row.state === "Running" ? await api.gate.pass([networkId], add, signal) : await add();
    const added = presentNics(isObject(virtualmachine) ? virtualmachine : {}).find(
      (nic) => nic.networkId === networkId,
    );
    if (added) present.set(networkId, { ...added, ...(ipAddress && { ipAddress }) });
  }
  for (const { networkId, ipAddress } of nics) {
    const nic = present.get(networkId);
    if (nic === undefined || ipAddress === undefined || nic.ipAddress === ipAddress) continue;
    await api.job("updateVmNicIp", { nicid: nic.id, ipaddress: ipAddress }, { signal });
  }
  const first = nics[0] && present.get(nics[0].networkId);
  if (first && presentNics(row)[0]?.id !== first.id) {
    await api.job("updateDefaultNicForVirtualMachine", { virtualmachineid, nicid: first.id }, { signal });
  }
  for (const { id: nicid, networkId } of present.values()) {
    if (nics.some((nic) => nic.networkId === networkId)) continue;
    await api.job("removeNicFromVirtualMachine", { virtualmachineid, nicid }, { signal });
  }
}

function presentNics(row: Row): Nic[] {
  return nicsOf(row) as unknown as Nic[];
}
