import { describeAddress } from "../models/descriptions.ts";
import { invalid } from "../models/errors.ts";
import type { Instance } from "../models/instance.ts";
import type { PortForwardingRule } from "../models/network.ts";
import { checkPortsFree, checkServes, releaseFromTier, servedNetwork } from "../models/public-rules.ts";
import { defined } from "../models/values.ts";
import { async, asyncCreate, type Call, type Command, type JsonObject, listing, success } from "./command.ts";
import { fits } from "./filters.ts";
import { boolean, integer, list, listParameters, map, ref, required, scopeParameters, text } from "./parameters.ts";
import { checkAccountAccess, visibleAccounts } from "./scope.ts";
import { hasTags, tagFields } from "./tag-fields.ts";

function render(rule: PortForwardingRule, { tables }: Pick<Call, "tables">): JsonObject {
  const ip = tables.publicIps.need(rule.publicIpId);
  const instance = tables.instances.need(rule.instanceId);
  return {
    id: rule.uuid,
    privateport: String(rule.privatePort),
    privateendport: String(rule.privateEndPort),
    protocol: rule.protocol,
    publicport: String(rule.publicPort),
    publicendport: String(rule.publicEndPort),
    virtualmachineid: instance.uuid,
    virtualmachinename: instance.name,
    virtualmachinedisplayname: instance.displayName,
    vmguestip: rule.guestIp,
    ipaddressid: ip.uuid,
    ipaddress: ip.address,
    state: "Active",
    cidrlist: rule.cidrList ?? "",
    networkid: tables.networks.need(rule.networkId).uuid,
    tags: tagFields(tables, "PortForwardingRule", rule),
    fordisplay: true,
  };
}

const createPortForwardingRule = asyncCreate({
  name: "createPortForwardingRule",
  audience: "user",
  parameters: {
    ipaddressid: required(ref("publicIps")),
    virtualmachineid: required(ref("instances")),
    networkid: ref("networks"),
    protocol: required(text),
    publicport: required(integer),
    publicendport: integer,
    privateport: required(integer),
    privateendport: integer,
    vmguestip: text,
    cidrlist: list,
    openfirewall: boolean,
  },
  reply: "portforwardingrule",
  job: { className: "user.firewall.CreatePortForwardingRuleCmd", instance: "FirewallRule", showsInstance: true },
  create(call) {
    const { tables, args } = call;
    const { ipaddressid: ip, virtualmachineid: instance } = args;
    if (ip.removed !== undefined) {
      throw invalid(`Unable to create PF rule, invalid IP address id ${ip.id}`);
    }
    checkAccountAccess(call, ip.accountId);
    checkAccountAccess(call, instance.accountId);
    if (ip.staticNat !== undefined) {
      throw invalid(`Unable to create port forwarding rule; ip ${describeAddress(ip)} has static nat enabled`);
    }
    const network = servedNetwork(
      tables.networks.get(ip.networkId) ?? args.networkid,
      `Unable to create port forwarding rule for the ipAddress id=${ip.id} as ip is not associated with any network and no networkId is passed in`,
    );
    checkServes(tables, ip, network, "PortForwarding");
    const rule = {
      publicIpId: ip.id,
      networkId: network.id,
      instanceId: instance.id,
      protocol: args.protocol.toLowerCase(),
      publicPort: args.publicport,
      publicEndPort: args.publicendport ?? args.publicport,
      privatePort: args.privateport,
      privateEndPort: args.privateendport ?? args.privateport,
    };
    checkRange(rule);
    const guestIp = guestAddress(call, instance, network.id, args.vmguestip);
    checkPortsFree(tables, ip, { ...rule, purpose: "PortForwarding", sources: args.cidrlist ?? [] });
    tables.publicIps.update(ip, { networkId: network.id });
    return tables.portForwardingRules.insert({
      ...rule,
      guestIp,
      ...defined({ cidrList: args.cidrlist?.join(",") }),
    });
  },
  queues: (rule) => [`network:${rule.networkId}`],
  finish: render,
  failed: withdraw,
});

/** The instance's address on the network. @throws {ApiError} 431 when it has none, or another one than is asked for. */
function guestAddress(
  { tables }: Pick<Call, "tables">,
  instance: Instance,
  networkId: number,
  wanted: string | undefined,
): string {
  const card = tables.nics.where("instanceId", instance.id).find((nic) => nic.networkId === networkId);
  if (card?.ipAddress === undefined) throw invalid("Vm doesn't belong to network associated with ipAddress");
  if (wanted !== undefined && wanted !== card.ipAddress) throw invalid("IP Address is not in the VM nic's network ");
  return card.ipAddress;
}

