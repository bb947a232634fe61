import { failBare, invalid } from "../models/errors.ts";
import type { Account } from "../models/identity.ts";
import type { PhysicalNetwork } from "../models/infrastructure.ts";
import { checkLimits } from "../models/limits.ts";
import type { Network } from "../models/network.ts";
import { networkDomainFor } from "../models/network-domain.ts";
import { addressingOf, checkGuestBlock, checkTier, checkUpgrade, checkVlan } from "../models/network-rules.ts";
import { checkRemovable, removeNetwork } from "../models/networks.ts";
import type { NetworkOffering } from "../models/offerings.ts";
import { isCorrupted } from "../models/routers.ts";
import { defined } from "../models/values.ts";
import { async, type Call, type Command, success, sync } from "./command.ts";
import { networkFields } from "./network-fields.ts";
import { listNetworks } from "./network-list.ts";
import { boolean, ownerParameters, ref, required, text } from "./parameters.ts";
import { checkAccountAccess, ownerOf } from "./scope.ts";

const createParameters = {
  ...ownerParameters,
  name: required(text),
  displaytext: text,
  networkofferingid: required(ref("networkOfferings")),
  zoneid: required(ref("zones")),
  physicalnetworkid: ref("physicalNetworks"),
  gateway: text,
  netmask: text,
  startip: text,
  endip: text,
  vlan: text,
  bypassvlanoverlapcheck: boolean,
  acltype: text,
  subdomainaccess: boolean,
  vpcid: ref("vpcs"),
  aclid: ref("aclLists"),
  networkdomain: text,
  displaynetwork: boolean,
};
type CreateCall = Call<typeof createParameters>;

const createNetwork = sync({
  name: "createNetwork",
  audience: "user",
  parameters: createParameters,
  reply: "network",
  run(call) {
    const { tables, world, args } = call;
    const offering = args.networkofferingid;
    if (offering.state !== "Enabled") {
      throw invalid("Can't use specified network offering id as its state is not Enabled");
    }
    const aclType = aclTypeOf(call, offering);
    const owner = networkOwner(call, aclType);
    if (aclType === "Account") checkLimits(world, owner, [["network", 1]]);
    checkName(call, owner);
    const physical = physicalNetworkOf(call, offering);
    const addressing = addressingOf(offering, args.zoneid, args);
    const vlan = vlanOf(call, offering);
    checkGuestBlock(offering, addressing.cidr);
    checkVlan(world, { zone: args.zoneid, physical, offering }, vlan, args.bypassvlanoverlapcheck === true);
    if (args.vpcid !== undefined) checkTier(world, args.vpcid, offering, addressing, args.networkdomain);
    else if (offering.forVpc) throw invalid("Network offering can be used for VPC networks only");
    checkAcl(call, offering);
    const isDomainWide = aclType === "Domain";
    const network = tables.networks.insert({
      name: args.name,
      displayText: args.displaytext ?? args.name,
      offeringId: offering.id,
      zoneId: args.zoneid.id,
      physicalNetworkId: physical.id,
      guestType: offering.guestType,
      accountId: owner.id,
      domainId: isDomainWide ? (args.domainid ?? call.caller.domain).id : owner.domainId,
      aclType,
      ...(isDomainWide ? { subdomainAccess: args.subdomainaccess ?? true } : {}),
      state: vlan === undefined ? "Allocated" : "Setup",
      ...(offering.guestType === "L2" ? {} : addressing),
      ...defined({
        vlan,
        vpcId: args.vpcid?.id,
        aclId: args.aclid?.id,
        networkDomain: domainName(call, owner, offering),
      }),
      displayNetwork: args.displaynetwork ?? true,
      details: {},
      macs: 0,
    });
    return networkFields(network, call);
  },
});

function aclTypeOf({ args, caller }: CreateCall, offering: NetworkOffering): Network["aclType"] {
  const isShared = offering.guestType === "Shared";
  if (args.acltype === undefined) return isShared && caller.isRootAdmin ? "Domain" : "Account";
  const wanted = args.acltype.toLowerCase();
  if (wanted !== "account" && wanted !== "domain") {
    throw invalid(`Incorrect aclType specified. Check the API documentation for supported types`);
  }
  if (wanted === "account") return "Account";
  if (offering.guestType === "Isolated") throw invalid("AclType should be Account for network of type Isolated");
  if (!isShared) throw invalid("Only Shared networks can have aclType=Domain");
  return "Domain";
}

/** A network of a whole domain belongs to the system account. */
function networkOwner(call: CreateCall, aclType: Network["aclType"]): Account {
  if (aclType === "Domain") {
    const system = call.tables.accounts.find((account) => account.name === "system");
    if (system !== undefined) return system;
  }
  return call.args.account === undefined ? call.caller.account : ownerOf(call);
}

function checkName({ tables, args }: CreateCall, owner: Account): void {
  const taken = tables.networks.where("accountId", owner.id).some(({ name }) => name === args.name);
  if (taken) throw invalid(`Another network with same name already exists within account: ${owner.name}`);
}

