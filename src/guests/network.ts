import { stringify } from "yaml";
import type { Leg } from "../plan/machines.ts";
import type { Setup } from "./setup.ts";

/** Cards after the first: a fixed address, found by the card's own, and no further default route. */
export function furtherCards(legs: readonly Leg[]): Setup[] {
  if (legs.length === 0) return [];
  const ethernets = Object.fromEntries(
    legs.map(({ zone, address, prefix, mac }) => [
      zone,
      { match: { macaddress: mac }, dhcp4: false, addresses: [`${address}/${prefix}`] },
    ]),
  );
  // netplan reads YAML 1.1: a zone may be called on.
  const content = stringify({ network: { version: 2, ethernets } }, { version: "1.1" });
  return [
    {
      files: [{ path: "/etc/netplan/60-strata.yaml", permissions: "0600", content }],
      commands: [["netplan", "apply"]],
      services: [],
    },
  ];
}
