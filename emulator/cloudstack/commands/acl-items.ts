import { checkNumber, checkRule, nextNumber, placeAt, protocolNamed } from "../models/acls.ts";
import { failBare, invalid } from "../models/errors.ts";
import type { AclItem, AclList, TrafficType } from "../models/network.ts";
import { defined } from "../models/values.ts";
import { changeable, seesAclList } from "./acl-lists.ts";
import { async, asyncCreate, type Call, type Command, type JsonObject, listing, success } from "./command.ts";
import { fits } from "./filters.ts";
import { boolean, integer, list, listParameters, map, ref, required, scopeParameters, text } from "./parameters.ts";
import { hasTags, tagFields } from "./tag-fields.ts";

const anywhere = ["0.0.0.0/0", "::/0"];

const ruleParameters = {
  action: text,
  cidrlist: list,
  endport: integer,
  icmpcode: integer,
  icmptype: integer,
  number: integer,
  reason: text,
  startport: integer,
  traffictype: text,
};

function render(item: AclItem, call: Pick<Call, "tables">, state: "Active" | "Add" = "Active"): JsonObject {
  const { tables } = call;
  const acl = tables.aclLists.need(item.aclId);
  return {
    id: item.uuid,
    protocol: item.protocol,
    startport: item.startPort?.toString(),
    endport: item.endPort?.toString(),
    traffictype: item.trafficType,
    state,
    cidrlist: item.cidrs.join(","),
    icmptype: item.icmpType,
    icmpcode: item.icmpCode,
    tags: tagFields(tables, "NetworkACL", item),
    aclid: acl.uuid,
    aclname: acl.name,
    number: item.number,
    action: item.action,
    fordisplay: true,
    reason: item.reason,
  };
}

const createNetworkACL = asyncCreate({
  name: "createNetworkACL",
  audience: "user",
  parameters: { ...ruleParameters, aclid: ref("aclLists"), networkid: ref("networks"), protocol: required(text) },
  reply: "networkacl",
  job: { className: "user.network.CreateNetworkACLCmd", instance: "NetworkAclItem" },
  create(call) {
    const { tables, args } = call;
    const acl = changeable(call, listFor(call));
    if (args.number !== undefined) checkNumber(tables, acl, args.number);
    const rule = {
      aclId: acl.id,
      number: args.number ?? nextNumber(tables, acl),
      action: actionOf(args.action),
      trafficType: trafficTypeOf(args.traffictype) ?? ("Ingress" as const),
      protocol: protocolNamed(args.protocol),
      cidrs: args.cidrlist ?? anywhere,
      ...defined({
        startPort: args.startport,
        endPort: args.endport ?? args.startport,
        icmpType: args.icmptype ?? anyIcmp(args.protocol),
        icmpCode: args.icmpcode ?? anyIcmp(args.protocol),
        reason: args.reason,
      }),
    };
    checkRule(rule);
    return tables.aclItems.insert(rule);
  },
  finish: (item, call) => render(item, call),
  // A rule that could not be applied is revoked (CreateNetworkACLCmd.execute).
  failed: (item, { tables }) => tables.aclItems.remove(item),
});

/** Rules for ICMP are for every type and code unless they say otherwise. */
function anyIcmp(protocol: string): number | undefined {
  return protocolNamed(protocol).toLowerCase() === "icmp" ? -1 : undefined;
}

/** The list that is named, or the one of the tier that is named; such a tier gets a list when it has none. */
function listFor({
  tables,
  args,
}: Call<{ aclid: ReturnType<typeof ref<"aclLists">>; networkid: ReturnType<typeof ref<"networks">> }>): AclList {
  const { aclid, networkid } = args;
  if (aclid !== undefined) return aclid;
  if (networkid === undefined) throw invalid("Cannot create Network ACL Item. ACL Id or network Id is required");
  if (networkid.vpcId === undefined) throw invalid(`Network: ${networkid.uuid} does not belong to VPC`);
  const existing = tables.aclLists.get(networkid.aclId);
  if (existing !== undefined) return existing;
  const vpc = tables.vpcs.need(networkid.vpcId);
  const name = `VPC_${vpc.name}_Tier_${networkid.name}_ACL_${networkid.uuid}`;
  const created = tables.aclLists.insert({ name, description: `ACL for ${name}`, vpcId: vpc.id });
  tables.networks.update(networkid, { aclId: created.id });
  return created;
}

