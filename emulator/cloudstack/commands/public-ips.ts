import { formatDate } from "../models/clock.ts";
import { invalid } from "../models/errors.ts";
import type { Account } from "../models/identity.ts";
import { parseAddress } from "../models/ipv4.ts";
import { checkLimits } from "../models/limits.ts";
import type { PublicIp } from "../models/network.ts";
import { rangeOf, takePublicAddress } from "../models/public-addresses.ts";
import { hasRules, releaseAddress } from "../models/public-rules.ts";
import { systemNetworks } from "../models/routers.ts";
import { defined } from "../models/values.ts";
import { async, asyncCreate, type Call, type Command, type JsonObject, listing, success } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { ownerFields } from "./owner-fields.ts";
import { boolean, listParameters, map, ownerParameters, ref, scopeParameters, text } from "./parameters.ts";
import { checkAccountAccess, ownerOf, visibleAccounts } from "./scope.ts";
import { hasTags, tagFields } from "./tag-fields.ts";

function render(ip: PublicIp, { tables }: Call): JsonObject {
  const zone = tables.zones.need(ip.zoneId);
  const range = rangeOf(tables, ip);
  const vpc = tables.vpcs.get(ip.vpcId);
  return {
    id: ip.uuid,
    ipaddress: ip.address,
    allocated: formatDate(ip.created),
    zoneid: zone.uuid,
    zonename: zone.name,
    issourcenat: ip.sourceNat,
    ...ownerFields(tables, ip),
    forvirtualnetwork: true,
    vlanid: range?.uuid,
    vlanname: range && `vlan://${range.vlan}`,
    isstaticnat: ip.staticNat !== undefined,
    issystem: false,
    ...staticNatFields(ip, tables),
    ...associatedFields(ip, tables),
    networkid: systemNetworks.public,
    state: "Allocated",
    physicalnetworkid: tables.physicalNetworks.get(range?.physicalNetworkId)?.uuid,
    vpcid: vpc?.uuid,
    vpcname: vpc?.name,
    tags: tagFields(tables, "PublicIpAddress", ip),
    isportable: false,
    fordisplay: true,
    hasrules: hasRules(tables, ip),
    forsystemvms: false,
    forprovider: false,
    hasannotations: false,
  };
}

function staticNatFields({ staticNat }: PublicIp, tables: Call["tables"]): JsonObject {
  if (staticNat === undefined) return {};
  const instance = tables.instances.need(staticNat.instanceId);
  return {
    virtualmachineid: instance.uuid,
    virtualmachinetype: "User",
    vmipaddress: staticNat.guestIp,
    virtualmachinename: instance.name,
    virtualmachinedisplayname: instance.displayName,
  };
}

function associatedFields({ networkId }: PublicIp, tables: Call["tables"]): JsonObject {
  const network = tables.networks.get(networkId);
  return network === undefined ? {} : { associatednetworkid: network.uuid, associatednetworkname: network.name };
}

/** Only what happens on a guest network waits for its turn there. */
function queuesOf({ networkId }: PublicIp): readonly string[] {
  return networkId === undefined ? [] : [`network:${networkId}`];
}

const associateParameters = {
  ...ownerParameters,
  ipaddress: text,
  networkid: ref("networks"),
  vpcid: ref("vpcs"),
  zoneid: ref("zones"),
};

const associateIpAddress = asyncCreate({
  name: "associateIpAddress",
  audience: "user",
  parameters: associateParameters,
  reply: "ipaddress",
  job: { className: "user.address.AssociateIPAddrCmd", byAdmin: true, instance: "IpAddress", showsInstance: true },
  create(call) {
    const { world, args } = call;
    const { networkid: network, vpcid: vpc } = args;
    if (network?.removed !== undefined) throw invalid("Unable to find network by network id specified");
    if (vpc?.removed !== undefined) throw invalid("Unable to find VPC by VPC id specified");
    const zoneId = args.zoneid?.id ?? network?.zoneId ?? vpc?.zoneId;
    if (zoneId === undefined)
      throw invalid(
        "Unable to figure out zone to assign ip to. Please specify either zoneId, or networkId, or vpcId in the call",
      );
    const owner = holderOf(call);
    checkLimits(world, owner, [["public_ip", 1]]);
    const holder = {
      zoneId,
      accountId: owner.id,
      domainId: owner.domainId,
      sourceNat: false,
      ...defined({ vpcId: vpc?.id ?? network?.vpcId, networkId: network?.id }),
    };
    return takePublicAddress(world, holder, args.ipaddress);
  },
  queues: queuesOf,
  finish: render,
  failed: (ip, { tables }) => tables.publicIps.remove(ip),
});

/** The account that is named, or the owner of the network or VPC that the address is for. */
function holderOf(call: Call<typeof associateParameters>): Account {
  const { tables, args } = call;
  if (args.account !== undefined) return ownerOf(call);
  const served = args.networkid ?? args.vpcid;
  if (served === undefined) return call.caller.account;
  checkAccountAccess(call, served.accountId);
  return tables.accounts.need(served.accountId);
}

const disassociateIpAddress = async({
  name: "disassociateIpAddress",
  audience: "user",
  parameters: { id: ref("publicIps"), ipaddress: text },
  job: { className: "user.address.DisassociateIPAddrCmd", instance: "IpAddress", showsInstance: true },
  target(call) {
    const { id, ipaddress } = call.args;
    const ip = id ?? call.tables.publicIps.find((candidate) => candidate.address === ipaddress);
    if (ip === undefined || ip.removed !== undefined)
      throw invalid(`Unable to find ip address by id=${ip?.id ?? ipaddress}`);
    checkAccountAccess(call, ip.accountId);
    if (ip.sourceNat) {
      throw invalid("Ip address is used for source nat purposes and can not be disassociated.");
    }
    return ip;
  },
  queues: queuesOf,
  finish(ip, { world }) {
    releaseAddress(world, ip);
    return success;
  },
});

const listPublicIpAddresses = listing({
  name: "listPublicIpAddresses",
  audience: "user",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    id: ref("publicIps"),
    ipaddress: text,
    associatednetworkid: ref("networks"),
    issourcenat: boolean,
    isstaticnat: boolean,
    state: text,
    tags: map,
    vpcid: ref("vpcs"),
    zoneid: ref("zones"),
  },
  reply: "publicipaddress",
  rows(call) {
    const { tables, args } = call;
    const accounts = visibleAccounts(call);
    const wanted = {
      id: args.id?.id,
      address: args.ipaddress,
      networkId: args.associatednetworkid?.id,
      sourceNat: args.issourcenat,
      vpcId: args.vpcid?.id,
      zoneId: args.zoneid?.id,
    };
    if (args.state !== undefined && args.state !== "Allocated") return [];
    return tables.publicIps
      .filter(
        (ip) =>
          accounts.has(ip.accountId) &&
          fits(ip, wanted) &&
          (args.isstaticnat === undefined || (ip.staticNat !== undefined) === args.isstaticnat) &&
          mentions(args.keyword, ip.address) &&
          hasTags(tables, "PublicIpAddress", ip, args.tags),
      )
      .sort((a, b) => (parseAddress(b.address) ?? 0) - (parseAddress(a.address) ?? 0));
  },
  render,
});

export const publicIpCommands: readonly Command[] = [associateIpAddress, disassociateIpAddress, listPublicIpAddresses];
