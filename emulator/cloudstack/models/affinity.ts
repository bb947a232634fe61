import type { AffinityGroup, Instance } from "./instance.ts";
import type { Affinity, AffinityType } from "./placement.ts";
import type { World } from "./world.ts";

/** The types that a group can have, as `listAffinityGroupTypes` lists them. */
export const affinityTypes: readonly AffinityType[] = [
  "host anti-affinity",
  "host affinity",
  "non-strict host anti-affinity",
  "non-strict host affinity",
];

/** Members are their group's owner's (`checkGroup`): a list of many groups does not look at everybody's instances for each. */
export function membersOf({ tables }: World, group: AffinityGroup): Instance[] {
  const owned = tables.instances.where("accountId", group.accountId);
  return owned.filter((instance) => instance.affinityGroupIds.includes(group.id));
}

/** What the groups of an instance ask for, given where the other members run now. */
export function affinitiesOf(world: World, instance: Instance): Affinity[] {
  return instance.affinityGroupIds.map((id) => {
    const group = world.tables.affinityGroups.need(id);
    const others = membersOf(world, group).filter((member) => member !== instance);
    const hosts = others.map((member) => member.hostId).filter((hostId) => hostId !== undefined);
    return { type: group.type, hosts: new Set(hosts) };
  });
}
