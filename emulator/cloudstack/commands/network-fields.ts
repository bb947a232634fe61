import { formatDate } from "../models/clock.ts";
import type { Network } from "../models/network.ts";
import { capabilitiesOf } from "../models/network-services.ts";
import type { NetworkOffering } from "../models/offerings.ts";
import type { Call, JsonObject } from "./command.ts";
import { domainFields, ownerFields } from "./owner-fields.ts";
import { tagFields } from "./tag-fields.ts";

/** A guest network as `listNetworks` shows it. */
export function networkFields(network: Network, { tables, caller }: Call): JsonObject {
  const zone = tables.zones.need(network.zoneId);
  const offering = tables.networkOfferings.need(network.offeringId);
  const vpc = tables.vpcs.get(network.vpcId);
  const acl = tables.aclLists.get(network.aclId);
  const vlan = caller.isRootAdmin && network.vlan !== undefined ? { vlan: String(network.vlan) } : {};
  return {
    id: network.uuid,
    name: network.name,
    displaytext: network.displayText,
    broadcastdomaintype: "Vlan",
    traffictype: "Guest",
    gateway: network.gateway,
    netmask: network.netmask,
    cidr: network.cidr,
    zoneid: zone.uuid,
    zonename: zone.name,
    ...offeringFields(offering),
    issystem: false,
    state: network.state,
    related: network.uuid,
    broadcasturi: network.vlan === undefined ? undefined : `vlan://${network.vlan}`,
    dns1: zone.dns1,
    type: network.guestType,
    ...vlan,
    acltype: network.aclType,
    subdomainaccess: network.subdomainAccess,
    ...(network.aclType === "Domain" ? domainFields(tables, network.domainId) : ownerFields(tables, network)),
    service: serviceFields(offering),
    networkdomain: network.networkDomain,
    physicalnetworkid: tables.physicalNetworks.need(network.physicalNetworkId).uuid,
    restartrequired: false,
    specifyvlan: offering.specifyVlan,
    specifyipranges: offering.specifyIpRanges,
    vpcid: vpc?.uuid,
    vpcname: vpc?.name,
    canusefordeploy: true,
    ispersistent: offering.isPersistent,
    tags: tagFields(tables, "Network", network),
    details: network.details,
    displaynetwork: network.displayNetwork,
    aclid: acl?.uuid,
    aclname: acl?.name,
    strechedl2subnet: false,
    redundantrouter: false,
    supportsvmautoscaling: false,
    created: formatDate(network.created),
    receivedbytes: 0,
    sentbytes: 0,
    publicmtu: 1500,
    privatemtu: 1500,
    hasannotations: false,
  };
}

function offeringFields(offering: NetworkOffering) {
  return {
    networkofferingid: offering.uuid,
    networkofferingname: offering.name,
    networkofferingdisplaytext: offering.displayText,
    networkofferingconservemode: offering.conserveMode,
    networkofferingavailability: offering.availability,
  };
}

function serviceFields(offering: NetworkOffering) {
  return offering.services.map(({ name, providers }) => ({
    name,
    provider: providers.map((provider) => ({ name: provider })),
    capability: capabilitiesOf(name).map((capability) => ({ ...capability })),
  }));
}
