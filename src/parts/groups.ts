import { compute } from "@pulumi/cloudstack";
import type { Output, Resource } from "@pulumi/pulumi";
import type { GroupPlan } from "../plan/groups.ts";
import type { Owner } from "./owner.ts";

/** Groups of one owner by machine. */
export type GroupsOf = (machine: string) => {
  /** What an instance names at its start. */
  ids: Output<string>[];
  /** The first one of each set of replicas that this machine is a further one of. */
  leaders: string[];
};

const types = {
  apart: { true: "host anti-affinity", false: "non-strict host anti-affinity" },
  together: { true: "host affinity", false: "non-strict host affinity" },
} as const;

/** Creates an affinity group per group of the plan. A group's name is unique in its account only, so tenants share it. */
export function createGroups(
  name: string,
  plan: readonly GroupPlan[],
  { parent, owner }: { parent?: Resource; owner?: Owner } = {},
): GroupsOf {
  const groups = plan.map(({ name: group, kind, strict, members }) => {
    const type = types[kind][`${strict}`];
    const description = `${members.join(", ")} ${kind === "apart" ? "on hosts of their own" : "on one host"}`;
    // Members come and go; the group is another one only when its rule is.
    const options = { ...(parent && { parent }), ignoreChanges: ["description"] };
    const args = { name: group, type, description, ...owner };
    const leader = kind === "apart" && strict ? members[0] : undefined;
    return { members, leader, id: new compute.AffinityGroup(`${name}-${group}`, args, options).id };
  });
  return (machine) => {
    const own = groups.filter(({ members }) => members.includes(machine));
    const leaders = own.flatMap(({ leader }) => (leader === undefined || leader === machine ? [] : [leader]));
    return { ids: own.map(({ id }) => id), leaders };
  };
}
