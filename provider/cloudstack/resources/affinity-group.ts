import { id, list, oneOf, text } from "../../core/fields.ts";
import { owner } from "../fields.ts";
import { defineResource, job, rows } from "../resource.ts";

export const affinityGroup = defineResource({
  token: "cloudstack:compute:AffinityGroup",
  doc: "A rule that keeps instances together or apart. Empty until instances join; an instance joins through its own `affinityGroupIds`.",
  deleteBeforeReplace: true,

  inputs: {
    name: text({ min: 1, onChange: "replace", doc: "Unique within the account." }),
    type: oneOf(["host anti-affinity", "host affinity", "non-strict host anti-affinity", "non-strict host affinity"], {
      onChange: "replace",
      doc: "Strict types refuse to start an instance that cannot be placed; non-strict ones give way.",
    }),
    description: text({ optional: true, onChange: "replace", doc: "Prose for other operators." }),
    ...owner,
  },
  outputs: {
    instanceIds: list(id("compute:Instance", {}), {
      optional: true,
      from: "virtualmachineIds",
      doc: "Ids of the instances in the group.",
    }),
  },

  api: {
    create: job("createAffinityGroup", { answer: "affinitygroup" }),
    read: rows("listAffinityGroups"),
    delete: job("deleteAffinityGroup"),
  },

  // No room for a mark. A group of the account with the same name, type and description that nothing has joined is ours.
  leftover: {
    within: ({ account, domainId }) => ({ account, domainid: domainId }),
    isUsed: async (_, { virtualmachineIds: joined }) => Array.isArray(joined) && joined.length > 0,
  },
});
