import { formatDate } from "../models/clock.ts";
import { invalid } from "../models/errors.ts";
import { checkNetworkOffering, checkRequired, guestTypeFrom, offeredServices } from "../models/network-offerings.ts";
import type { NetworkOffering, OfferedService } from "../models/offerings.ts";
import { routerOfferingName } from "../models/offerings-seed.ts";
import { settingValue } from "../models/settings.ts";
import { defined } from "../models/values.ts";
import { type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { givenTo, givenToByText, idsOf, isInZone, isOffered, scopeChanges, scopeFields } from "./offering-scope.ts";
import { boolean, integer, list, listParameters, map, ref, required, text } from "./parameters.ts";

/** Capabilities that an offering fixes for its services, with their defaults, in the order of the real server. */
const capabilityDefaults: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  SourceNat: { SupportedSourceNatTypes: "peraccount", RedundantRouter: "false" },
  StaticNat: { ElasticIp: "false", AssociatePublicIP: "false" },
  Lb: { SupportedLBIsolation: "shared", ElasticLb: "false", InlineMode: "false", VmAutoScaling: "false" },
};

function serviceFields(services: readonly OfferedService[], chosen: NetworkOffering["capabilities"]) {
  return services.map(({ name, providers }) => {
    const capabilities = Object.entries(capabilityDefaults[name] ?? {});
    return {
      name,
      provider: providers.map((provider) => ({ name: provider })),
      capability:
        capabilities.length === 0
          ? undefined
          : capabilities.map(([capability, value]) => ({
              name: capability,
              value: chosen[`${name}.${capability}`] ?? value,
              canchooseservicecapability: false,
            })),
    };
  });
}

function render(offering: NetworkOffering, { tables }: Call): JsonObject {
  const routed = offering.services.some((service) =>
    service.providers.some((provider) => provider.endsWith("VirtualRouter")),
  );
  const router = tables.serviceOfferings.find((one) => one.name === routerOfferingName);
  return {
    id: offering.uuid,
    name: offering.name,
    displaytext: offering.displayText,
    ...scopeFields(tables, offering, (domain) => domain.path),
    tags: offering.tags,
    created: formatDate(offering.created),
    traffictype: "Guest",
    isdefault: offering.isDefault,
    specifyvlan: offering.specifyVlan,
    conservemode: offering.conserveMode,
    specifyipranges: offering.specifyIpRanges,
    availability: offering.availability,
    // No limit is kept as 0 and told as -1 (`ConfigurationManagerImpl.getNetworkOfferingNetworkRate`).
    networkrate: offering.networkRate === 0 ? -1 : offering.networkRate,
    state: offering.state,
    guestiptype: offering.guestType,
    serviceofferingid: routed ? router?.uuid : undefined,
    service: serviceFields(offering.services, offering.capabilities),
    forvpc: offering.forVpc,
    fornsx: false,
    fortungsten: false,
    ispersistent: offering.isPersistent,
    egressdefaultpolicy: offering.egressDefaultPolicy,
    supportsstrechedl2subnet: false,
    supportspublicaccess: false,
    supportsinternallb: false,
    internetprotocol: "IPv4",
    specifyasnumber: false,
    hasannotations: false,
  };
}

/** `servicecapabilitylist[i].service/.capabilitytype/.capabilityvalue` by `Service.Capability`. */
function chosenCapabilities(entries: readonly Readonly<Record<string, string>>[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (entries ?? []).map(({ service = "", capabilitytype = "", capabilityvalue = "" }) => {
      if (capabilityDefaults[service]?.[capabilitytype] === undefined) {
        throw invalid(`Capability ${capabilitytype} can not be specified for service ${service}`);
      }
      return [`${service}.${capabilitytype}`, capabilityvalue];
    }),
  );
}

const createNetworkOffering = sync({
  name: "createNetworkOffering",
  audience: "root-admin",
  parameters: {
    ...givenTo,
    name: required(text),
    displaytext: text,
    traffictype: required(text),
    guestiptype: required(text),
    availability: text,
    specifyvlan: boolean,
    specifyipranges: boolean,
    ispersistent: boolean,
    conservemode: boolean,
    networkrate: integer,
    supportedservices: list,
    serviceproviderlist: map,
    servicecapabilitylist: map,
    egressdefaultpolicy: boolean,
    forvpc: boolean,
    tags: text,
    enable: boolean,
  },
  reply: "networkoffering",
  run(call) {
    const { world, tables, args } = call;
    if (args.traffictype.toLowerCase() !== "guest") throw invalid(`Invalid value for traffictype: ${args.traffictype}`);
    if (tables.networkOfferings.find((offering) => offering.name === args.name)) {
      throw invalid(`Network offering name ${args.name} already exists`);
    }
    const services = offeredServices(args.supportedservices ?? [], args.serviceproviderlist ?? []);
    const values = {
      name: args.name,
      displayText: args.displaytext ?? args.name,
      state: args.enable ? "Enabled" : "Disabled",
      guestType: guestTypeFrom(args.guestiptype),
      isDefault: false,
      specifyVlan: args.specifyvlan ?? false,
      specifyIpRanges: args.specifyipranges ?? false,
      conserveMode: args.conservemode ?? true,
      availability: args.availability?.toLowerCase() === "required" ? "Required" : "Optional",
      networkRate: args.networkrate ?? Number(settingValue(world, "network.throttling.rate")),
      services,
      capabilities: chosenCapabilities(args.servicecapabilitylist),
      forVpc: args.forvpc ?? services.some((service) => service.providers.includes("VpcVirtualRouter")),
      isPersistent: args.ispersistent ?? false,
      egressDefaultPolicy: args.egressdefaultpolicy ?? true,
      ...defined({ tags: args.tags, domainIds: idsOf(args.domainid), zoneIds: idsOf(args.zoneid) }),
    } as const;
    checkNetworkOffering(tables, values);
    return render(tables.networkOfferings.insert(values), call);
  },
});

