import type { Issue } from "../../core/errors.ts";
import { boolean, list, object, oneOf, type Row, text, type Values } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import { isList, isObject, type PlainObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { converge } from "../converge.ts";
import { createOnce } from "../leftover.ts";
import { liveOf, readAgain, readRow, type regularLifecycle, send, step } from "../regular.ts";
import { call, type Description, defineResource, rows } from "../resource.ts";
import { neverRemoved, staying } from "../rules.ts";
import { paramsOf } from "../wire.ts";

const permission = object(
  "RolePermission",
  {
    rule: text({ min: 1, doc: "Name of a command, or a pattern such as `list*` or `*`." }),
    permission: oneOf(["allow", "deny"], { doc: "What a match means." }),
    description: text({ optional: true, doc: "Prose for other operators." }),
  },
  {},
);
type Permission = Values<{ permission: typeof permission }>["permission"];

const inputs = {
  name: text({ min: 1, doc: "Shown to administrators." }),
  type: oneOf(["Admin", "ResourceAdmin", "DomainAdmin", "User"], {
    onChange: "replace",
    doc: "What its accounts are. A command that no rule matches is allowed if the type has it by default: end with `* deny`.",
  }),
  description: text({
    optional: true,
    min: 1,
    doc: "Prose for other operators. It can be changed, and not be taken away.",
  }),
  isPublic: boolean({ default: true, doc: "Whether domain administrators see it." }),
  permissions: list(permission, {
    param: false,
    decode: ({ permissions }) => permissions as Permission[] | undefined,
    doc: "Rules in order; the first match decides.",
  }),
} as const;

const description: Description<typeof inputs, Record<never, never>> = {
  token: "cloudstack:identity:Role",
  doc: "What the users of an account may call: an ordered list of rules. A role that accounts use cannot be deleted.",
  inputs,
  outputs: {},

  api: {
    create: call("createRole", { answer: "role" }),
    read: rows("listRoles", {}),
    update: call("updateRole"),
    delete: call("deleteRole"),
  },

  // A role has no room for a mark. One with our name, type and description that no account has can only have been begun by us.
  leftover: {
    isUsed: async ({ api, signal }, { id }) =>
      (await api.list("listAccounts", { listall: true }, { signal })).some(({ roleid }) => roleid === id),
    isEqual: (row, { name, type, description: text = "" }) =>
      row.name === name && row.type === type && (row.description ?? "") === text && row.isdefault !== true,
  },
};

export const role = defineResource({
  ...description,

  check: (given, before) => [
    ...checkOnce(given),
    // `RoleManagerImpl.updateRole` skips empty texts.
    ...neverRemoved("description", "write another text", given, staying(inputs, given, before)),
  ],

  create: (context, given) =>
    createOnce({ ...description, read, update: bringUpToDate }, context, given, async () => {
      const row = await send(context, step(description, "create"), paramsOf(inputs, given), context.created);
      context.created(String(row.id));
      await converge(context, async (isFirst) => {
        if (!isFirst) return arrange(context, String(row.id), given.permissions);
        for (const entry of given.permissions) await add(context, String(row.id), entry);
      });
      return liveOf(description, { ...row, permissions: given.permissions });
    }),
  read,
  update: bringUpToDate,
});

async function read(context: Context<Client>, id: string): Promise<Live | undefined> {
  const row = await readRow(context, rows("listRoles", {}), id);
  if (row === undefined) return undefined;
  const permissions = (await rulesOf(context, String(row.id))).map(asPermission);
  return liveOf(description, { ...row, permissions });
}

async function bringUpToDate(
  context: Context<Client>,
  id: string,
  change: Parameters<ReturnType<typeof regularLifecycle<typeof inputs, Record<never, never>>>["update"]>[2],
): Promise<Live> {
  const params = paramsOf(inputs, change.after, [...change.changed]);
  if (Object.keys(params).length > 0) await send(context, step(description, "update"), { ...params, id });
  await converge(context, () => arrange(context, id, change.after.permissions));
  return readAgain(context, id, await read(context, id));
}

/** The rules in order. This list knows no pages: it is always whole. */
async function rulesOf({ api, signal }: Context<Client>, roleid: string): Promise<Row[]> {
  const { rolepermission } = await api.call("listRolePermissions", { roleid }, { signal });
  return Array.isArray(rolepermission) ? rolepermission.filter(isObject) : [];
}

function asPermission({ rule, permission, description }: Row): Permission {
  const prose = typeof description === "string" && description !== "" ? { description } : {};
  return { rule: String(rule), permission: permission === "deny" ? "deny" : "allow", ...prose };
}

/** Adds a rule behind the others; returns its id. */
async function add(context: Context<Client>, roleid: string, entry: Permission): Promise<string> {
  const row = await send(context, call("createRolePermission", { answer: "rolepermission" }), { roleid, ...entry });
  return String(row.id);
}

/**
 * Makes the role's rules these, in this order: missing ones are added before others go, so that no call is refused in between
 * that is allowed before and after. Only a rule with another description goes first: a role has a rule once, and its description
 * cannot be changed. It is away until the order is set, which follows at once.
 */
async function arrange(context: Context<Client>, roleid: string, wanted: readonly Permission[]): Promise<void> {
  const spare = await rulesOf(context, roleid);
  const take = (fits: (row: Row) => boolean) => {
    const at = spare.findIndex(fits);
    return at < 0 ? undefined : spare.splice(at, 1)[0];
  };
  const same = wanted.map(({ rule, description = "" }) =>
    take((row) => row.rule === rule && (row.description ?? "") === description),
  );
  const reworded = wanted.map(({ rule }, i) => (same[i] ? undefined : take((row) => isRule(row.rule, rule))));
  const order = same.map((row) => row && String(row.id));
  for (const [i, entry] of wanted.entries()) {
    const row = same[i];
    if (row === undefined && reworded[i] === undefined) order[i] = await add(context, roleid, entry);
    if (row === undefined || row.permission === entry.permission) continue;
    const { permission } = entry;
    await send(context, call("updateRolePermission"), { roleid, ruleid: String(row.id), permission });
  }
  for (const { id } of spare) await send(context, call("deleteRolePermission"), { id: String(id) });
  for (const [i, entry] of wanted.entries()) {
    const row = reworded[i];
    if (row === undefined) continue;
    await send(context, call("deleteRolePermission"), { id: String(row.id) });
    order[i] = await add(context, roleid, entry);
  }
  const now = (await rulesOf(context, roleid)).map(({ id }) => id);
  if (now.join() !== order.join())
    await send(context, call("updateRolePermission"), { roleid, ruleorder: order.join(",") });
}

/** Rules are told apart without regard to case, as the server's database does. */
function isRule(a: unknown, b: unknown): boolean {
  return String(a).toLowerCase() === String(b).toLowerCase();
}

/** `RoleManagerImpl.createRolePermission` refuses a rule that the role has. */
function checkOnce({ permissions }: PlainObject): Issue[] {
  const rules = isList(permissions) ? permissions.map((one) => (isObject(one) ? one.rule : undefined)) : [];
  return rules.flatMap((rule, i) => {
    const first = rules.findIndex((one) => typeof one === "string" && isRule(one, rule));
    if (typeof rule !== "string" || first === i) return [];
    return [
      {
        path: `permissions[${i}].rule`,
        reason: `${rule}: a role has a rule once, see permissions[${first}] → leave one out`,
      },
    ];
  });
}
