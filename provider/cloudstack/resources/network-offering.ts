import { boolean, integer, list, map, object, oneOf, type Row, text } from "../../core/fields.ts";
import { isList, isObject, type Plain } from "../../core/values.ts";
import { liveOf, readRow } from "../regular.ts";
import { call, type Description, defineResource, rows } from "../resource.ts";
import { indexedParams } from "../wire.ts";
import { visibility } from "./offering.ts";

const offerings = rows("listNetworkOfferings", {});

const inputs = {
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
    doc: "One public address may serve several services at once. For VPC tiers with load balancing: CloudStack 4.19 or newer.",
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
    // The server takes 0 for no limit, and tells -1.
    decode: ({ networkrate }) => (typeof networkrate === "number" ? Math.max(0, networkrate) : undefined),
    doc: "Limit of each network's rate; 0 = none. Default: the server's setting.",
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
} as const;

const outputs = {
  state: text({ doc: "Enabled or Disabled." }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:network:NetworkOffering",
  doc: "A kind of network: which services it has and who provides them. Made enabled. A real server keeps names unique.",
  deleteBeforeReplace: true,

  inputs,
  outputs,

  api: {
    create: call("createNetworkOffering", { answer: "networkoffering" }),
    read: offerings,
    update: call("updateNetworkOffering"),
    delete: call("deleteNetworkOffering"),
  },

  // No room for a mark. An offering that equals ours in everything and has no networks is taken over with a warning.
  leftover: {
    isUsed: ({ api, signal }, { id }) => api.any("listNetworks", { networkofferingid: String(id) }, { signal }),
  },
};

export const networkOffering = defineResource({
  ...description,

  async read(context, id, known) {
    const row = await readRow(context, offerings, id);
    if (row === undefined) return undefined;
    const live = liveOf(description, row);
    const serviceCapabilities = Object.keys(known).length === 0 ? choicesOf(row) : [];
    return serviceCapabilities.length === 0 ? live : { ...live, values: { ...live.values, serviceCapabilities } };
  },

  // To spell out a default is to choose nothing.
  async staysItself(_context, { path, before, after }) {
    const [chosen, wanted] = [before, after].map(({ serviceCapabilities }) => choicesIn(serviceCapabilities));
    return path.startsWith("serviceCapabilities") && chosen === wanted;
  },
});

/** What a server chooses where an offering does not (recording 03); of `lbSchemes` only the internal one is told. */
const standard: ReadonlySet<string> = new Set(
  [
    choice("SourceNat", "SupportedSourceNatTypes", "peraccount"),
    choice("SourceNat", "RedundantRouter", "false"),
    choice("StaticNat", "ElasticIp", "false"),
    choice("StaticNat", "AssociatePublicIP", "false"),
    choice("Lb", "SupportedLBIsolation", "shared"),
    choice("Lb", "ElasticLb", "false"),
    choice("Lb", "InlineMode", "false"),
    choice("Lb", "VmAutoScaling", "false"),
    choice("Lb", "lbSchemes", "public"),
  ].map(keyOf),
);

type Choice = ReturnType<typeof choice>;

function choice(service: string, capability: string, value: string) {
  return { service, capability, value };
}

/** Names and values count in any case. */
function keyOf({ service, capability, value }: Choice): string {
  return `${service}.${capability}=${value}`.toLowerCase();
}

/** The choices that differ from the server's own, in one spelling. */
function choicesIn(capabilities: Plain | undefined): string {
  const all = capabilities !== undefined && isList(capabilities) ? (capabilities as unknown as Choice[]) : [];
  const keys = all.map(keyOf).filter((key) => !standard.has(key));
  return keys.sort().join();
}

/** What an offering has chosen, as a program says it. */
function choicesOf({ service: services, supportsinternallb }: Row): Choice[] {
  const told = objects(services).flatMap(({ name: service, capability }) =>
    objects(capability).map(({ name, value }) => choice(String(service), String(name), String(value))),
  );
  const scheme = supportsinternallb === true ? [choice("Lb", "lbSchemes", "internal")] : [];
  return [...told, ...scheme].filter((one) => !standard.has(keyOf(one)));
}

function objects(value: unknown): Row[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

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
