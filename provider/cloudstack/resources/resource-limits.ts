import { ProviderError } from "../../core/errors.ts";
import { id, integer, map, object, text, type Values } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import type { PlainObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { isCloudStackError } from "../client/errors.ts";
import { type Kind, type Limits, limitFields, limitsOf, numberOf } from "../limits.ts";
import { readAgain, send } from "../regular.ts";
import { call, defineResource } from "../resource.ts";

const inputs = {
  domainId: id("identity:Domain", { onChange: "replace", doc: "Id of the domain, or of the account's domain." }),
  account: text({
    optional: true,
    onChange: "replace",
    doc: "Name of the account. Without it the limits are those of the whole domain.",
  }),
  limits: object("Limits", limitFields, { doc: "Limits by kind. Only those listed here are managed." }),
} as const;
type Inputs = Values<typeof inputs>;
type Scope = Pick<Inputs, "domainId" | "account">;

export const resourceLimits = defineResource({
  token: "cloudstack:identity:ResourceLimits",
  doc:
    "The limits of one account or of one domain as a whole. An account stays below its own limits and those of every domain above. " +
    "Deleting this puts back the limits that were there before.",
  deleteBeforeReplace: true,
  inputs,
  outputs: {
    previous: map(integer({}), { from: false, doc: "The limits before this resource, put back when it is deleted." }),
  },

  check: ({ limits }) =>
    Object.keys((limits ?? {}) as PlainObject).length === 0
      ? [{ path: "limits", reason: "manages nothing → list at least one limit, such as cpus: 16" }]
      : [],

  async create(context, given) {
    const live = await liveLimits(context, given);
    if (live === undefined)
      throw new ProviderError({ what: "limits", value: idOf(given), rule: "there is no such account or domain" });
    const previous = chosen(live, given.limits);
    // Known before the first change, so that a failure half way leaves nothing that cannot be put back.
    context.created(idOf(given), { ...given, previous });
    await put(context, given, changedFrom(live, given.limits));
    return { id: idOf(given), values: { ...given, limits: given.limits as PlainObject, previous } };
  },

  async read(context, id, known) {
    const scope = scopeOf(id);
    const live = await liveLimits(context, scope);
    return live && liveOf(id, live, known.previous as Limits | undefined);
  },

  async update(context, id, { after, state }) {
    const live = readAgain(context, id, await this.read?.(context, id, state)).values.limits as Limits;
    const previous = (state.previous ?? {}) as Limits;
    const dropped = Object.fromEntries(Object.entries(previous).filter(([kind]) => !(kind in after.limits)));
    await put(context, after, changedFrom(live, { ...dropped, ...after.limits }));
    const kept = { ...chosen(live, after.limits), ...chosen(previous, after.limits) };
    return liveOf(id, { ...live, ...after.limits }, kept);
  },

  async delete(context, id, { previous }) {
    const scope = scopeOf(id);
    const live = await liveLimits(context, scope);
    if (live !== undefined) await put(context, scope, changedFrom(live, (previous ?? {}) as Limits));
  },
});

function idOf({ domainId, account }: Scope): string {
  return account === undefined ? domainId : `${domainId}/${account}`;
}

function scopeOf(id: string): Scope {
  const slash = id.indexOf("/");
  return slash < 0 ? { domainId: id } : { domainId: id.slice(0, slash), account: id.slice(slash + 1) };
}

function liveOf(id: string, live: Limits, previous: Limits | undefined): Live {
  return { id, values: { ...scopeOf(id), limits: live, previous: previous ?? {} } as PlainObject };
}

/** The limits in force; undefined if the account or domain is proven gone. */
async function liveLimits(context: Context<Client>, { domainId, account }: Scope): Promise<Limits | undefined> {
  if ((await owners(context, { domainId, account })).length === 0) return undefined;
  const params = { domainid: domainId, account };
  const rows = await context.api.list("listResourceLimits", params, context);
  return limitsOf(rows);
}

/** The account or domain that the limits are of, from the same lists that a refresh reads anyway. */
async function owners(context: Context<Client>, { domainId, account }: Scope): Promise<unknown[]> {
  const { api, signal } = context;
  const domain = await api.read("listDomains", { listall: true }, domainId, { signal });
  if (domain === undefined || account === undefined) return domain === undefined ? [] : [domain];
  const all = await api.reads.cached("listAccounts", { listall: "true" });
  const rows =
    all ?? (await api.list("listAccounts", { domainid: domainId, name: account, listall: true }, { signal }));
  return rows.filter((row) => row.name === account && row.domainid === domainId);
}

/** Those of `limits` that `wanted` names. */
function chosen(limits: Limits, wanted: Limits): Record<string, number> {
  const entries = Object.entries(limits).filter(
    ([kind, max]) => max !== undefined && wanted[kind as Kind] !== undefined,
  );
  return Object.fromEntries(entries) as Record<string, number>;
}

function changedFrom(live: Limits, wanted: Limits): [Kind, number][] {
  return Object.entries(wanted).flatMap(([kind, max]) =>
    max === undefined || live[kind as Kind] === max ? [] : [[kind as Kind, max]],
  );
}

async function put(context: Context<Client>, { domainId, account }: Scope, wanted: [Kind, number][]): Promise<void> {
  for (const [kind, max] of wanted) {
    const params = { domainid: domainId, account, resourcetype: numberOf(kind), max };
    try {
      await send(context, call("updateResourceLimit"), params);
    } catch (error) {
      if (!isCloudStackError(error)) throw error;
      throw new ProviderError(
        { what: `set limit ${kind}`, where: context.urn, value: String(max), rule: error.message },
        { cause: error },
      );
    }
  }
}
