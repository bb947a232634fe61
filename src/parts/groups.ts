import { compute } from "@pulumi/cloudstack";
import type { Output, Resource } from "@pulumi/pulumi";
import type { GroupPlan } from "../plan/groups.ts";
import type { Owner } from "./owner.ts";

/** Groups of one owner by machine: what an instance names at its start. */
export type GroupsOf = (machine: string) => Output<string>[];

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
    return { members, id: new compute.AffinityGroup(`${name}-${group}`, args, options).id };
  });
  return (machine) => groups.filter(({ members }) => members.includes(machine)).map(({ id }) => id);
}
