import { ProviderError } from "../../core/errors.ts";
import { id, type Row, text, type Values } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import { type PlainObject, UNKNOWN } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { readAgain, send } from "../regular.ts";
import { call, defineResource } from "../resource.ts";

const scopes = ["zoneId", "clusterId", "storageId", "accountId", "domainId"] as const;
type ScopeName = (typeof scopes)[number];

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
  doc: "One setting of the management server, of the whole cloud or of one part of it. Deleting this puts back the value that was there before.",
  deleteBeforeReplace: true,
  inputs,
  outputs: {
    previousValue: text({ from: false, doc: "The value before this resource, put back when it is deleted." }),
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
    const row = await rowOf(context, given);
    if (row === undefined) throw unknownSetting(context, given.name);
    const previousValue = String(row.value ?? row.defaultvalue ?? "");
    context.created(idOf(given), { ...scopeOf(idOf(given)), value: given.value, previousValue });
    if (canonical(previousValue) !== canonical(given.value)) await put(context, given, given.value);
    return readAgain(context, idOf(given), await read(context, idOf(given), previousValue));
  },

  read: (context, id, known) => read(context, id, known.previousValue?.toString()),

  async update(context, id, { after, state }) {
    await put(context, after, after.value);
    return readAgain(context, id, await read(context, id, state.previousValue?.toString()));
  },

  async delete(context, id, { previousValue }) {
    const scope = scopeOf(id);
    if (typeof previousValue !== "string" || (await rowOf(context, scope)) === undefined) return;
    if (previousValue === "") await send(context, call("resetConfiguration"), paramsOf(scope));
    else await put(context, scope, previousValue);
  },
});

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

async function put(context: Context<Client>, scope: Scope, value: string): Promise<void> {
  await send(context, call("updateConfiguration"), { ...paramsOf(scope), value });
}

/** listConfigurations also finds settings whose names contain this one's. */
async function rowOf(context: Context<Client>, scope: Scope): Promise<Row | undefined> {
  const rows = await context.api.list("listConfigurations", paramsOf(scope), context);
  return rows.find((row) => row.name === scope.name);
}

async function read(
  context: Context<Client>,
  id: string,
  previousValue: string | undefined,
): Promise<Live | undefined> {
  const row = await rowOf(context, scopeOf(id));
  if (row === undefined) return undefined;
  const told: PlainObject = {
    value: String(row.value ?? row.defaultvalue ?? ""),
    previousValue: previousValue ?? String(row.value ?? ""),
    ...(row.defaultvalue === undefined ? {} : { defaultValue: String(row.defaultvalue) }),
  };
  return { id, values: { ...(scopeOf(id) as PlainObject), ...told } };
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
