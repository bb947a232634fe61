import { ProviderError } from "../../core/errors.ts";
import { id, integer, map, object, text, type Values } from "../../core/fields.ts";
import { Unfinished } from "../../core/lifecycle.ts";
import type { Context, Live } from "../../core/resource.ts";
import type { PlainObject } from "../../core/values.ts";
import type { Client, Row } from "../client/client.ts";
import { type Kind, type Limits, limitFields, limitsOf, numberOf } from "../limits.ts";
import { send } from "../regular.ts";
import { isPlannedRename } from "../renames.ts";
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

/** Whose limits they are. */
interface Owner extends Scope {
  readonly accountId?: string | undefined;
}

export const resourceLimits = defineResource({
  token: "cloudstack:identity:ResourceLimits",
  doc:
    "The limits of one account or of one domain as a whole. An account stays below its own limits and those of every domain above. " +
    "Deleting this puts back the limits that were there before.",
  deleteBeforeReplace: true,
  inputs,
  outputs: {
    accountId: id("identity:Account", {
      optional: true,
      from: false,
      doc: "Id of the account: whatever name it is given, these are its limits.",
    }),
    previous: map(integer({}), { from: false, doc: "The limits before this resource, put back when it is deleted." }),
  },

  check: ({ limits }) =>
    Object.keys((limits ?? {}) as PlainObject).length === 0
      ? [{ path: "limits", reason: "manages nothing → list at least one limit, such as cpus: 16" }]
      : [],

  async staysItself(context, change) {
    if (isPlannedRename(context.api, change)) return true;
    const { id, state, before, after, path } = change;
    if (path !== "account" || typeof before.account !== "string" || typeof after.account !== "string") return false;
    if (typeof state.accountId === "string") return (await ownerOf(context, id, state))?.account === after.account;
    const domainId = String(before.domainId);
    const [old, now] = [before.account, after.account].map((account) => accountNamed(context, domainId, account));
    return (await old) === undefined && (await now) !== undefined;
  },

  // Only limits that we have set have one to be put back.
  isOurs: (path, { previous }) =>
    !path.startsWith("limits.") || path.slice("limits.".length) in ((previous ?? {}) as Limits),

  async create(context, given) {
    const live = await liveLimits(context, given);
    needKinds(context, live, given.limits);
    const previous = chosen(live, given.limits);
    const owner = (await ownerOf(context, idOf(given), given)) ?? given;
    const made = liveOf(owner, idOf(given), given.limits, previous);
    // Known before the first change, so that a failure half way leaves nothing that cannot be put back.
    context.created(made.id, made.values);
    await put(context, given, changedFrom(previous, given.limits));
    return made;
  },

  async read(context, id, state) {
    const owner = await ownerOf(context, id, state);
    if (owner === undefined) return undefined;
    return liveOf(owner, id, await liveLimits(context, owner), (state.previous ?? {}) as Limits);
  },

  async update(context, id, { after, state }) {
    const owner = (await ownerOf(context, id, { ...state, account: after.account })) ?? after;
    const live = await liveLimits(context, owner);
    needKinds(context, live, after.limits);
    const previous = (state.previous ?? {}) as Limits;
    const dropped = Object.fromEntries(Object.entries(previous).filter(([kind]) => !(kind in after.limits)));
    const kept = { ...chosen(live, after.limits), ...previous };
    const limits = { ...live, ...after.limits };
    try {
      await put(context, owner, changedFrom(live, { ...dropped, ...after.limits }));
    } catch (error) {
      // What was there before is known of all of them, new ones and those to be put back: no later look at the server tells it.
      throw new Unfinished(error, liveOf(owner, id, limits, kept).values);
    }
    return liveOf(owner, id, limits, chosen(kept, after.limits));
  },

  async delete(context, id, state) {
    const owner = await ownerOf(context, id, state);
    if (owner === undefined) return;
    try {
      await put(context, owner, Object.entries(state.previous ?? {}) as [Kind, number][]);
    } catch (error) {
      context.api.reads.forget();
      if ((await ownerOf(context, id, state)) !== undefined) throw error;
    }
  },
});

function idOf({ domainId, account }: Scope): string {
  return account === undefined ? domainId : `${domainId}/${account}`;
}

/**
 * Whose limits they are, by the same lists that a refresh reads anyway; undefined when the domain or account is gone. The id keeps
 * the name that the account had at first, and the state the one it had last: it is found by its own id, and by name only for a state
 * from before there was one.
 */
async function ownerOf(context: Context<Client>, id: string, state: PlainObject): Promise<Owner | undefined> {
  const { api, signal } = context;
  const [domainId = id, firstName] = id.split(/\/(.*)/s);
  const domain = await api.read("listDomains", { listall: true }, domainId, { signal });
  if (domain === undefined || firstName === undefined) return domain && { domainId };
  const name = typeof state.account === "string" ? state.account : firstName;
  const account =
    typeof state.accountId === "string"
      ? await api.read("listAccounts", { listall: true }, state.accountId, { signal })
      : await accountNamed(context, domainId, name);
  return account && { domainId, account: String(account.name), accountId: String(account.id) };
}

async function accountNamed(context: Context<Client>, domainId: string, name: string): Promise<Row | undefined> {
  const { api, signal } = context;
  const rows =
    (await api.reads.cached("listAccounts", { listall: "true" })) ??
    (await api.list("listAccounts", { domainid: domainId, name, listall: true }, { signal }));
  return rows.find((row) => row.name === name && row.domainid === domainId);
}

function liveOf({ domainId, account, accountId }: Owner, id: string, live: Limits, previous: Limits): Live {
  const owner = { domainId, ...(account !== undefined && { account }), ...(accountId !== undefined && { accountId }) };
  return { id, values: { ...owner, limits: live, previous } as PlainObject };
}

/** The limits in force. */
async function liveLimits(context: Context<Client>, { domainId, account }: Scope): Promise<Limits> {
  return limitsOf(await context.api.list("listResourceLimits", { domainid: domainId, account }, context));
}

/** @throws ProviderError for kinds that the server does not tell of: it cannot limit them */
function needKinds({ urn }: Context<Client>, live: Limits, wanted: Limits): void {
  const strange = Object.entries(wanted).filter(([kind, max]) => max !== undefined && live[kind as Kind] === undefined);
  if (strange.length === 0) return;
  const names = strange.map(([kind]) => kind).join(", ");
  throw new ProviderError({
    what: `set limit ${names}`,
    where: urn,
    value: strange.map(([, max]) => max).join(", "),
    rule: `this server limits ${Object.keys(live).join(", ")} and nothing else`,
    remedy: `leave ${names} out: CloudStack limits GPUs from 4.21 on, with its GPU API; a Mold without that API does not`,
  });
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

/** Sets limits, all at once; when some fail, the others are set all the same, and the first failure is told. */
async function put(context: Context<Client>, { domainId, account }: Scope, wanted: [Kind, number][]): Promise<void> {
  const settings = wanted.map(async ([kind, max]) => {
    try {
      await send(context, call("updateResourceLimit"), {
        domainid: domainId,
        account,
        resourcetype: numberOf(kind),
        max,
      });
    } catch (error) {
      const rule = error instanceof Error ? error.message : String(error);
      throw new ProviderError(
        { what: `set limit ${kind}`, where: context.urn, value: String(max), rule },
        { cause: error },
      );
    }
  });
  const failed = (await Promise.allSettled(settings)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}
