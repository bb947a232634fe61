import { failBare, invalid } from "../models/errors.ts";
import { addNic } from "../models/guest-addresses.ts";
import type { Account } from "../models/identity.ts";
import type { Instance } from "../models/instance.ts";
import { parseAddress } from "../models/ipv4.ts";
import type { Network } from "../models/network.ts";
import { checkMayUse } from "../models/network-access.ts";
import type { Tables } from "../models/tables.ts";
import type { Call } from "./command.ts";
import { map, refs, text } from "./parameters.ts";

export const nicParameters = { networkids: refs("networks"), iptonetworklist: map, ipaddress: text, macaddress: text };

/** One card that a deployment asks for; the first of them is the default one. */
export interface WantedNic {
  readonly network: Network;
  readonly ip: string | undefined;
  readonly mac: string | undefined;
}

/** The cards that a call asks for, in order. @throws {ApiError} 431 */
export function wantedNics({ tables, args }: Call<typeof nicParameters>): WantedNic[] {
  const { networkids, iptonetworklist, ipaddress, macaddress } = args;
  if (iptonetworklist !== undefined) {
    if (networkids !== undefined || ipaddress !== undefined) {
      throw invalid("ipToNetworkMap can't be specified along with networkIds or ipAddress");
    }
    return iptonetworklist.map((entry) => {
      const network = tables.networks.byUuid(entry.networkid ?? "");
      if (network === undefined)
        throw invalid(`Unable to translate and find entity with networkId: ${entry.networkid}`);
      return checked({ network, ip: entry.ip, mac: entry.mac });
    });
  }
  return (networkids ?? []).map((network, index) =>
    checked({ network, ip: index === 0 ? ipaddress : undefined, mac: index === 0 ? macaddress : undefined }),
  );
}

function checked(nic: WantedNic): WantedNic {
  if (nic.network.removed !== undefined) throw invalid(`Unable to find network by id ${nic.network.id}`);
  if (nic.ip !== undefined && parseAddress(nic.ip) === undefined) {
    throw invalid(`Invalid specified IPv4 address ${nic.ip}`);
  }
  if (nic.mac !== undefined && !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(nic.mac)) {
    throw invalid(`Mac address is not valid: ${nic.mac}`);
  }
  return nic;
}

/** @throws {ApiError} when the owner may not use one of the networks, or a name or MAC address is taken there. */
export function checkNics(tables: Tables, owner: Account, name: string, nics: readonly WantedNic[]): void {
  for (const { network, mac } of nics) {
    checkMayUse(tables, owner, network);
    const taken = mac !== undefined && tables.nics.where("networkId", network.id).some((nic) => nic.macAddress === mac);
    if (taken) throw invalid(`The requested Mac address is already taken! ${mac}`);
  }
  for (const { network } of nics) checkHostName(tables, name, network);
}

/** A host name is unique in its network, and among the tiers of a VPC. Destroyed instances hold theirs until expunged. */
export function checkHostName(tables: Tables, name: string, network: Network, itself?: Instance): void {
  const neighbours = network.vpcId === undefined ? [network] : tables.networks.where("vpcId", network.vpcId);
  for (const neighbour of neighbours) {
    if (neighbour.networkDomain === undefined) continue;
    for (const { instanceId } of tables.nics.where("networkId", neighbour.id)) {
      const other = tables.instances.get(instanceId);
      if (other === undefined || other === itself || other.name.toLowerCase() !== name.toLowerCase()) continue;
      throw invalid(
        `The vm with hostName ${name} already exists in the network domain: ${neighbour.networkDomain}; network=${neighbour.name}`,
      );
    }
  }
}

/** Puts the cards on their networks. @throws {ApiError} when an address cannot be had. */
export function addNics(tables: Tables, instance: Instance, nics: readonly WantedNic[]): void {
  for (const [deviceId, { network, ip, mac }] of nics.entries()) {
    addNic(tables, network, {
      instanceId: instance.id,
      isDefault: deviceId === 0,
      deviceId,
      ipAddress: ip,
      macAddress: mac,
    });
  }
}

/** User data and keys reach an instance through its first network only. @throws {ApiError} 431 */
export function checkUserDataService(
  tables: Tables,
  network: Network | undefined,
  given: { readonly userData: boolean; readonly keyPairs: boolean },
): void {
  if (network === undefined) throw failBare(530, "At least 1 default network has to be specified for the vm");
  const { services } = tables.networkOfferings.need(network.offeringId);
  if (services.some(({ name }) => name === "UserData")) return;
  const where = `there is no support for UserData service in the default network ${network.name}/${network.uuid}`;
  if (given.userData) {
    throw invalid(`Unable to deploy VM as UserData is provided while deploying the VM, but ${where}.`);
  }
  if (given.keyPairs) {
    throw invalid(`Unable to deploy VM as SSH keypair is provided while deploying the VM, but ${where}`);
  }
}
