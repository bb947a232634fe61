import type { Role } from "../config/schema.ts";
import { type Cidr, formatAddress, isHostOf } from "./cidr.ts";
import { ordinalOf } from "./names.ts";

/**
 * The first host number of each role, eight apart, in every zone. An address comes from role and number in the
 * machine's name alone, so that nobody moves when machines or tenants come, go or change places in the profile.
 */
const firstHost: Record<Role, number> = {
  serve: 8,
  train: 16,
  infer: 24,
  data: 32,
  validate: 40,
  process: 48,
  schedule: 56,
  registry: 64,
  storage: 72,
  gateway: 80,
  router: 88,
  monitor: 96,
  web: 104,
  tagging: 112,
  model: 120,
  // Before the first of all, because a /25 ends here; beside `broker`, which is a second role of its machine.
  db: 2,
  broker: 2,
};
const hostsPerRole = 8;
const precedence = Object.keys(firstHost) as Role[];

/** What an address is derived from. */
export interface Addressed {
  name: string;
  roles: readonly Role[];
  /** Fixed addresses; each counts for the zone that it lies in. */
  addresses: readonly number[];
}

/** The machine's address in a zone, or undefined where its number leaves no room in its role's share of the zone. */
export function addressIn(zone: Cidr, { name, roles, addresses }: Addressed): number | undefined {
  const fixed = addresses.find((address) => isHostOf(zone, address));
  if (fixed !== undefined) return fixed;
  const role = precedence.find((candidate) => roles.includes(candidate));
  const ordinal = ordinalOf(name);
  if (role === undefined || ordinal < 1 || ordinal > hostsPerRole) return undefined;
  const address = zone.base + firstHost[role] + ordinal - 1;
  return isHostOf(zone, address) ? address : undefined;
}

/**
 * The share of a tenant's zone that serving machines have, and no other: what the edge may reach (P1.5).
 * Known for a zone before its tenant exists, so that the edge's rules never change with the tenants.
 */
export function servingRange(zone: Cidr): Cidr {
  return { base: zone.base + firstHost.serve, prefix: 29 };
}

/** A fixed MAC address for a fixed address, locally administered: how the guest finds the card that is not its first. */
export function macOf(address: number): string {
  const octets = formatAddress(address).split(".").map(Number);
  return [6, 0, ...octets].map((octet) => octet.toString(16).padStart(2, "0")).join(":");
}
