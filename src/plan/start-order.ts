import type { PlatformMachine, Profile } from "../config/schema.ts";
import { platformMachinesOf } from "./site.ts";

/** Keys of the tiers, none of them its own, that must be there before a machine starts. */
export type Awaits = (machine: Pick<PlatformMachine, "name">) => readonly string[];

/**
 * Who comes to a tier's gate together. At a new tier one machine starts alone, with the tier's router, the others after it. One with
 * legs in several tiers should be that one: else it starts alone once more, where its other tier is new. But it waits for all of
 * its tiers to be made, so one that stands in one of them waits for the same tiers; at the gate the one with more legs goes first.
 */
export function startOrder(profile: Profile): Awaits {
  const tiers = new Set(profile.network.zones.filter(({ kind }) => kind === "tier").map(({ key }) => key));
  const legs = new Map(
    platformMachinesOf(profile).map(({ name, zones }) => [name, zones.filter((key) => tiers.has(key))]),
  );
  return ({ name }) => {
    const [own, ...more] = legs.get(name) ?? [];
    if (own === undefined || more.length > 0) return [];
    const awaited = [...legs.values()].filter((others) => others.includes(own)).flat();
    return [...new Set(awaited)].filter((key) => key !== own);
  };
}
