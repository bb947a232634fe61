/** Which addresses the cards on a guest network have. */
import { describeNetwork } from "./descriptions.ts";
import { ApiError, failBare } from "./errors.ts";
import { formatAddress, lastOf, parseAddress, parseCidr } from "./ipv4.ts";
import type { Network, Nic } from "./network.ts";
import type { Tables } from "./tables.ts";

interface NewNic {
  readonly instanceId?: number;
  readonly routerId?: number;
  readonly isDefault: boolean;
  readonly deviceId: number;
  /** Asked for; without it an instance gets the lowest free one. A router has what it is given. */
  readonly ipAddress?: string | undefined;
  readonly macAddress?: string | undefined;
}

/** Puts a card on the network, with an address where the network hands out addresses. @throws {ApiError} */
export function addNic(tables: Tables, network: Network, nic: NewNic): Nic {
  const { ipAddress, macAddress, ...rest } = nic;
  const address = nic.routerId === undefined ? takeAddress(tables, network, ipAddress) : ipAddress;
  return tables.nics.insert({
    ...rest,
    networkId: network.id,
    macAddress: macAddress ?? nextMac(tables, network),
    ...(address === undefined ? {} : { ipAddress: address }),
  });
}

/** Whether CloudStack itself hands out and knows the addresses of this network. */
export function managesAddresses(network: Network): boolean {
  return network.cidr !== undefined && network.guestType !== "L2";
}

/** A free address, or the wanted one. @throws {ApiError} when it is taken, outside, or none is left. */
export function takeAddress(tables: Tables, network: Network, wanted: string | undefined): string | undefined {
  if (!managesAddresses(network)) return undefined;
  const [first, last] = usableRange(network);
  const taken = takenAddresses(tables, network);
  if (wanted !== undefined) {
    const address = parseAddress(wanted) ?? -1;
    if (address < first || address > last || taken.has(wanted)) throw noAddress(network);
    return wanted;
  }
  for (let address = first; address <= last; address += 1) {
    const text = formatAddress(address);
    if (!taken.has(text)) return text;
  }
  throw noAddress(network);
}

function usableRange(network: Network): [number, number] {
  if (network.startIp !== undefined) {
    const first = parseAddress(network.startIp) ?? 0;
    return [first, parseAddress(network.endIp ?? network.startIp) ?? first];
  }
  const cidr = parseCidr(network.cidr ?? "");
  return cidr === undefined ? [1, 0] : [cidr.base + 1, lastOf(cidr) - 1];
}

function takenAddresses(tables: Tables, network: Network): Set<string | undefined> {
  const nics = tables.nics.where("networkId", network.id);
  return new Set([network.gateway, ...nics.map((nic) => nic.ipAddress)]);
}

/** A shared network answers 533; on the others the exception escapes the mapping and becomes 530 with code 0 (recording 06). */
function noAddress(network: Network): ApiError {
  if (network.guestType === "Shared") return failBare(533, "Insufficient address capacity");
  return new ApiError(`Unable to acquire Guest IP address for network ${describeNetwork(network)}`, 530, 0, 530);
}

/** `02:01`, the network's number, and a count in that network. */
function nextMac(tables: Tables, network: Network): string {
  const count = network.macs + 1;
  tables.networks.update(network, { macs: count });
  return ["02", "01", ...bytes(network.id), ...bytes(count)].join(":");
}

function bytes(value: number): string[] {
  return [(value >>> 8) & 255, value & 255].map((byte) => byte.toString(16).padStart(2, "0"));
}
