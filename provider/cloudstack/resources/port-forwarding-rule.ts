import { isEmpty } from "../../core/diff.ts";
import { type Issue, ProviderError } from "../../core/errors.ts";
import { boolean, cidr, id, integer, ipv4, list, oneOf } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import type { PlainObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { tags } from "../fields.ts";
import { regularLifecycle } from "../regular.ts";
import { type Description, defineResource, job, rows } from "../resource.ts";
import { taggable } from "../taggable.ts";

const port = { min: 1, max: 65535 } as const;

const inputs = {
  publicIpId: id("network:PublicIp", { onChange: "replace", param: "ipaddressid" }),
  protocol: oneOf(["tcp", "udp"], { onChange: "replace", doc: "Transport protocol." }),
  publicPort: integer({ ...port, onChange: "replace", doc: "First public port." }),
  publicEndPort: integer({
    ...port,
    optional: true,
    onChange: "replace",
    doc: "Last public port. Default: the first.",
  }),
  privatePort: integer({ ...port, doc: "First port of the instance." }),
  privateEndPort: integer({ ...port, optional: true, doc: "Last port of the instance. Default: the first." }),
  instanceId: id("compute:Instance", {
    param: "virtualmachineid",
    // An instance takes the rules that lead to it along when it goes (UserVmManagerImpl.cleanupVmResources).
    onUnknown: "replace",
  }),
  networkId: id("network:Network", {
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "Id of the instance's network; needed for addresses of a VPC.",
  }),
  vmGuestIp: ipv4({
    optional: true,
    serverChooses: true,
    doc: "Address of the instance. Default: that of its leg in the network.",
  }),
  cidrs: list(cidr({}), {
    optional: true,
    set: true,
    param: "cidrlist",
    onChange: "replace",
    doc: "Sources that may use it, for addresses of a VPC. Default: all.",
  }),
  openFirewall: boolean({
    optional: true,
    from: false,
    onChange: "ignored",
    doc: "Also open the firewall of an isolated network for it. Not for addresses of a VPC.",
  }),
  tags,
} as const;

const outputs = {
  ipAddress: ipv4({ doc: "The public address." }),
  state: oneOf(["Staged", "Add", "Active", "Revoke"], { doc: "Active once the router has it." }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:network:PortForwardingRule",
  doc: "Leads a range of ports of a public address to an instance.",
  deleteBeforeReplace: true,

  inputs,
  outputs,
  check: checkRanges,
  foresee: needVpcForSources,

  api: {
    create: job("createPortForwardingRule", { answer: "portforwardingrule" }),
    read: rows("listPortForwardingRules"),
    update: job("updatePortForwardingRule"),
    delete: job("deletePortForwardingRule"),
  },

  // Address, protocol and ports belong to one rule only: one that equals ours could not have been made next to ours.
  leftover: {},
};

const regular = regularLifecycle(description);

export const portForwardingRule = defineResource(
  taggable("PortForwardingRule", {
    ...description,

    async create(context, given) {
      await needVpcForSources(context, given);
      return regular.create(context, given);
    },

    async read(context, id, known) {
      const live = await regular.read(context, id, known);
      return live === undefined || Object.keys(known).length > 0
        ? live
        : { ...live, values: withoutBareEnds(live.values) };
    },

    update(context, id, change) {
      const { privatePort, privateEndPort = privatePort } = change.after;
      const changed = new Set(change.changed);
      // Both ends or none, where there are several ports (RulesManagerImpl.updatePortForwardingRule).
      if (changed.has("privatePort") || changed.has("privateEndPort")) changed.add("privatePort").add("privateEndPort");
      // The server refuses an address without the instance that has it.
      if (changed.has("vmGuestIp")) changed.add("instanceId");
      return regular.update(context, id, { ...change, after: { ...change.after, privateEndPort }, changed });
    },
  }),
);

/** As many private ports as public ones. */
function checkRanges(inputs: PlainObject): Issue[] {
  const { publicPort, publicEndPort = publicPort, privatePort, privateEndPort = privatePort } = inputs;
  const [first, last, from, to] = [publicPort, publicEndPort, privatePort, privateEndPort].map(Number);
  const difference = Number(last) - Number(first) - (Number(to) - Number(from));
  if (Number.isNaN(difference) || difference === 0) return [];
  const reason = `${from}-${to}: must be as many ports as the public ones, ${first}-${last}`;
  return [{ path: "privateEndPort", reason }];
}

/**
 * In front of an isolated network the server stores the sources, tells them, and lets everybody in (CreatePortForwardingRuleCmd: "used
 * only for VPC tiers").
 * @throws ProviderError
 */
async function needVpcForSources({ api, urn, signal }: Context<Client>, given: PlainObject): Promise<void> {
  const { publicIpId, cidrs } = given;
  if (typeof publicIpId !== "string" || isEmpty(cidrs)) return;
  const address = await api.read("listPublicIpAddresses", { listall: true }, publicIpId, { signal });
  if (address === undefined || address.vpcid !== undefined) return;
  throw new ProviderError({
    what: `create ${description.token}`,
    where: urn,
    value: `cidrs of ${address.ipaddress}`,
    rule: "the server heeds them only for addresses of a VPC; this one is an isolated network's, which anybody could use",
    remedy: "leave cidrs out and restrict the sources by firewall rules (openFirewall: false), or use a VPC",
  });
}

/** The server always names the last port; an import takes over what says something. */
function withoutBareEnds({ publicEndPort, privateEndPort, ...values }: PlainObject): PlainObject {
  return {
    ...values,
    ...(publicEndPort !== values.publicPort && { publicEndPort }),
    ...(privateEndPort !== values.privatePort && { privateEndPort }),
  };
}
