import { boolean, cidr, id, integer, list, oneOf, text } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import { isObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { converge } from "../converge.ts";
import { owner, tags } from "../fields.ts";
import { regularLifecycle } from "../regular.ts";
import { type Description, defineResource, job, rows } from "../resource.ts";
import { taggable } from "../taggable.ts";

const port = { min: 1, max: 65535 } as const;

const inputs = {
  name: text({ min: 1, doc: "Shown to users." }),
  description: text({ optional: true, cleared: "", max: 4096, doc: "Prose for other operators." }),
  publicIpId: id("network:PublicIp", { onChange: "replace", param: "publicipid" }),
  networkId: id("network:Network", { onChange: "replace", doc: "Id of the members' network." }),
  algorithm: oneOf(["roundrobin", "leastconn", "source"], { doc: "How a member is chosen for a connection." }),
  protocol: oneOf(["tcp", "udp", "tcp-proxy", "ssl"], {
    default: "tcp",
    doc: "tcp-proxy tells members the source's address, ssl ends TLS at the router.",
  }),
  publicPort: integer({ ...port, onChange: "replace", doc: "Port of the public address." }),
  privatePort: integer({ ...port, onChange: "replace", doc: "Port of the members." }),
  cidrs: list(cidr({}), {
    optional: true,
    set: true,
    param: "cidrlist",
    decode: ({ cidrlist }) => sources(cidrlist),
    // 4.21 has no update of them and ignores the parameter; 4.22 stores them joined by commas, unlike a create, and hands them to
    // the router's HAProxy like that, which takes several for one.
    onChange: "replace",
    doc: "Sources that may use it. Default: all.",
  }),
  openFirewall: boolean({
    optional: true,
    from: false,
    onChange: "ignored",
    doc: "Also open the firewall of an isolated network for it. Not for addresses of a VPC.",
  }),
  instanceIds: list(id("compute:Instance", {}), {
    set: true,
    param: false,
    doc: "Ids of the members. Members that others assigned are taken out.",
  }),
  ...owner,
  tags,
} as const;

const outputs = {
  state: text({ doc: "Active once the router has it." }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:network:LoadBalancerRule",
  doc: "Spreads connections to a port of a public address over instances. Only one tier of a VPC may have public load balancing.",
  deleteBeforeReplace: true,
  inputs,
  outputs,

  api: {
    create: job("createLoadBalancerRule", { answer: "loadbalancer" }),
    read: rows("listLoadBalancerRules"),
    update: job("updateLoadBalancerRule"),
    delete: job("deleteLoadBalancerRule"),
  },

  // Address and port belong to one rule only: one that equals ours could not have been made next to ours anyway.
  leftover: {},
};
const regular = regularLifecycle(description);

export const loadBalancerRule = defineResource(
  taggable("LoadBalancer", {
    ...description,

    async create(context, inputs) {
      const live = await regular.create(context, inputs);
      return withMembers(context, live, inputs.instanceIds);
    },

    async read(context, id, known) {
      const live = await regular.read(context, id, known);
      if (live === undefined) return undefined;
      return { ...live, values: { ...live.values, instanceIds: await membersOf(context, live.id) } };
    },

    async update(context, id, change) {
      const live = await regular.update(context, id, change);
      return withMembers(context, live, change.after.instanceIds);
    },
  }),
);

/** Makes the members be these: new ones come before old ones go, so that there is always one to answer. */
async function withMembers(context: Context<Client>, live: Live, wanted: readonly string[]): Promise<Live> {
  const { api, signal } = context;
  const change = (command: string, members: string[]) =>
    api.job(command, { id: live.id, virtualmachineids: members.join(",") }, { signal });
  await converge(context, async () => {
    const present = await membersOf(context, live.id);
    const added = wanted.filter((member) => !present.includes(member));
    const removed = present.filter((member) => !wanted.includes(member));
    if (added.length > 0) await change("assignToLoadBalancerRule", added);
    if (removed.length > 0) await change("removeFromLoadBalancerRule", removed);
  });
  return { ...live, values: { ...live.values, instanceIds: wanted } };
}

/** Joined by spaces after a create, by commas after an update (LoadBalancingRulesManagerImpl). */
function sources(cidrlist: unknown): string[] | undefined {
  const cidrs = typeof cidrlist === "string" ? cidrlist.split(/[\s,]+/).filter(Boolean) : [];
  return cidrs.length === 0 ? undefined : cidrs;
}

async function membersOf({ api, signal }: Context<Client>, id: string): Promise<string[]> {
  const members = await api.list("listLoadBalancerRuleInstances", { id }, { signal });
  return members.filter(isObject).map((member) => String(member.id));
}
