import { describeInstance, describeNetwork } from "../models/descriptions.ts";
import { ApiError, fail, invalid } from "../models/errors.ts";
import { addNic, managesAddresses, takeAddress } from "../models/guest-addresses.ts";
import { nicsOf } from "../models/instances.ts";
import type { Network, Nic } from "../models/network.ts";
import { checkMayUse } from "../models/network-access.ts";
import { implement } from "../models/networks.ts";
import { hasPublicRules, moveAddress } from "../models/public-rules.ts";
import { plugTier, unpluggedTiers } from "../models/routers.ts";
import type { Tables } from "../models/tables.ts";
import { async, type Command } from "./command.ts";
import { checkHostName } from "./deploy-nics.ts";
import { instanceFields } from "./instance-fields.ts";
import { existingInstance, instanceJob, instanceQueue } from "./instance-target.ts";
import { ref, required, text } from "./parameters.ts";

const addNicToVirtualMachine = async({
  name: "addNicToVirtualMachine",
  audience: "user",
  parameters: {
    virtualmachineid: required(ref("instances")),
    networkid: required(ref("networks")),
    ipaddress: text,
    macaddress: text,
  },
  reply: "virtualmachine",
  job: instanceJob("AddNicToVM"),
  target: (call) => existingInstance(call, call.args.virtualmachineid),
  queues: instanceQueue,
  finish(instance, call) {
    const { tables, world, args } = call;
    const network = args.networkid;
    if (network.removed !== undefined) throw invalid(`unable to find a network with id ${network.id}`);
    if (instance.state !== "Running" && instance.state !== "Stopped") {
      throw invalid(`VM ${describeInstance(instance)} is not in a state in which a nic can be added`);
    }
    const nics = nicsOf(call, instance);
    if (nics.some((nic) => nic.networkId === network.id)) {
      throw fail("runtime", `A NIC already exists for VM:${instance.instanceName} in network: ${network.uuid}`);
    }
    checkMayUse(tables, tables.accounts.need(instance.accountId), network);
    checkHostName(tables, instance.name, network, instance);
    if (instance.state === "Running") {
      implement(world, network);
      for (const tier of unpluggedTiers(world, [network])) plugTier(world, tier);
    }
    addNic(tables, network, {
      instanceId: instance.id,
      isDefault: nics.length === 0,
      deviceId: nics.reduce((next, nic) => Math.max(next, nic.deviceId + 1), 0),
      ipAddress: args.ipaddress,
      macAddress: args.macaddress,
    });
    return instanceFields(instance, call);
  },
});

const nicParameters = { virtualmachineid: required(ref("instances")), nicid: required(ref("nics")) };

const removeNicFromVirtualMachine = async({
  name: "removeNicFromVirtualMachine",
  audience: "user",
  parameters: nicParameters,
  reply: "virtualmachine",
  job: instanceJob("RemoveNicFromVM"),
  target: (call) => existingInstance(call, call.args.virtualmachineid),
  queues: instanceQueue,
  finish(instance, call) {
    const { tables, args } = call;
    const nic = args.nicid;
    if (nic.instanceId !== instance.id || nic.removed !== undefined) {
      throw invalid(`${nic.uuid} is not a nic on ${describeInstance(instance)}`);
    }
    if (nic.isDefault) {
      const network = describeNetwork(tables.networks.need(nic.networkId));
      throw invalid(`Unable to remove nic from ${describeInstance(instance)} in ${network}, nic is default.`);
    }
    if (hasPublicRules(tables, nic)) {
      const network = describeNetwork(tables.networks.need(nic.networkId));
      throw invalid(
        `Unable to remove nic from ${describeInstance(instance)} in ${network}, nic has associated Port forwarding or Load balancer or Static NAT rules.`,
      );
    }
    tables.nics.remove(nic);
    return instanceFields(instance, call);
  },
});

const updateDefaultNicForVirtualMachine = async({
  name: "updateDefaultNicForVirtualMachine",
  audience: "user",
  parameters: nicParameters,
  reply: "virtualmachine",
  job: instanceJob("UpdateDefaultNicForVM"),
  target: (call) => existingInstance(call, call.args.virtualmachineid),
  queues: instanceQueue,
  finish(instance, call) {
    const nics = nicsOf(call, instance);
    if (!nics.includes(call.args.nicid)) {
      throw invalid(`${call.args.nicid.uuid} is not a nic on ${describeInstance(instance)}`);
    }
    if (call.args.nicid.isDefault) {
      throw fail("runtime", "refusing to set default nic because chosen nic is already the default");
    }
    for (const nic of nics) call.tables.nics.update(nic, { isDefault: nic === call.args.nicid });
    return instanceFields(instance, call);
  },
});

const updateVmNicIp = async({
  name: "updateVmNicIp",
  audience: "user",
  parameters: { nicid: required(ref("nics")), ipaddress: text },
  reply: "virtualmachine",
  job: instanceJob("UpdateVmNicIp"),
  target(call) {
    const instance = call.tables.instances.get(call.args.nicid.instanceId);
    if (instance === undefined) throw invalid("There is no nic for the nic id specified");
    return existingInstance(call, instance);
  },
  queues: instanceQueue,
  finish(instance, call) {
    const { tables, args } = call;
    const network = tables.networks.need(args.nicid.networkId);
    if (!managesAddresses(network)) throw invalid("UpdateVmNicIpCmd is not supported in L2 network");
    if (instance.state !== "Stopped") {
      throw invalid("VM is not Stopped, unable to update the vm nic having the specified id");
    }
    moveAddress(tables, args.nicid, otherAddress(tables, network, args.nicid, args.ipaddress));
    return instanceFields(instance, call);
  },
});

/** A free address for the card. Here, unlike in a deployment, an address that cannot be had is a wrong parameter. */
function otherAddress(tables: Tables, network: Network, nic: Nic, wanted: string | undefined): string | undefined {
  try {
    return takeAddress(tables, network, wanted);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw invalid(`Allocating ip to guest nic ${nic.uuid} failed, for insufficient address capacity`);
  }
}

export const instanceNicCommands: readonly Command[] = [
  addNicToVirtualMachine,
  removeNicFromVirtualMachine,
  updateDefaultNicForVirtualMachine,
  updateVmNicIp,
];
