import { ApiError, failBare, invalid, rewrapped } from "../models/errors.ts";
import type { LoadBalancerRule, Network } from "../models/network.ts";
import { checkPortsFree, checkServes, releaseFromTier, servedNetwork } from "../models/public-rules.ts";
import { defined } from "../models/values.ts";
import { async, asyncCreate, type Call, type Command, type JsonObject, listing, success } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { instanceFields } from "./instance-fields.ts";
import { ownerFields } from "./owner-fields.ts";
import {
  boolean,
  integer,
  list,
  listParameters,
  map,
  ownerParameters,
  ref,
  required,
  scopeParameters,
  text,
} from "./parameters.ts";
import { checkAccountAccess, visibleAccounts } from "./scope.ts";
import { hasTags, tagFields } from "./tag-fields.ts";

const algorithms = ["roundrobin", "leastconn", "source"];
const protocols = ["tcp", "udp", "tcp-proxy", "ssl"];

function render(rule: LoadBalancerRule, { tables }: Pick<Call, "tables">): JsonObject {
  const ip = tables.publicIps.need(rule.publicIpId);
  const zone = tables.zones.need(ip.zoneId);
  return {
    id: rule.uuid,
    name: rule.name,
    description: rule.description,
    publicipid: ip.uuid,
    publicip: ip.address,
    publicport: String(rule.publicPort),
    privateport: String(rule.privatePort),
    algorithm: rule.algorithm,
    networkid: tables.networks.need(rule.networkId).uuid,
    cidrlist: rule.cidrList,
    ...ownerFields(tables, rule),
    state: rule.state,
    zoneid: zone.uuid,
    zonename: zone.name,
    protocol: rule.protocol,
    tags: tagFields(tables, "LoadBalancer", rule),
    fordisplay: true,
  };
}

const createParameters = {
  ...ownerParameters,
  name: required(text),
  description: text,
  algorithm: required(text),
  publicipid: required(ref("publicIps")),
  networkid: ref("networks"),
  publicport: required(integer),
  privateport: required(integer),
  protocol: text,
  cidrlist: list,
  openfirewall: boolean,
  zoneid: ref("zones"),
};

const createLoadBalancerRule = asyncCreate({
  name: "createLoadBalancerRule",
  audience: "user",
  parameters: createParameters,
  reply: "loadbalancer",
  job: { className: "user.loadbalancer.CreateLoadBalancerRuleCmd", instance: "FirewallRule", showsInstance: true },
  create(call) {
    const { publicipid: ip } = call.args;
    if (ip.removed !== undefined) {
      throw invalid(`Unable to create load balancer rule, invalid IP address ID ${ip.id}`);
    }
    checkAccountAccess(call, ip.accountId);
    try {
      return createdRule(call);
    } catch (error) {
      // `CreateLoadBalancerRuleCmd.create` throws what is invalid on as a `ServerApiException`.
      throw error instanceof ApiError && error.status === 431 ? rewrapped(error) : error;
    }
  },
  queues: (rule) => [`network:${rule.networkId}`],
  finish: render,
  failed: withdraw,
});

function createdRule(call: Call<typeof createParameters>): LoadBalancerRule {
  const { tables, args } = call;
  const { publicipid: ip, publicport, privateport, protocol = "tcp" } = args;
  const network = balancedNetwork(call);
  checkServes(tables, ip, network, "Lb");
  for (const [name, port] of [
    ["private", privateport],
    ["public", publicport],
  ] as const) {
    if (port < 1 || port > 65535) throw invalid(`${name}Port is an invalid value: ${port}`);
  }
  checkBalancing(args.algorithm, protocol);
  const offering = tables.networkOfferings.need(network.offeringId);
  if (!offering.services.some(({ name }) => name === "Lb")) {
    throw invalid(`LB service is not supported in specified network id=${network.id}`);
  }
  const ports = { protocol: "tcp", publicPort: publicport, publicEndPort: publicport };
  checkPortsFree(tables, ip, { ...ports, purpose: "LoadBalancing", sources: [] });
  tables.publicIps.update(ip, { networkId: network.id });
  return tables.loadBalancerRules.insert({
    name: args.name,
    publicIpId: ip.id,
    networkId: network.id,
    accountId: ip.accountId,
    domainId: ip.domainId,
    algorithm: args.algorithm,
    protocol,
    publicPort: publicport,
    privatePort: privateport,
    state: "Add",
    members: [],
    ...defined({ description: args.description, cidrList: args.cidrlist?.join(" ") }),
  });
}

