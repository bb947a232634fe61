import { invalid } from "../models/errors.ts";
import { checkServes, checkStaticNat, releaseFromTier, servedNetwork } from "../models/public-rules.ts";
import { async, type Command, success, sync } from "./command.ts";
import { ref, required, text } from "./parameters.ts";
import { checkAccountAccess } from "./scope.ts";

const enableStaticNat = sync({
  name: "enableStaticNat",
  audience: "user",
  parameters: {
    ipaddressid: required(ref("publicIps")),
    virtualmachineid: required(ref("instances")),
    networkid: ref("networks"),
    vmguestip: text,
  },
  run(call) {
    const { tables, args } = call;
    const { ipaddressid: ip, virtualmachineid: instance } = args;
    if (ip.removed !== undefined) throw invalid(`Unable to find ip address by id ${ip.id}`);
    checkAccountAccess(call, ip.accountId);
    checkAccountAccess(call, instance.accountId);
    const network = servedNetwork(
      tables.networks.get(ip.networkId) ?? args.networkid,
      `Unable to enable static NAT for the ipAddress id=${ip.id} as IP is not associated with any network and no networkId is passed in`,
    );
    const card = tables.nics.where("instanceId", instance.id).find((nic) => nic.networkId === network.id);
    if (card?.ipAddress === undefined) throw invalid("Vm doesn't belong to the network with specified id");
    const offering = tables.networkOfferings.need(network.offeringId);
    if (!offering.services.some(({ name }) => name === "StaticNat")) {
      throw invalid(
        "Unable to create static nat rule; StaticNat service is not supported in network with specified id",
      );
    }
    checkServes(tables, ip, network, "StaticNat");
    if (args.vmguestip !== undefined && args.vmguestip !== card.ipAddress) {
      throw invalid(`VM ip ${args.vmguestip} address not belongs to the vm`);
    }
    checkStaticNat(tables, ip, instance, card);
    tables.publicIps.update(ip, {
      networkId: network.id,
      staticNat: { instanceId: instance.id, guestIp: card.ipAddress },
    });
    return success;
  },
});

const disableStaticNat = async({
  name: "disableStaticNat",
  audience: "user",
  parameters: { ipaddressid: required(ref("publicIps")) },
  job: { className: "user.nat.DisableStaticNatCmd" },
  target(call) {
    const { ipaddressid: ip } = call.args;
    if (ip.removed !== undefined) throw invalid(`Unable to find ip address by id ${ip.id}`);
    checkAccountAccess(call, ip.accountId);
    return ip;
  },
  queues: ({ networkId }) => (networkId === undefined ? [] : [`network:${networkId}`]),
  begin(ip) {
    if (ip.staticNat === undefined) throw invalid("Specified IP address id is not associated with any vm Id");
  },
  finish(ip, { tables, world }) {
    tables.publicIps.update(ip, { staticNat: undefined });
    releaseFromTier(world, ip);
    return success;
  },
});

export const staticNatCommands: readonly Command[] = [enableStaticNat, disableStaticNat];