const updateNetworkACLItem = async({
  name: "updateNetworkACLItem",
  audience: "user",
  envelope: "createnetworkaclresponse",
  parameters: { ...ruleParameters, id: required(ref("aclItems")), protocol: text, partialupgrade: boolean },
  reply: "networkacl",
  job: { className: "user.network.UpdateNetworkACLItemCmd", instance: "NetworkAclItem" },
  target: (call) => call.args.id,
  finish(item, call) {
    const { tables, args } = call;
    if (item.removed !== undefined) throw invalid(`Unable to find ACL rule with ID [${item.id}]`);
    const acl = changeable(call, tables.aclLists.need(item.aclId));
    if (args.number !== undefined) checkNumber(tables, acl, args.number, item);
    const partial = args.partialupgrade ?? true;
    /** A full update unsets what is not given. */
    const merged = <T>(wanted: T | undefined, known: T): T | undefined => wanted ?? (partial ? known : undefined);
    const rule = {
      number: args.number ?? item.number,
      action: args.action === undefined && partial ? item.action : actionOf(args.action),
      trafficType: merged(trafficTypeOf(args.traffictype), item.trafficType) ?? ("Ingress" as const),
      // Unlike a create, an update takes numbers as they are (UpdateNetworkACLItemCmd.getProtocol).
      protocol: merged(args.protocol?.trim(), item.protocol) ?? "all",
      cidrs: merged(args.cidrlist, item.cidrs) ?? [],
      startPort: merged(args.startport, item.startPort),
      endPort: merged(args.endport ?? (partial ? undefined : args.startport), item.endPort),
      icmpType: merged(args.icmptype, item.icmpType),
      icmpCode: merged(args.icmpcode, item.icmpCode),
      reason: merged(args.reason, item.reason),
    };
    checkRule({ ...defined(rule), protocol: rule.protocol, cidrs: rule.cidrs });
    tables.aclItems.update(item, rule);
    return render(item, call, "Add");
  },
});

const moveNetworkAclItem = async({
  name: "moveNetworkAclItem",
  audience: "user",
  parameters: { id: required(ref("aclItems")), previousaclruleid: ref("aclItems"), nextaclruleid: ref("aclItems") },
  reply: "networkacl",
  job: { className: "user.network.MoveNetworkAclItemCmd", instance: "NetworkAclItem" },
  target(call) {
    changeable(call, call.tables.aclLists.need(call.args.id.aclId));
    return call.args.id;
  },
  finish(item, call) {
    const { tables, args } = call;
    const { previousaclruleid: previous, nextaclruleid: next } = args;
    if (previous === undefined && next === undefined) {
      throw invalid("Both previous and next ACL rule IDs cannot be blank.");
    }
    if (previous === undefined) placeAt(tables, item, 1);
    else if (next === undefined) placeAt(tables, item, nextNumber(tables, tables.aclLists.need(item.aclId)));
    else placeAt(tables, item, previous.number + 1);
    return render(item, call);
  },
});

const deleteNetworkACL = async({
  name: "deleteNetworkACL",
  audience: "user",
  parameters: { id: required(ref("aclItems")) },
  job: { className: "user.network.DeleteNetworkACLCmd", instance: "NetworkAclItem" },
  target(call) {
    changeable(call, call.tables.aclLists.need(call.args.id.aclId));
    return call.args.id;
  },
  finish(item, { tables }) {
    // NetworkACLManagerImpl.revokeNetworkACLItem looks into what it has not found.
    if (item.removed !== undefined) {
      throw failBare(530, 'Cannot invoke "NetworkACLItemVO.getState()" because "rule" is null');
    }
    tables.aclItems.remove(item);
    return success;
  },
});

const listNetworkACLs = listing({
  name: "listNetworkACLs",
  audience: "user",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    id: ref("aclItems"),
    aclid: ref("aclLists"),
    networkid: ref("networks"),
    action: text,
    protocol: text,
    traffictype: text,
    tags: map,
  },
  reply: "networkacl",
  rows(call) {
    const { tables, args } = call;
    if (args.networkid !== undefined && args.networkid.aclId === undefined) return [];
    const wanted = {
      id: args.id?.id,
      aclId: args.networkid?.aclId ?? args.aclid?.id,
      protocol: args.protocol,
      trafficType: trafficTypeOf(args.traffictype),
      action: args.action === undefined ? undefined : actionOf(args.action),
    };
    const items =
      wanted.aclId === undefined ? tables.aclItems.filter(() => true) : tables.aclItems.where("aclId", wanted.aclId);
    return items
      .filter(
        (item) =>
          fits(item, wanted) &&
          seesAclList(call, tables.aclLists.need(item.aclId)) &&
          hasTags(tables, "NetworkACL", item, args.tags),
      )
      .reverse();
  },
  render: (item, call) => render(item, call),
});

function actionOf(action: string | undefined): AclItem["action"] {
  if (action === undefined || action.toLowerCase() === "allow") return "Allow";
  if (action.toLowerCase() === "deny") return "Deny";
  throw invalid(`Invalid action [${action}]. Permitted actions are Allow and Deny`);
}

function trafficTypeOf(type: string | undefined): TrafficType | undefined {
  if (type === undefined) return undefined;
  if (type.toLowerCase() === "ingress") return "Ingress";
  if (type.toLowerCase() === "egress") return "Egress";
  throw invalid(`Invalid traffic type ${type}`);
}

export const aclItemCommands: readonly Command[] = [
  createNetworkACL,
  updateNetworkACLItem,
  moveNetworkAclItem,
  deleteNetworkACL,
  listNetworkACLs,
];
