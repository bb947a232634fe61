import { boolean, integer, list, map, object, oneOf, text } from "../../core/fields.ts";
import { isObject } from "../../core/values.ts";
import { call, defineResource, rows } from "../resource.ts";
import { indexedParams } from "../wire.ts";
import { visibility } from "./offering.ts";

export const networkOffering = defineResource({
  token: "cloudstack:network:NetworkOffering",
  doc: "A kind of network: which services it has and who provides them. Made enabled. A real server keeps names unique.",
  deleteBeforeReplace: true,

  inputs: {
    name: text({ min: 1, doc: "Unique." }),
    displayText: text({
      optional: true,
      serverChooses: true,
      doc: "Longer text for users. Default: the name.",
    }),
    guestIpType: oneOf(["Isolated", "Shared", "L2"], {
      onChange: "replace",
      // What every offering of ours has in common goes along with it: it is for guests, and ready for use.
      encode: (guestiptype) => ({ guestiptype, traffictype: "GUEST", enable: true }),
      doc: "Isolated: one owner, own router. Shared: many owners. L2: a bare VLAN, no addresses.",
    }),
    forVpc: boolean({ default: false, onChange: "replace", doc: "For tiers of a VPC." }),
    specifyVlan: boolean({
      default: false,
      onChange: "replace",
      doc: "Networks name their VLAN id, outside the physical network's dynamic range, instead of getting one.",
    }),
    specifyIpRanges: boolean({
      default: false,
      onChange: "replace",
      doc: "Networks name their address range; Shared networks must.",
    }),
    conserveMode: boolean({
      default: true,
      onChange: "replace",
      doc: "One public address may serve several services. Not for VPC tiers with public load balancing.",
    }),
    egressDefaultPolicy: oneOf(["allow", "deny"], {
      optional: true,
      serverChooses: true,
      onChange: "replace",
      encode: (policy) => policy === "allow",
      decode: (row) => egressPolicy(row.egressdefaultpolicy),
      doc: "Whether an Isolated network lets traffic out where no rule speaks. Server's default: allow. VPC tiers go by their ACL list.",
    }),
    persistent: boolean({
      default: false,
      param: "ispersistent",
      onChange: "replace",
      doc: "The router exists before the first instance.",
    }),
    networkRateMbps: integer({
      optional: true,
      serverChooses: true,
      min: 0,
      param: "networkrate",
      unit: "Mbit/s",
      onChange: "replace",
      doc: "Limit of each network's rate. Default: the server's setting.",
    }),
    availability: oneOf(["Optional", "Required"], {
      default: "Optional",
      doc: "Required: chosen where a network is needed and none is named.",
    }),
    services: map(text({ min: 1 }), {
      optional: true,
      onChange: "replace",
      encode: serviceParams,
      decode: (row) => providers(row.service),
      doc: "Service to provider, for example `{ Dhcp: 'VpcVirtualRouter', NetworkACL: 'VpcVirtualRouter' }`.",
    }),
    serviceCapabilities: list(
      object(
        "ServiceCapability",
        {
          service: text({ min: 1, doc: "For example Lb or SourceNat." }),
          capability: text({ min: 1, doc: "For example lbSchemes." }),
          value: text({ doc: "For example public." }),
        },
        {},
      ),
      {
        optional: true,
        set: true,
        from: false,
        onChange: "replace",
        encode: (capabilities) =>
          indexedParams(
            "servicecapabilitylist",
            capabilities.map(({ service, capability, value }) => ({
              service,
              capabilitytype: capability,
              capabilityvalue: value,
            })),
          ),
        doc: "Choices within services, where a service has some.",
      },
    ),
    tags: text({ optional: true, cleared: "", doc: "Tag of the physical network to use, where there are several." }),
    ...visibility,
  },
  outputs: {
    state: text({ doc: "Enabled or Disabled." }),
  },

  api: {
    create: call("createNetworkOffering", { answer: "networkoffering" }),
    read: rows("listNetworkOfferings", {}),
    update: call("updateNetworkOffering"),
    delete: call("deleteNetworkOffering"),
  },

  // No room for a mark. An offering that equals ours in everything and has no networks is taken over with a warning.
  leftover: {
    isUsed: ({ api, signal }, { id }) => api.any("listNetworks", { networkofferingid: String(id) }, { signal }),
  },
});

function serviceParams(services: Record<string, string>) {
  const pairs = Object.entries(services).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    supportedservices: pairs.map(([service]) => service).join(","),
    ...indexedParams(
      "serviceproviderlist",
      pairs.map(([service, provider]) => ({ service, provider })),
    ),
  };
}

function providers(services: unknown): Record<string, string> | undefined {
  const entries = (Array.isArray(services) ? services : []).flatMap((service) => {
    const [provider] = isObject(service) && Array.isArray(service.provider) ? service.provider : [];
    return isObject(service) && isObject(provider) ? [[String(service.name), String(provider.name)] as const] : [];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function egressPolicy(allows: unknown): "allow" | "deny" | undefined {
  return allows === undefined ? undefined : allows === true ? "allow" : "deny";
}
