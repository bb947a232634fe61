import { formatDate } from "../models/clock.ts";
import { describeVpc } from "../models/descriptions.ts";
import { invalid } from "../models/errors.ts";
import { isPrivate, parseCidr } from "../models/ipv4.ts";
import { checkLimits } from "../models/limits.ts";
import type { Vpc } from "../models/network.ts";
import { networkDomainFor } from "../models/network-domain.ts";
import { startVpcRouter } from "../models/routers.ts";
import { removeVpc } from "../models/vpcs.ts";
import { async, asyncCreate, type Call, type Command, type JsonObject, listing, success } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { networkFields } from "./network-fields.ts";
import { ownerFields } from "./owner-fields.ts";
import { boolean, listParameters, map, ownerParameters, ref, required, scopeParameters, text } from "./parameters.ts";
import { checkAccountAccess, ownerOf, visibleAccounts } from "./scope.ts";
import { hasTags, tagFields } from "./tag-fields.ts";

function render(vpc: Vpc, call: Call): JsonObject {
  const { tables } = call;
  const zone = tables.zones.need(vpc.zoneId);
  const offering = tables.vpcOfferings.need(vpc.offeringId);
  return {
    id: vpc.uuid,
    name: vpc.name,
    displaytext: vpc.displayText,
    state: vpc.state,
    zoneid: zone.uuid,
    zonename: zone.name,
    service: offering.services.map(({ name, providers }) => ({
      name,
      provider: providers.map((provider) => ({ name: provider })),
    })),
    cidr: vpc.cidr,
    vpcofferingid: offering.uuid,
    vpcofferingname: offering.name,
    created: formatDate(vpc.created),
    ...ownerFields(tables, vpc),
    network: tables.networks.where("vpcId", vpc.id).map((network) => networkFields(network, call)),
    restartrequired: false,
    networkdomain: vpc.networkDomain,
    tags: tagFields(tables, "Vpc", vpc),
    fordisplay: true,
    distributedvpcrouter: false,
    regionlevelvpc: false,
    redundantvpcrouter: false,
    publicmtu: 1500,
    hasannotations: false,
  };
}

const createVPC = asyncCreate({
  name: "createVPC",
  audience: "user",
  parameters: {
    ...ownerParameters,
    name: required(text),
    displaytext: text,
    cidr: text,
    zoneid: required(ref("zones")),
    vpcofferingid: required(ref("vpcOfferings")),
    networkdomain: text,
    start: boolean,
  },
  reply: "vpc",
  job: { className: "user.vpc.CreateVPCCmd", byAdmin: true, instance: "None" },
  create(call) {
    const { tables, args } = call;
    const owner = ownerOf(call);
    checkLimits(call.world, owner, [["vpc", 1]]);
    if (args.vpcofferingid.state !== "Enabled" || args.vpcofferingid.removed !== undefined) {
      throw invalid("Unable to find vpc offering in Enabled state by specified id");
    }
    const { cidr } = args;
    if (cidr === undefined) throw invalid("VPC cidr or cidr size must be specified");
    const block = parseCidr(cidr);
    if (block === undefined) throw invalid(`Invalid CIDR specified ${cidr}`);
    if (!isPrivate(block)) throw invalid(`Guest Cidr ${cidr} is not RFC1918 compliant`);
    return tables.vpcs.insert({
      name: args.name,
      displayText: args.displaytext ?? args.name,
      cidr,
      zoneId: args.zoneid.id,
      offeringId: args.vpcofferingid.id,
      accountId: owner.id,
      domainId: owner.domainId,
      networkDomain: networkDomainFor(tables, owner, args.zoneid, args.networkdomain),
      state: "Enabled",
    });
  },
  finish(vpc, call) {
    if (call.args.start !== false) startVpcRouter(call.world, vpc);
    return render(vpc, call);
  },
  failed: (vpc, { tables }) => tables.vpcs.remove(vpc),
});

const updateVPC = async({
  name: "updateVPC",
  audience: "user",
  parameters: { id: required(ref("vpcs")), name: text, displaytext: text },
  reply: "vpc",
  job: { className: "user.vpc.UpdateVPCCmd", byAdmin: true, instance: "Vpc" },
  target: (call) => existing(call, call.args.id),
  queues: (vpc) => [`vpc:${vpc.id}`],
  finish(vpc, call) {
    const { name = vpc.name, displaytext = vpc.displayText } = call.args;
    return render(call.tables.vpcs.update(vpc, { name, displayText: displaytext }), call);
  },
});

const deleteVPC = async({
  name: "deleteVPC",
  audience: "user",
  parameters: { id: required(ref("vpcs")) },
  job: { className: "user.vpc.DeleteVPCCmd", instance: "Vpc" },
  target: (call) => existing(call, call.args.id),
  queues: (vpc) => [`vpc:${vpc.id}`],
  begin(vpc, { tables }) {
    const tiers = tables.networks.where("vpcId", vpc.id);
    if (tiers.length > 0) {
      throw invalid(`Can't delete VPC ${describeVpc(vpc)} as its used by ${tiers.length} networks`);
    }
  },
  finish(vpc, { world }) {
    removeVpc(world, vpc);
    return success;
  },
});

const listVPCs = listing({
  name: "listVPCs",
  audience: "user",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    id: ref("vpcs"),
    name: text,
    displaytext: text,
    cidr: text,
    state: text,
    tags: map,
    vpcofferingid: ref("vpcOfferings"),
    zoneid: ref("zones"),
  },
  reply: "vpc",
  rows(call) {
    const { tables, args } = call;
    const accounts = visibleAccounts(call);
    const wanted = {
      id: args.id?.id,
      cidr: args.cidr,
      state: args.state,
      offeringId: args.vpcofferingid?.id,
      zoneId: args.zoneid?.id,
    };
    return tables.vpcs
      .filter(
        (vpc) =>
          accounts.has(vpc.accountId) &&
          fits(vpc, wanted) &&
          mentions(args.name, vpc.name) &&
          mentions(args.displaytext, vpc.displayText) &&
          mentions(args.keyword, vpc.name, vpc.displayText) &&
          hasTags(tables, "Vpc", vpc, args.tags),
      )
      .reverse();
  },
  render,
});

/** The VPC, when it is there and the caller may act on it. */
function existing(call: Call, vpc: Vpc): Vpc {
  if (vpc.removed !== undefined) throw invalid(`unable to find VPC id=${vpc.id}`);
  checkAccountAccess(call, vpc.accountId);
  return vpc;
}

export const vpcCommands: readonly Command[] = [createVPC, updateVPC, deleteVPC, listVPCs];
