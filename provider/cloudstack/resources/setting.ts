import { ProviderError } from "../../core/errors.ts";
import { id, type Row, text, type Values } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import { UNKNOWN } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { send } from "../regular.ts";
import { call, defineResource, type Listing, rows } from "../resource.ts";

/** The parts of the cloud that a setting can be of, and where each is listed. */
const parts = {
  zoneId: rows("listZones", {}),
  clusterId: rows("listClusters", {}),
  storageId: rows("listStoragePools", {}),
  accountId: rows("listAccounts"),
  domainId: rows("listDomains"),
} as const satisfies Readonly<Record<string, Listing>>;
type ScopeName = keyof typeof parts;
const scopes = Object.keys(parts) as ScopeName[];

const inputs = {
  name: text({ min: 1, onChange: "replace", doc: "Name of the setting, such as vpc.max.networks." }),
  value: text({
    min: 1,
    max: 4096,
    canonical,
    doc: "The value as text. Some settings count only after the management server restarts.",
  }),
  zoneId: id("infrastructure:Zone", { optional: true, onChange: "replace", doc: "For this zone only." }),
  clusterId: id("infrastructure:Cluster", { optional: true, onChange: "replace", doc: "For this cluster only." }),
  storageId: id("storage:StoragePool", { optional: true, onChange: "replace", doc: "For this storage pool only." }),
  accountId: id("identity:Account", { optional: true, onChange: "replace", doc: "For this account only." }),
  domainId: id("identity:Domain", { optional: true, onChange: "replace", doc: "For this domain only." }),
} as const;
type Inputs = Values<typeof inputs>;
type Scope = Pick<Inputs, "name" | ScopeName>;

export const setting = defineResource({
  token: "cloudstack:management:Setting",
  doc:
    "One setting of the management server, of the whole cloud or of one part of it. Deleting this puts back the value that was " +
    "there before; where a part had the whole cloud's value, it has none of its own again and follows the whole cloud.",
  deleteBeforeReplace: true,
  inputs,
  outputs: {
    previousValue: text({
      from: false,
      doc: "The value before this resource, put back when it is deleted. Empty: none of this part's own.",
    }),
    defaultValue: text({ optional: true, doc: "What the server takes when nothing is set." }),
  },

  check(given) {
    const named = scopes.filter((scope) => given[scope] !== undefined && given[scope] !== UNKNOWN);
    if (named.length < 2) return [];
    return [
      {
        path: named[1] ?? "",
        reason: `a setting is of one part of the cloud, ${named.join(" and ")} are given → keep one`,
      },
    ];
  },

  async create(context, given) {
    const id = idOf(given);
    const row = await rowOf(context, given);
    if (row === undefined) throw unknownSetting(context, given.name);
    const previousValue = (await isInherited(context, given, row)) ? none : valueIn(row);
    context.created(id, liveOf(id, row, previousValue).values);
    if (canonical(valueIn(row)) !== canonical(given.value)) await put(context, given, given.value);
    return liveOf(id, { ...row, value: given.value }, previousValue);
  },

  async read(context, id, { previousValue }) {
    const row = await rowThere(context, scopeOf(id));
    return row && liveOf(id, row, previousValue?.toString() ?? valueIn(row));
  },

  async update(context, id, { after, state }) {
    const row = await put(context, after, after.value);
    return liveOf(id, { ...row, value: after.value }, String(state.previousValue));
  },

  async delete(context, id, { previousValue }) {
    const scope = scopeOf(id);
    if (typeof previousValue !== "string" || (await rowThere(context, scope)) === undefined) return;
    if (previousValue === none) await send(context, call("resetConfiguration"), paramsOf(scope));
    else await put(context, scope, previousValue);
  },
});

/** A previous value that takes the setting away: of a part, its own; of the whole cloud, back to the default. */
const none = "";

/**
 * Whether a part of the cloud has the whole cloud's value. The server does not tell that from a value of the part's own
 * that happens to be the same (`ConfigKey.valueIn`); the difference would only be seen once the whole cloud's changes.
 */
async function isInherited(context: Context<Client>, { name, ...scope }: Scope, row: Row): Promise<boolean> {
  if (scopes.every((part) => scope[part] === undefined)) return false;
  const whole = await rowOf(context, { name });
  return whole !== undefined && canonical(valueIn(whole)) === canonical(valueIn(row));
}

/** 20 and 20.0, true and TRUE mean the same to the server. */
function canonical(value: string): string {
  const number = Number(value);
  return value.trim() !== "" && Number.isFinite(number) ? String(number) : value.trim().toLowerCase();
}

/** `name`, or `name/zoneId/<uuid>` for one part of the cloud. */
function idOf(given: Scope): string {
  const scope = scopes.find((name) => given[name] !== undefined);
  return scope === undefined ? given.name : `${given.name}/${scope}/${given[scope]}`;
}

function scopeOf(id: string): Scope {
  const [name = "", scope, scopeId] = id.split("/");
  return scope === undefined ? { name } : { name, [scope]: scopeId };
}

function paramsOf({ name, ...scope }: Scope): Record<string, string | undefined> {
  const entries = scopes.map((key) => [key.toLowerCase(), scope[key]] as const);
  return { name, ...Object.fromEntries(entries) };
}

function put(context: Context<Client>, scope: Scope, value: string): Promise<Row> {
  return send(context, call("updateConfiguration", { answer: "configuration" }), { ...paramsOf(scope), value });
}

/** As `rowOf`; of a part that is gone the server may go on telling, but it takes no more changes. */
async function rowThere(context: Context<Client>, scope: Scope): Promise<Row | undefined> {
  const name = scopes.find((one) => scope[one] !== undefined);
  if (name !== undefined) {
    const { command, scope: all } = parts[name];
    const part = await context.api.read(command, all, String(scope[name]), { signal: context.signal });
    if (part === undefined) return undefined;
  }
  return rowOf(context, scope);
}

/** listConfigurations also finds settings whose names contain this one's. */
async function rowOf(context: Context<Client>, scope: Scope): Promise<Row | undefined> {
  const rows = await context.api.list("listConfigurations", paramsOf(scope), context);
  return rows.find((row) => row.name === scope.name);
}

/** What is in force: the value, or the default where none is set. */
function valueIn({ value, defaultvalue }: Row): string {
  return String(value ?? defaultvalue ?? "");
}

function liveOf(id: string, row: Row, previousValue: string): Live {
  const defaultValue = row.defaultvalue === undefined ? undefined : String(row.defaultvalue);
  return { id, values: { ...scopeOf(id), value: valueIn(row), previousValue, defaultValue } };
}

function unknownSetting(context: Context<Client>, name: string): ProviderError {
  return new ProviderError({
    what: "create setting",
    where: context.urn,
    value: name,
    rule: "the server has no setting of this name for this part of the cloud",
    remedy: "look for its name and scope in the list of global settings",
  });
}