function physicalNetworkOf({ tables, args }: CreateCall, offering: NetworkOffering): PhysicalNetwork {
  if (args.physicalnetworkid !== undefined) {
    if (offering.guestType === "Isolated") {
      throw invalid("Physical network ID can be specified for networks of guest IP type Shared or L2 only.");
    }
    return args.physicalnetworkid;
  }
  const [physical] = tables.physicalNetworks.where("zoneId", args.zoneid.id);
  if (physical === undefined) throw invalid("Unable to find physical network which match the tags null");
  return physical;
}

/** A VLAN id, as `224` or `vlan://224`. Whether a switch takes it is not checked: a real server accepts 5000 too. */
function vlanOf({ args, caller }: CreateCall, offering: NetworkOffering): number | undefined {
  if (!caller.isRootAdmin && (offering.specifyVlan || args.vlan !== undefined || args.bypassvlanoverlapcheck)) {
    throw invalid("Only ROOT admin is allowed to specify vlanId or bypass vlan overlap check");
  }
  if (args.vlan === undefined) return undefined;
  const id = /^(?:vlan:\/\/)?(\d+)$/.exec(args.vlan)?.[1];
  if (id === undefined) throw invalid(`Unable to convert to broadcast URI: ${args.vlan}`);
  return Number(id);
}

function checkAcl({ args }: CreateCall, offering: NetworkOffering): void {
  const { aclid, vpcid } = args;
  if (aclid === undefined) return;
  if (vpcid === undefined) throw invalid("ACL can be specified only for networks in VPC");
  if (!offering.services.some(({ name }) => name === "NetworkACL")) {
    throw invalid("Cannot apply NetworkACL. Network Offering does not support NetworkACL service");
  }
  if (aclid.removed !== undefined) throw invalid("Unable to find specified NetworkACL");
  if (aclid.vpcId !== undefined && aclid.vpcId !== vpcid.id) {
    throw invalid(`ACL: ${aclid.uuid} do not belong to the VPC`);
  }
}

/** A network without any DNS or DHCP of its own has no domain name. */
function domainName({ tables, args }: CreateCall, owner: Account, offering: NetworkOffering): string | undefined {
  if (args.vpcid !== undefined) return args.vpcid.networkDomain;
  if (!offering.services.some(({ name }) => name === "Dns")) return undefined;
  return networkDomainFor(tables, owner, args.zoneid, args.networkdomain);
}

const updateNetwork = async({
  name: "updateNetwork",
  audience: "user",
  parameters: {
    id: required(ref("networks")),
    name: text,
    displaytext: text,
    networkdomain: text,
    networkofferingid: ref("networkOfferings"),
  },
  reply: "network",
  job: { className: "user.network.UpdateNetworkCmd", byAdmin: true, instance: "Network" },
  target: (call) => existing(call, call.args.id),
  queues: (network) => [`network:${network.id}`],
  finish(network, call) {
    const { name = network.name, displaytext = network.displayText, networkdomain = network.networkDomain } = call.args;
    const { networkofferingid: offering } = call.args;
    if ((offering ?? call.args.networkdomain) !== undefined && network.guestType !== "Isolated") {
      throw invalid("NetworkOffering and domain suffix upgrade can be perfomed for Isolated networks only");
    }
    if (offering !== undefined && offering.id !== network.offeringId) checkUpgrade(call.world, network, offering);
    call.tables.networks.update(network, {
      offeringId: offering?.id ?? network.offeringId,
      name,
      displayText: displaytext,
      networkDomain: networkdomain,
      details: { ...network.details, hideIpAddressUsage: "false" },
    });
    return networkFields(network, call);
  },
});

const deleteNetwork = async({
  name: "deleteNetwork",
  audience: "user",
  parameters: { id: required(ref("networks")), forced: boolean },
  job: { className: "user.network.DeleteNetworkCmd", instance: "Network" },
  target: (call) => existing(call, call.args.id),
  queues: (network) => [`network:${network.id}`],
  begin: (network, { world }) => checkRemovable(world, network),
  finish(network, { world }) {
    checkRemovable(world, network);
    removeNetwork(world, network);
    return success;
  },
});

const restartNetwork = async({
  name: "restartNetwork",
  audience: "user",
  parameters: { id: required(ref("networks")), cleanup: boolean },
  job: { className: "user.network.RestartNetworkCmd", byAdmin: true, instance: "Network" },
  target: (call) => existing(call, call.args.id),
  queues: (network) => [`network:${network.id}`],
  finish(network, { world }) {
    if (isCorrupted(world, network)) throw failBare(530, "Failed to restart network");
    return success;
  },
});

/** The network, when it is there and the caller may act on it. */
function existing(call: Call, network: Network): Network {
  if (network.removed !== undefined) throw invalid(`Unable to find network by id ${network.id}`);
  checkAccountAccess(call, network.accountId);
  return network;
}

export const networkCommands: readonly Command[] = [
  createNetwork,
  updateNetwork,
  deleteNetwork,
  restartNetwork,
  listNetworks,
];