function withdraw(rule: PortForwardingRule, { tables, world }: Pick<Call, "tables" | "world">): void {
  tables.portForwardingRules.remove(rule);
  releaseFromTier(world, tables.publicIps.need(rule.publicIpId));
}

/** The rule, when it is there and the caller may act on it. */
function existing(call: Pick<Call, "tables" | "caller">, rule: PortForwardingRule): PortForwardingRule {
  if (rule.removed !== undefined) throw invalid(`Unable to find ${rule.id}`);
  checkAccountAccess(call, call.tables.publicIps.need(rule.publicIpId).accountId);
  return rule;
}

type Ports = Pick<PortForwardingRule, "publicPort" | "publicEndPort" | "privatePort" | "privateEndPort">;

function checkRange({ publicPort, publicEndPort, privatePort, privateEndPort }: Ports): void {
  if (publicPort > publicEndPort || privatePort > privateEndPort) {
    throw invalid("Start port can't be bigger than end port");
  }
  if (publicEndPort - publicPort !== privateEndPort - privatePort) {
    throw invalid("Source port and destination port ranges should be of equal sizes.");
  }
  if (publicEndPort === publicPort) return;
  if (publicPort !== privatePort) throw invalid("Private port start should be equal to public port start");
}

/** The ports that an update leads to: of several both ends are given, or none; the last one alone counts as the first, too. */
function privatePorts(
  rule: Ports,
  start: number | undefined,
  end: number | undefined,
): Pick<Ports, "privatePort" | "privateEndPort"> {
  const size = rule.publicEndPort - rule.publicPort;
  const isWhole = start !== undefined && end !== undefined;
  if (isWhole ? end - start !== size : size > 0 && start !== end) {
    throw invalid(
      `Unable to update the private port range of port forwarding rule as  the provided port range is not consistent with the port range : ${rule.publicPort} to ${rule.publicEndPort}`,
    );
  }
  const privatePort = start ?? end ?? rule.privatePort;
  return { privatePort, privateEndPort: end ?? start ?? rule.privateEndPort };
}

const updatePortForwardingRule = async({
  name: "updatePortForwardingRule",
  audience: "user",
  parameters: {
    id: required(ref("portForwardingRules")),
    privateport: integer,
    privateendport: integer,
    virtualmachineid: ref("instances"),
    vmguestip: text,
  },
  reply: "portforwardingrule",
  job: { className: "user.firewall.UpdatePortForwardingRuleCmd", instance: "FirewallRule", showsInstance: true },
  target: (call) => existing(call, call.args.id),
  queues: (rule) => [`network:${rule.networkId}`],
  finish(rule, call) {
    const { tables, args } = call;
    const { privatePort, privateEndPort } = privatePorts(rule, args.privateport, args.privateendport);
    if (args.vmguestip !== undefined && args.virtualmachineid === undefined) {
      throw invalid("vmguestip should be set along with virtualmachineid");
    }
    const instance = args.virtualmachineid ?? tables.instances.need(rule.instanceId);
    tables.portForwardingRules.update(rule, {
      privatePort,
      privateEndPort,
      instanceId: instance.id,
      guestIp: guestAddress(call, instance, rule.networkId, args.vmguestip),
    });
    return render(rule, call);
  },
});

const deletePortForwardingRule = async({
  name: "deletePortForwardingRule",
  audience: "user",
  parameters: { id: required(ref("portForwardingRules")) },
  job: { className: "user.firewall.DeletePortForwardingRuleCmd" },
  target: (call) => existing(call, call.args.id),
  queues: (rule) => [`network:${rule.networkId}`],
  finish(rule, call) {
    withdraw(rule, call);
    return success;
  },
});

const listPortForwardingRules = listing({
  name: "listPortForwardingRules",
  audience: "user",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    id: ref("portForwardingRules"),
    ipaddressid: ref("publicIps"),
    networkid: ref("networks"),
    tags: map,
  },
  reply: "portforwardingrule",
  rows(call) {
    const { tables, args } = call;
    const accounts = visibleAccounts(call);
    const wanted = { id: args.id?.id, publicIpId: args.ipaddressid?.id, networkId: args.networkid?.id };
    return tables.portForwardingRules
      .filter(
        (rule) =>
          accounts.has(tables.publicIps.need(rule.publicIpId).accountId) &&
          fits(rule, wanted) &&
          hasTags(tables, "PortForwardingRule", rule, args.tags),
      )
      .reverse();
  },
  render,
});

export const portForwardingCommands: readonly Command[] = [
  createPortForwardingRule,
  updatePortForwardingRule,
  deletePortForwardingRule,
  listPortForwardingRules,
];
