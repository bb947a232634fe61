import { isBuiltIn, removeAclList } from "../models/acls.ts";
import { fail, invalid } from "../models/errors.ts";
import type { AclList } from "../models/network.ts";
import { defined } from "../models/values.ts";
import { async, asyncCreate, type Call, type Command, type JsonObject, listing, success } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { listParameters, ref, required, scopeParameters, text } from "./parameters.ts";
import { checkAccountAccess, visibleAccounts } from "./scope.ts";

function render(list: AclList, { tables }: Call): JsonObject {
  const vpc = tables.vpcs.get(list.vpcId);
  return {
    id: list.uuid,
    name: list.name,
    description: list.description,
    vpcid: vpc?.uuid,
    vpcname: vpc?.name,
    fordisplay: true,
  };
}

const createNetworkACLList = asyncCreate({
  name: "createNetworkACLList",
  audience: "user",
  parameters: { name: required(text), description: text, vpcid: ref("vpcs") },
  reply: "networkacllist",
  job: { className: "user.network.CreateNetworkACLListCmd", instance: "NetworkAcl" },
  create(call) {
    const { vpcid, name, description } = call.args;
    if (vpcid === undefined) {
      if (!call.caller.isRootAdmin) throw fail("permission-denied", "Only Root Admin can create global ACLs.");
    } else {
      if (vpcid.removed !== undefined) throw invalid("Unable to find VPC");
      checkAccountAccess(call, vpcid.accountId);
    }
    return call.tables.aclLists.insert({ name, ...defined({ description, vpcId: vpcid?.id }) });
  },
  finish: render,
});

const updateNetworkACLList = async({
  name: "updateNetworkACLList",
  audience: "user",
  parameters: { id: required(ref("aclLists")), name: text, description: text },
  job: { className: "user.network.UpdateNetworkACLListCmd", instance: "NetworkAcl" },
  target: (call) => changeable(call, call.args.id),
  finish(list, { tables, args: { name, description } }) {
    // A blank text changes nothing, so that a description cannot be cleared (NetworkACLServiceImpl.updateNetworkACL).
    const given = (text: string | undefined) => (text?.trim() ? text : undefined);
    tables.aclLists.update(list, defined({ name: given(name), description: given(description) }));
    return success;
  },
});

const deleteNetworkACLList = async({
  name: "deleteNetworkACLList",
  audience: "user",
  parameters: { id: required(ref("aclLists")) },
  job: { className: "user.network.DeleteNetworkACLListCmd", instance: "NetworkAcl" },
  target: (call) => changeable(call, call.args.id),
  finish(list, { tables }) {
    const tiers = tables.networks.where("aclId", list.id).length;
    if (tiers > 0) {
      throw fail("runtime", `ACL is still associated with ${tiers} tier(s). Cannot delete network ACL: ${list.uuid}`);
    }
    removeAclList(tables, list);
    return success;
  },
});

const replaceNetworkACLList = async({
  name: "replaceNetworkACLList",
  audience: "user",
  parameters: { aclid: required(ref("aclLists")), networkid: ref("networks") },
  job: { className: "user.network.ReplaceNetworkACLListCmd" },
  target(call) {
    const { networkid } = call.args;
    if (networkid === undefined) throw invalid("Network id and private gateway can't be null at the same time");
    checkAccountAccess(call, networkid.accountId);
    return networkid;
  },
  queues: (network) => [`network:${network.id}`],
  finish(network, { tables, args: { aclid } }) {
    if (network.removed !== undefined) throw invalid("Unable to find specified Network");
    if (aclid.removed !== undefined) throw invalid("Unable to find specified NetworkACL");
    if (network.vpcId === undefined) throw invalid(`Network is not part of a VPC: ${network.uuid}`);
    if (aclid.vpcId !== undefined && aclid.vpcId !== network.vpcId) {
      throw invalid(`Network: ${network.id} and ACL: ${aclid.id} do not belong to the same VPC`);
    }
    tables.networks.update(network, { aclId: aclid.id });
    return success;
  },
});

const listNetworkACLLists = listing({
  name: "listNetworkACLLists",
  audience: "user",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    id: ref("aclLists"),
    name: text,
    networkid: ref("networks"),
    vpcid: ref("vpcs"),
  },
  reply: "networkacllist",
  rows(call) {
    const { tables, args } = call;
    const wanted = { id: args.id?.id, name: args.name };
    if (args.networkid !== undefined && args.networkid.aclId === undefined) return [];
    return tables.aclLists
      .filter(
        (list) =>
          seesAclList(call, list, args.vpcid?.id) &&
          fits(list, wanted) &&
          (args.networkid === undefined || list.id === args.networkid.aclId) &&
          mentions(args.keyword, list.name, list.description ?? ""),
      )
      .reverse();
  },
  render,
});

interface SeeingCall extends Pick<Call, "tables" | "caller"> {
  readonly args: Parameters<typeof visibleAccounts>[0]["args"];
}

/** The lists of the VPCs that the call shows, and always the built-in and global ones. */
export function seesAclList(call: SeeingCall, list: AclList, vpcId?: number): boolean {
  if (list.vpcId === undefined) return true;
  if (vpcId !== undefined && list.vpcId !== vpcId) return false;
  return visibleAccounts(call).has(call.tables.vpcs.need(list.vpcId).accountId);
}

/** The list, when it is there and the caller may change it. @throws {ApiError} 431 for the built-in ones. */
export function changeable(call: Pick<Call, "tables" | "caller">, list: AclList): AclList {
  if (list.removed !== undefined) throw invalid("Unable to find specified ACL.");
  if (isBuiltIn(list)) throw invalid("Default ACL cannot be modified");
  if (list.vpcId !== undefined) checkAccountAccess(call, call.tables.vpcs.need(list.vpcId).accountId);
  else if (!call.caller.isRootAdmin) {
    throw fail("permission-denied", "Only Root Admins can create rules for a global ACL.");
  }
  return list;
}

export const aclListCommands: readonly Command[] = [
  createNetworkACLList,
  updateNetworkACLList,
  deleteNetworkACLList,
  replaceNetworkACLList,
  listNetworkACLLists,
];
