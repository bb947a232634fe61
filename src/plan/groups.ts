import type { Profile, Role } from "../config/schema.ts";
import { physicalName } from "./names.ts";

/** Machines of one owner that stand apart or together: an affinity group of CloudStack. */
export interface GroupPlan {
  name: string;
  kind: "apart" | "together";
  /** False: a wish, which gives way where it cannot be had. */
  strict: boolean;
  /** Names of the machines in it. */
  members: string[];
}

interface Member {
  name: string;
  roles: readonly Role[];
}

/**
 * The groups of one owner: what the profile's rules say, and replicas strictly apart where no strict rule says so
 * already. A rule has no group before its second machine (AA-002: "effective from the second one").
 */
export function planGroups(
  platform: string,
  machines: readonly Member[],
  rules: Profile["placement"],
): readonly GroupPlan[] {
  const stated = rules.map(
    ({ key, kind, strict, roles }): GroupPlan => ({
      name: physicalName("affinityGroup", platform, key),
      kind,
      strict,
      members: machines.filter((machine) => machine.roles.some((role) => roles.includes(role))).map(({ name }) => name),
    }),
  );
  const replicas = [...Map.groupBy(machines, useOf)].map(
    ([use, members]): GroupPlan => ({
      name: physicalName("affinityGroup", platform, use),
      kind: "apart",
      strict: true,
      members: members.map(({ name }) => name),
    }),
  );
  const isStated = ({ members }: GroupPlan) =>
    stated.some(
      ({ kind, strict, members: all }) => kind === "apart" && strict && members.every((m) => all.includes(m)),
    );
  return [...stated, ...replicas.filter((group) => !isStated(group))].filter(({ members }) => members.length > 1);
}

/** What a machine is for; machines of the same use are replicas of each other. */
export function useOf({ roles }: Pick<Member, "roles">): string {
  return [...roles].sort().join("-");
}