const updateNetworkOffering = sync({
  name: "updateNetworkOffering",
  audience: "root-admin",
  parameters: {
    ...givenToByText,
    id: required(ref("networkOfferings")),
    name: text,
    displaytext: text,
    availability: text,
    state: text,
    tags: text,
  },
  reply: "networkoffering",
  run(call) {
    const { tables, args } = call;
    checkExists(args.id);
    const availability = args.availability === undefined ? undefined : availabilityFrom(args.availability);
    if (availability === "Required") checkRequired(tables, args.id);
    tables.networkOfferings.update(args.id, {
      ...defined({ name: args.name, displayText: args.displaytext, availability }),
      ...(args.tags === undefined ? {} : { tags: args.tags.trim() === "" ? undefined : args.tags }),
      ...(args.state === undefined ? {} : { state: stateFrom(args.state) }),
      ...scopeChanges(tables, args),
    });
    return render(args.id, call);
  },
});

function availabilityFrom(text: string): NetworkOffering["availability"] {
  const found = (["Required", "Optional"] as const).find((one) => one.toLowerCase() === text.toLowerCase());
  if (found === undefined) throw invalid("Invalid value for Availability. Supported types: Required, Optional");
  return found;
}

function stateFrom(state: string): NetworkOffering["state"] {
  if (state === "Enabled" || state === "Disabled") return state;
  throw invalid(`Can't find network offering state ${state}`);
}

function checkExists({ removed, id }: NetworkOffering): void {
  if (removed !== undefined) throw invalid(`unable to find network offering ${id}`);
}

const deleteNetworkOffering = sync({
  name: "deleteNetworkOffering",
  audience: "root-admin",
  parameters: { id: required(ref("networkOfferings")) },
  run({ tables, args: { id: offering } }) {
    checkExists(offering);
    if (offering.isDefault) throw invalid("Default network offering can't be deleted");
    const users = tables.networks.where("offeringId", offering.id).length;
    if (users > 0) {
      const described = JSON.stringify({
        id: offering.id,
        name: offering.name,
        trafficType: "Guest",
        uuid: offering.uuid,
      });
      throw invalid(
        `Can't delete network offering NetworkOffering ${described} as its used by ${users} networks. To make the network offering unavailable, disable it`,
      );
    }
    tables.networkOfferings.remove(offering);
    return success;
  },
});

const listNetworkOfferings = listing({
  name: "listNetworkOfferings",
  audience: "user",
  parameters: {
    ...listParameters,
    id: ref("networkOfferings"),
    name: text,
    displaytext: text,
    state: text,
    guestiptype: text,
    traffictype: text,
    availability: text,
    isdefault: boolean,
    specifyvlan: boolean,
    specifyipranges: boolean,
    forvpc: boolean,
    supportedservices: list,
    zoneid: ref("zones"),
    domainid: ref("domains"),
    tags: text,
  },
  reply: "networkoffering",
  rows: ({ tables, caller, args }) =>
    tables.networkOfferings.only(args.id).filter(
      (offering) =>
        fits(offering, {
          id: args.id?.id,
          name: args.name,
          displayText: args.displaytext,
          state: args.state,
          availability: args.availability,
          isDefault: args.isdefault,
          specifyVlan: args.specifyvlan,
          specifyIpRanges: args.specifyipranges,
          forVpc: args.forvpc,
          tags: args.tags,
        }) &&
        (args.guestiptype ?? offering.guestType).toLowerCase() === offering.guestType.toLowerCase() &&
        (args.traffictype ?? "Guest").toLowerCase() === "guest" &&
        (args.supportedservices ?? []).every((name) => offering.services.some((service) => service.name === name)) &&
        isOffered(tables, caller, offering) &&
        isInZone(offering, args.zoneid) &&
        (!args.domainid || (offering.domainIds?.includes(args.domainid.id) ?? true)) &&
        mentions(args.keyword, offering.name, offering.displayText),
    ),
  render,
});

export const networkOfferingCommands: readonly Command[] = [
  createNetworkOffering,
  updateNetworkOffering,
  deleteNetworkOffering,
  listNetworkOfferings,
];
