import { listed, ProviderError } from "../../core/errors.ts";
import { boolean, cidr, id, integer, list, object, oneOf, text } from "../../core/fields.ts";
import { Unfinished } from "../../core/lifecycle.ts";
import type { Context, Live } from "../../core/resource.ts";
import type { PlainObject } from "../../core/values.ts";
import { checkRules } from "../acl/check.ts";
import { applySteps, createAll, itemsOf } from "../acl/items.ts";
import { ownAmong, ownBeforeUpdate } from "../acl/ownership.ts";
import { planEdit } from "../acl/plan.ts";
import { type Item, itemOf, protocolName, type Rule } from "../acl/rule.ts";
import type { Client } from "../client/client.ts";
import { createOnce } from "../leftover.ts";
import { type Occupants, removeWhenFree } from "../patience.ts";
import { liveOf, readRow, regularLifecycle } from "../regular.ts";
import { type Description, defineResource, job, rows } from "../resource.ts";
import { neverRemoved, staying } from "../rules.ts";
import { paramsOf } from "../wire.ts";

const port = { optional: true, min: 1, max: 65535 } as const;

const ruleFields = {
  number: integer({
    min: 1,
    max: 65535,
    doc: "Place in the order; the first rule that matches decides. Unique in the list.",
  }),
  action: oneOf(["allow", "deny"], { doc: "What becomes of a packet that matches." }),
  trafficType: oneOf(["ingress", "egress"], { doc: "Into the tier, or out of it." }),
  protocol: text({ min: 1, canonical: protocolName, doc: "tcp, udp, icmp, all, or a protocol's number." }),
  cidrs: list(cidr({}), { set: true, min: 1, doc: "Sources of ingress, destinations of egress." }),
  startPort: integer({ ...port, doc: "First port, of tcp and udp. Default: all ports." }),
  endPort: integer({ ...port, doc: "Last port. Default: the first." }),
  icmpType: integer({ optional: true, min: -1, max: 255, doc: "ICMP type; -1 = all, the default." }),
  icmpCode: integer({ optional: true, min: -1, max: 16, doc: "ICMP code; -1 = all, the default." }),
  description: text({ optional: true, doc: "Why the rule is there." }),
} as const;

const inputs = {
  name: text({ min: 1, doc: "Shown to users." }),
  description: text({ optional: true, doc: "Prose for other operators." }),
  vpcId: id("network:Vpc", { onChange: "replace" }),
  rules: list(object("AclRule", ruleFields, { whole: true }), {
    key: "number",
    param: false,
    doc: "The rules. A change is made rule by rule in an order that opens nothing in between and cuts nothing that stays allowed.",
  }),
  exclusive: boolean({
    default: false,
    param: false,
    from: false,
    doc: "Whether a rule that is not among `rules` is drift, which the next update removes. Otherwise such rules are only reported, in `foreignRules`.",
  }),
} as const;