/** Before 4.22.1 another tier than the address serves was not refused, but passed over (apache/cloudstack#12785). */
function balancedNetwork({ tables, args }: Call<typeof createParameters>): Network {
  const { publicipid: ip, networkid, name } = args;
  const network = servedNetwork(
    networkid ?? tables.networks.get(ip.networkId),
    `IP address ID=${ip.id} is not associated with any network`,
  );
  if (ip.staticNat !== undefined) throw failBare(537, `Can't do load balance on ip address: ${ip.address}`);
  if (ip.networkId === undefined || ip.networkId === network.id) return network;
  throw invalid(
    `Cannot create Load Balancer rule ${name} as the IP address ${ip.address} is not associated with the network ${network.name} (ID=${network.uuid})`,
  );
}

function checkBalancing(algorithm: string, protocol: string): void {
  if (!algorithms.includes(algorithm.toLowerCase())) throw invalid(`Invalid algorithm: ${algorithm}`);
  if (!protocols.includes(protocol.toLowerCase())) throw invalid(`Invalid protocol: ${protocol}`);
}

const updateLoadBalancerRule = async({
  name: "updateLoadBalancerRule",
  audience: "user",
  parameters: {
    id: required(ref("loadBalancerRules")),
    name: text,
    description: text,
    algorithm: text,
    protocol: text,
    cidrlist: list,
  },
  reply: "loadbalancer",
  job: { className: "user.loadbalancer.UpdateLoadBalancerRuleCmd" },
  target: (call) => existing(call, call.args.id),
  queues: (rule) => [`network:${rule.networkId}`],
  finish(rule, call) {
    const { name = rule.name, description = rule.description } = call.args;
    const { algorithm = rule.algorithm, protocol = rule.protocol } = call.args;
    checkBalancing(algorithm, protocol);
    // With commas, where a create has spaces: the real server's code, not an oversight here.
    const cidrList = call.args.cidrlist?.join(",") ?? rule.cidrList;
    return render(
      call.tables.loadBalancerRules.update(rule, { name, description, algorithm, protocol, cidrList }),
      call,
    );
  },
});

const deleteLoadBalancerRule = async({
  name: "deleteLoadBalancerRule",
  audience: "user",
  parameters: { id: required(ref("loadBalancerRules")) },
  job: { className: "user.loadbalancer.DeleteLoadBalancerRuleCmd" },
  target: (call) => existing(call, call.args.id),
  queues: (rule) => [`network:${rule.networkId}`],
  finish(rule, call) {
    withdraw(rule, call);
    return success;
  },
});

const memberParameters = { id: required(ref("loadBalancerRules")), virtualmachineids: list, vmidipmap: map };

const assignToLoadBalancerRule = async({
  name: "assignToLoadBalancerRule",
  audience: "user",
  parameters: memberParameters,
  job: { className: "user.loadbalancer.AssignToLoadBalancerRuleCmd" },
  target: (call) => existing(call, call.args.id),
  queues: (rule) => [`network:${rule.networkId}`],
  finish(rule, call) {
    const added = wantedMembers(rule, call);
    const twice = added.find((member) => rule.members.some((known) => sameMember(known, member)));
    if (twice !== undefined)
      throw invalid(`VM ${twice.instanceId} with IP ${twice.ip} is already mapped to load balancer.`);
    call.tables.loadBalancerRules.update(rule, { members: [...rule.members, ...added], state: "Active" });
    return success;
  },
});

const removeFromLoadBalancerRule = async({
  name: "removeFromLoadBalancerRule",
  audience: "user",
  parameters: memberParameters,
  job: { className: "user.loadbalancer.RemoveFromLoadBalancerRuleCmd" },
  target: (call) => existing(call, call.args.id),
  queues: (rule) => [`network:${rule.networkId}`],
  finish(rule, call) {
    const gone = wantedMembers(rule, call);
    const members = rule.members.filter((member) => !gone.some((other) => sameMember(other, member)));
    call.tables.loadBalancerRules.update(rule, { members });
    return success;
  },
});

