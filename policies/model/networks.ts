import type { PackSettings } from "../core/settings.ts";
import type { Subject } from "../core/subject.ts";
import type { Surroundings } from "../core/world.ts";
import { networkOf } from "./address.ts";
import { type Instance, type Network, types } from "./types.ts";

/** The networks that an instance has a card in. @throws Undecided */
export function networksOf(instance: Subject<Instance>, world: Surroundings): Promise<Subject<Network>[]> {
  const ids = instance.props.nics.map((_, index) => (instance.raw.nics as { networkId: unknown }[])[index]?.networkId);
  return world.referents<Network>(instance, "nics", types.network, ids);
}

/** `10.0.1.0/24` of a network with a router, undefined for a bare layer-2 one. */
export function cidrOf({ props: { gateway, netmask } }: Subject<Network>): string | undefined {
  return gateway === undefined || netmask === undefined ? undefined : networkOf(gateway, netmask);
}

/** Which zone of the plan a network is, by its VLAN: `dmz`, `management`, …, `tenant`, or none. */
export function zoneOf({ props: { vlan } }: Subject<Network>, { plan }: PackSettings): string | undefined {
  if (vlan === undefined) return undefined;
  const [first, last] = plan.tenants.vlans;
  if (vlan >= first && vlan <= last) return "tenant";
  return Object.keys(plan.zones).find((key) => plan.zones[key]?.vlan === vlan);
}
