import type { Issue } from "../../core/errors.ts";
import { boolean, cidr, id, integer, ipv4, oneOf, text } from "../../core/fields.ts";
import { formats } from "../../core/formats.ts";
import type { Context } from "../../core/resource.ts";
import type { PlainObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { owner, tags } from "../fields.ts";
import { type Occupants, removeWhenFree } from "../patience.ts";
import { regularLifecycle } from "../regular.ts";
import { call, type Description, defineResource, job, rows } from "../resource.ts";
import { neverRemoved, staying, together } from "../rules.ts";
import { markedByTag, taggable } from "../taggable.ts";

const inputs = {
  name: text({ min: 1, doc: "Unique within the account." }),
  displayText: text({ optional: true, serverChooses: true, doc: "Longer text for users. Default: the name." }),
  networkOfferingId: id("network:NetworkOffering", {
    doc: "Id of the network offering. A change restarts what serves the network; only isolated networks and tiers can change theirs.",
  }),
  zoneId: id("infrastructure:Zone", { onChange: "replace" }),
  vpcId: id("network:Vpc", {
    optional: true,
    onChange: "replace",
    doc: "Id of the VPC, which makes the network one of its tiers.",
  }),
  aclId: id("network:NetworkAclList", {
    optional: true,
    doc: "Id of the ACL list of a tier. A tier without one lets nothing be said about its traffic: always give one.",
  }),
  gateway: ipv4({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "Address of the router. Tiers and Shared networks need it.",
  }),
  netmask: ipv4({ optional: true, serverChooses: true, onChange: "replace", doc: "For example 255.255.255.0." }),
  startIp: ipv4({
    optional: true,
    onChange: "replace",
    from: false,
    doc: "First address for instances, of a Shared network.",
  }),
  endIp: ipv4({
    optional: true,
    onChange: "replace",
    from: false,
    doc: "Last address for instances, of a Shared network.",
  }),
  vlan: integer({
    optional: true,
    serverChooses: true,
    min: 1,
    // A real server takes 5000 without a word (recording 03).
    max: 4094,
    onChange: "replace",
    doc: "VLAN id, outside the physical network's dynamic range; needs an offering with `specifyVlan` and an administrator.",
    decode: ({ vlan }) => (Number(vlan) > 0 ? Number(vlan) : undefined),
  }),
  bypassVlanOverlapCheck: boolean({
    optional: true,
    from: false,
    onChange: "ignored",
    doc: "Allow a VLAN id that another network or the dynamic range uses too. Only for Shared and L2 networks, with care.",
  }),
  aclType: oneOf(["account", "domain"], {
    optional: true,
    serverChooses: true,
    onChange: "replace",
    decode: ({ acltype }) => (String(acltype).toLowerCase() === "domain" ? "domain" : "account"),
    doc: "Who may attach instances: one account, or everybody in the domain (Shared networks only).",
  }),
  subdomainAccess: boolean({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "With `aclType` domain: the domains below it, too.",
  }),
  physicalNetworkId: id("infrastructure:PhysicalNetwork", {
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "Id of the physical network. Only for Shared and L2 networks.",
  }),
  networkDomain: text({
    optional: true,
    serverChooses: true,
    doc: "DNS suffix of instances. Default: the VPC's, account's or zone's.",
  }),
  ...owner,
  tags,
} as const;

const outputs = {
  cidr: cidr({ optional: true, doc: "Addresses of the network; none for L2 networks." }),
  type: text({ doc: "Isolated, Shared or L2." }),
  state: text({ doc: "Allocated, Setup, Implemented: Allocated networks get their router with the first instance." }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:network:Network",
  doc: "A network: a VPC tier, an isolated, a shared or a layer 2 network, as its offering says.",
  deleteBeforeReplace: true,
  inputs,
  outputs,
  check: (given, before) => [...checkNetwork(given), ...checkChanges(given, before)],
  preview: ({ gateway, netmask }) => (isText(gateway) && isText(netmask) ? { cidr: cidrOf(gateway, netmask) } : {}),

  api: {
    create: call("createNetwork", { answer: "network" }),
    read: rows("listNetworks"),
    update: job("updateNetwork"),
    delete: job("deleteNetwork"),
  },

  leftover: markedByTag,
};
const regular = regularLifecycle(description);

export const network = defineResource(
  taggable("Network", {
    ...description,

    async create(context, inputs) {
      const live = await regular.create(context, inputs);
      context.api.gate.networkCreated({ id: live.id, vpcid: inputs.vpcId, type: live.values.type });
      return live;
    },

    async read(context, id, known) {
      const live = await regular.read(context, id, known);
      if (live === undefined) return undefined;
      const isImport = Object.keys(known).length === 0;
      const range = isImport && live.values.type === "Shared" ? await rangeOf(context, live.id) : {};
      // Only root administrators are told the VLAN (ListNetworksCmdByAdmin): for other keys it is what it was.
      const vlan = live.values.vlan ?? known.vlan;
      return { ...live, values: { ...live.values, ...range, ...(vlan !== undefined && { vlan }) } };
    },

    async update(context, id, change) {
      // updateNetwork knows nothing of lists.
      const changed = new Set([...change.changed].filter((name) => name !== "aclId"));
      const live = await regular.update(context, id, { ...change, changed });
      const { aclId } = change.after;
      // The state holds the list that the tier has, also where an update before this one broke off here.
      if (aclId === undefined || change.state.aclId === aclId) return live;
      await context.api.job("replaceNetworkACLList", { aclid: aclId, networkid: id }, { signal: context.signal });
      return { ...live, values: { ...live.values, aclId } };
    },

    delete(context, id, state) {
      const remove = () => regular.delete(context, id, state);
      return removeWhenFree(context, "delete cloudstack:network:Network", remove, () => instancesOn(context, id));
    },
  }),
);

function checkNetwork(inputs: PlainObject): Issue[] {
  return [
    ...together(inputs, "vpcId", "gateway"),
    ...together(inputs, "gateway", "netmask"),
    ...together(inputs, "aclId", "vpcId"),
    ...together(inputs, "startIp", "gateway"),
    ...together(inputs, "endIp", "startIp"),
  ];
}

/** No command takes a list off a tier, and none was meant to: without one nothing is said about its traffic. */
function checkChanges(given: PlainObject, before: PlainObject | undefined): Issue[] {
  const remedy = "give another list, such as the server's default_deny, or make the tier anew by `pulumi up --replace`";
  return neverRemoved("aclId", remedy, given, staying(inputs, given, before));
}

function cidrOf(gateway: string, netmask: string): string {
  const ones = netmask.split(".").reduce((sum, octet) => sum + Number(octet).toString(2).replaceAll("0", "").length, 0);
  return formats.cidr.canonical(`${gateway}/${ones}`);
}

/** The addresses that a network was made with: its first range. None where these keys may not see ranges. */
async function rangeOf({ api, signal }: Context<Client>, networkId: string): Promise<PlainObject> {
  if (!(await api.capabilities.all()).has("listVlanIpRanges")) return {};
  const ranges = await api.list("listVlanIpRanges", { networkid: networkId }, { signal });
  const first = ranges.find(({ startip }) => isText(startip));
  return first === undefined ? {} : { startIp: String(first.startip), endIp: String(first.endip ?? first.startip) };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** An instance leaves when it is being expunged; one that is only destroyed holds its networks until it is. */
async function instancesOn({ api, signal }: Context<Client>, networkId: string): Promise<Occupants> {
  const instances = await api.list("listVirtualMachines", { networkid: networkId, listall: true }, { signal });
  const named = (leaving: boolean) =>
    instances
      .filter(({ state }) => (state === "Expunging") === leaving)
      .map(({ name, id, state }) => `instance ${name} (${id}, ${state})`);
  return { leaving: named(true), staying: named(false) };
}
