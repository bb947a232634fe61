import { affinityTypes, membersOf } from "../models/affinity.ts";
import { invalid } from "../models/errors.ts";
import type { AffinityGroup } from "../models/instance.ts";
import type { AffinityType } from "../models/placement.ts";
import { defined } from "../models/values.ts";
import { async, asyncCreate, type Call, type Command, type JsonObject, listing, success } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { ownerFields } from "./owner-fields.ts";
import { listParameters, ownerParameters, ref, required, scopeParameters, text } from "./parameters.ts";
import { checkAccountAccess, ownerOf, visibleAccounts } from "./scope.ts";

/** The types as the server names them when it refuses one; dedication has calls of its own and is not emulated. */
const validTypes =
  "non-strict host affinity,host affinity,host anti-affinity,ExplicitDedication,non-strict host anti-affinity";

function render(group: AffinityGroup, { tables, world }: Call): JsonObject {
  const members = membersOf(world, group);
  return {
    id: group.uuid,
    name: group.name,
    description: group.description,
    ...ownerFields(tables, group),
    type: group.type,
    virtualmachineIds: members.length > 0 ? members.map((instance) => instance.uuid) : undefined,
  };
}

const createAffinityGroup = asyncCreate({
  name: "createAffinityGroup",
  audience: "user",
  parameters: { ...ownerParameters, name: required(text), type: required(text), description: text },
  reply: "affinitygroup",
  job: { className: "user.affinitygroup.CreateAffinityGroupCmd", instance: "AffinityGroup" },
  create(call) {
    const { tables, args } = call;
    const owner = ownerOf(call);
    const type = affinityTypes.find((known): known is AffinityType => known === args.type);
    if (type === undefined) {
      throw invalid(
        `Unable to create affinity group, invalid affinity group type: ${args.type}. Valid values are ${validTypes}`,
      );
    }
    if (tables.affinityGroups.where("accountId", owner.id).some(({ name }) => name === args.name)) {
      throw invalid(`Unable to create affinity group, a group with name ${args.name} already exists.`);
    }
    return tables.affinityGroups.insert({
      name: args.name,
      type,
      accountId: owner.id,
      domainId: owner.domainId,
      ...defined({ description: args.description }),
    });
  },
  finish: render,
});

const deleteAffinityGroup = async({
  name: "deleteAffinityGroup",
  audience: "user",
  parameters: { ...ownerParameters, id: ref("affinityGroups"), name: text },
  job: { className: "user.affinitygroup.DeleteAffinityGroupCmd", instance: "AffinityGroup" },
  target(call) {
    const { tables, args } = call;
    const named = () =>
      tables.affinityGroups.where("accountId", ownerOf(call).id).find(({ name }) => name === args.name);
    const group = args.id ?? named();
    if (group === undefined || group.removed !== undefined)
      throw invalid("Unable to find affinity group by specified id");
    checkAccountAccess(call, group.accountId);
    return group;
  },
  finish(group, { tables, world }) {
    for (const instance of membersOf(world, group)) {
      const affinityGroupIds = instance.affinityGroupIds.filter((id) => id !== group.id);
      tables.instances.update(instance, { affinityGroupIds });
    }
    tables.affinityGroups.remove(group);
    return success;
  },
});

const listAffinityGroups = listing({
  name: "listAffinityGroups",
  audience: "user",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    id: ref("affinityGroups"),
    name: text,
    type: text,
    virtualmachineid: ref("instances"),
  },
  reply: "affinitygroup",
  rows(call) {
    const { tables, args } = call;
    const accounts = visibleAccounts(call);
    const wanted = { id: args.id?.id, name: args.name, type: args.type };
    const ofInstance = args.virtualmachineid?.affinityGroupIds;
    return tables.affinityGroups
      .only(args.id)
      .filter(
        (group) =>
          accounts.has(group.accountId) &&
          fits(group, wanted) &&
          (ofInstance === undefined || ofInstance.includes(group.id)) &&
          mentions(args.keyword, group.name),
      );
  },
  render,
});

const listAffinityGroupTypes = listing({
  name: "listAffinityGroupTypes",
  audience: "user",
  parameters: listParameters,
  reply: "affinityGroupType",
  rows: () => affinityTypes,
  render: (type) => ({ type }),
});

export const affinityGroupCommands: readonly Command[] = [
  createAffinityGroup,
  deleteAffinityGroup,
  listAffinityGroups,
  listAffinityGroupTypes,
];