type Member = LoadBalancerRule["members"][number];

function sameMember(a: Member, b: Member): boolean {
  return a.instanceId === b.instanceId && a.ip === b.ip;
}

/** The instances that a call names, each with its address on the rule's network. */
function wantedMembers(rule: LoadBalancerRule, { tables, args }: Call<typeof memberParameters>): Member[] {
  const named = [
    ...(args.virtualmachineids ?? []).map((uuid) => ({ uuid, ip: undefined })),
    ...(args.vmidipmap ?? []).map(({ vmid, vmip }) => ({ uuid: vmid ?? "", ip: vmip })),
  ];
  if (named.length === 0) throw invalid("Both instanceids and vmidipmap  can't be null");
  return named.map(({ uuid, ip }) => {
    const instance = tables.instances.byUuid(uuid);
    if (instance === undefined || instance.removed !== undefined) throw invalid(`Invalid instance id: ${uuid}`);
    const card = tables.nics.where("instanceId", instance.id).find((nic) => nic.networkId === rule.networkId);
    if (card?.ipAddress === undefined) {
      throw invalid(`VM ${instance.uuid} cannot be added because it doesn't belong in the same network.`);
    }
    if (ip !== undefined && ip !== card.ipAddress) throw invalid(`VM ip ${ip} specified does not belong to the vm`);
    return { instanceId: instance.id, ip: card.ipAddress };
  });
}

const listLoadBalancerRules = listing({
  name: "listLoadBalancerRules",
  audience: "user",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    id: ref("loadBalancerRules"),
    name: text,
    networkid: ref("networks"),
    publicipid: ref("publicIps"),
    tags: map,
    virtualmachineid: ref("instances"),
    zoneid: ref("zones"),
  },
  reply: "loadbalancerrule",
  rows(call) {
    const { tables, args } = call;
    const accounts = visibleAccounts(call);
    const wanted = {
      id: args.id?.id,
      name: args.name,
      networkId: args.networkid?.id,
      publicIpId: args.publicipid?.id,
    };
    return tables.loadBalancerRules
      .filter(
        (rule) =>
          accounts.has(rule.accountId) &&
          fits(rule, wanted) &&
          (args.virtualmachineid === undefined ||
            rule.members.some((member) => member.instanceId === args.virtualmachineid?.id)) &&
          mentions(args.keyword, rule.name) &&
          hasTags(tables, "LoadBalancer", rule, args.tags),
      )
      .reverse();
  },
  render,
});

/** The instances themselves. `lbvmips`, by which a real server tells their addresses in another form, is not implemented. */
const listLoadBalancerRuleInstances = listing({
  name: "listLoadBalancerRuleInstances",
  audience: "user",
  parameters: { ...listParameters, id: required(ref("loadBalancerRules")), applied: boolean },
  reply: "loadbalancerruleinstance",
  rows(call) {
    const rule = existing(call, call.args.id);
    return call.args.applied === false
      ? []
      : rule.members.map(({ instanceId }) => call.tables.instances.need(instanceId));
  },
  render: (instance, call) => instanceFields(instance, call),
});

function withdraw(rule: LoadBalancerRule, { tables, world }: Pick<Call, "tables" | "world">): void {
  tables.loadBalancerRules.remove(rule);
  releaseFromTier(world, tables.publicIps.need(rule.publicIpId));
}

/** The rule, when it is there and the caller may act on it. */
function existing(call: Pick<Call, "tables" | "caller">, rule: LoadBalancerRule): LoadBalancerRule {
  if (rule.removed !== undefined) throw invalid(`Unable to find load balancer rule by id ${rule.id}`);
  checkAccountAccess(call, rule.accountId);
  return rule;
}

export const loadBalancerCommands: readonly Command[] = [
  createLoadBalancerRule,
  updateLoadBalancerRule,
  deleteLoadBalancerRule,
  assignToLoadBalancerRule,
  removeFromLoadBalancerRule,
  listLoadBalancerRules,
  listLoadBalancerRuleInstances,
];