const outputs = {
  foreignRules: list(object("ForeignAclRule", { id: text({ doc: "Id of the rule." }), ...ruleFields }, {}), {
    optional: true,
    doc: "Rules that others put into the list, unless it is exclusive. They are left alone.",
  }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:network:NetworkAclList",
  doc: "Which traffic may enter and leave the tiers that use the list: ordered rules, the first that matches decides. What none matches is denied on the way in and allowed on the way out by the router, so end with rules that deny the rest.",
  inputs,
  outputs,
  check: (given, before) => [
    ...checkRules(given.rules),
    // NetworkACLServiceImpl.updateNetworkACL skips blank texts.
    ...neverRemoved("description", "write another text", given, staying(inputs, given, before)),
  ],

  api: {
    create: job("createNetworkACLList", { answer: "networkacllist" }),
    read: rows("listNetworkACLLists"),
    update: job("updateNetworkACLList"),
    delete: job("deleteNetworkACLList"),
  },

  // No room for a mark. A list of a VPC of ours with the same name and description is ours or serves as well.
  leftover: {},

  create(context, inputs) {
    return createOnce(description, context, inputs, async () => {
      const { api, signal } = context;
      const { name, description, vpcId, rules } = inputs;
      const list = await api.start("createNetworkACLList", { name, description, vpcid: vpcId }, { signal });
      if (list.id === undefined) throw new Error("createNetworkACLList told no id");
      context.created(list.id);
      // The list is there as soon as it is accepted; its rules need not wait for the job, and their end implies its end.
      await (rules.length > 0 ? createAll(context, list.id, rules) : list.result());
      return live(list.id, inputs, []);
    });
  },

  async read(context, id, known) {
    const row = await readRow(context, rows("listNetworkACLLists"), id);
    if (row === undefined) return undefined;
    const { id: listId, values } = liveOf(description, row);
    const before = rulesOf(known);
    const items = await itemsOnce(context, listId, before !== undefined);
    // On import, and in an exclusive list, every rule is the program's business.
    const own = before === undefined || known.exclusive === true ? items : ownAmong(items, before);
    const foreign = items.filter((item) => !own.includes(item));
    return {
      id: listId,
      values: { ...values, rules: own.map((item) => asGiven(item, before)), foreignRules: foreign.map(plain) },
    };
  },

  async update(context, id, { after, state, changed }) {
    const parameters = paramsOf(inputs, after, changed);
    if (Object.keys(parameters).length > 0) {
      await context.api.job("updateNetworkACLList", { ...parameters, id }, { signal: context.signal });
    }
    const items = await itemsOf(context, id);
    const foreign = after.exclusive ? [] : foreignAmong(items, rulesOf(state) ?? [], after.rules);
    try {
      await applySteps(context, id, planEdit(items, [...after.rules, ...foreign]));
    } catch (error) {
      // What cannot be told is not recorded: the next update then knows our rules by the state before this one.
      const values = await halfEdited(context, id, after, foreign);
      throw values === undefined ? error : new Unfinished(error, values);
    }
    return live(id, after, foreign);
  },

  delete(context, id, state) {
    const remove = () => regularLifecycle(description).delete(context, id, state);
    return removeWhenFree(context, `delete ${description.token}`, remove, () => tiersWith(context, id));
  },
};

export const networkAclList = defineResource(description);

function live(id: string, inputs: PlainObject, foreign: readonly Item[]): Live {
  return { id, values: { ...inputs, foreignRules: foreign.map(plain) } };
}

/** After an edit that broke off every rule that is not foreign is ours, wherever it stands; undefined if the server does not tell. */
async function halfEdited(context: Context<Client>, id: string, after: PlainObject, foreign: readonly Item[]) {
  try {
    const strangers = new Set(foreign.map((item) => item.id));
    const own = (await itemsOf(context, id)).filter((item) => !strangers.has(item.id));
    const rules = own.map((item) => asGiven(item, rulesOf(after)));
    return { ...live(id, after, foreign).values, rules };
  } catch {
    return undefined;
  }
}

function rulesOf(values: PlainObject): readonly Rule[] | undefined {
  return values.rules as unknown as readonly Rule[] | undefined;
}

/**
 * The rules that are neither the program's now nor before.
 * @throws ProviderError where one of them has a number that the program wants
 */
function foreignAmong(items: readonly Item[], before: readonly Rule[], after: readonly Rule[]): Item[] {
  const own = ownBeforeUpdate(items, before, after);
  const foreign = items.filter((item) => !own.includes(item));
  const blocked = foreign.filter((item) => after.some(({ number }) => number === item.number));
  if (blocked.length === 0) return foreign;
  throw new ProviderError({
    what: `update ${description.token}`,
    value: listed(blocked.map(({ number, id }) => `rule ${number} (${id})`)),
    rule: "a rule that others put into the list has a number that the program wants",
    remedy: "give the program's rule another number, remove the foreign rule, or set exclusive: true",
  });
}

/** The list's rules, out of the one list of all rules that a refresh shares. */
async function itemsOnce(context: Context<Client>, aclId: string, expected: boolean): Promise<Item[]> {
  const all = await context.api.reads.cached("listNetworkACLs", { listall: "true" });
  // Too long to be fetched whole for a few.
  if (all === undefined) return itemsOf(context, aclId);
  const items = all.filter(({ aclid }) => aclid === aclId).map(itemOf);
  // What the shared list lacks is asked for by itself before it counts as gone.
  return items.length === 0 && expected ? itemsOf(context, aclId) : items;
}

async function tiersWith(context: Context<Client>, aclId: string): Promise<Occupants> {
  const networks = await context.api.list("listNetworks", { listall: true }, { signal: context.signal });
  const tiers = networks.filter(({ aclid }) => aclid === aclId);
  return { leaving: [], staying: tiers.map(({ name, id }) => `network ${name} (${id})`) };
}

/** As a property value: without what is not set. */
function plain(item: Item): PlainObject {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
}

/** Without what the server fills in, unless the rule that the program has under this number says it, too. */
function asGiven(item: Item, given: readonly Rule[] = []): PlainObject {
  const { id: _, ...rule } = plain(item);
  const like: Partial<Rule> = given.find(({ number }) => number === item.number) ?? {};
  const filled = { endPort: item.startPort, icmpType: -1, icmpCode: -1 };
  const isFilled = ([name, value]: [string, unknown]) =>
    name in filled && value === filled[name as keyof typeof filled] && like[name as keyof Rule] === undefined;
  return Object.fromEntries(Object.entries(rule).filter((entry) => !isFilled(entry)));
}
