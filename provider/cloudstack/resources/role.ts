import { boolean, list, object, oneOf, type Row, text, type Values } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import { isObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { converge } from "../converge.ts";
import { createOnce } from "../leftover.ts";
import { liveOf, readAgain, readRow, type regularLifecycle, send, step } from "../regular.ts";
import { call, type Description, defineResource, rows } from "../resource.ts";
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
  description: text({ optional: true, cleared: "", doc: "Prose for other operators." }),
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
 * that is allowed before and after.
 */
async function arrange(context: Context<Client>, roleid: string, wanted: readonly Permission[]): Promise<void> {
  const live = await rulesOf(context, roleid);
  const spare = [...live];
  const order: string[] = [];
  for (const entry of wanted) {
    const at = spare.findIndex(
      (row) => row.rule === entry.rule && (row.description ?? "") === (entry.description ?? ""),
    );
    const known = at < 0 ? undefined : spare.splice(at, 1)[0];
    if (known === undefined) {
      order.push(await add(context, roleid, entry));
    } else {
      order.push(String(known.id));
      if (known.permission === entry.permission) continue;
      await send(context, call("updateRolePermission"), {
        roleid,
        ruleid: String(known.id),
        permission: entry.permission,
      });
    }
  }
  for (const { id } of spare) await send(context, call("deleteRolePermission"), { id: String(id) });
  const now = (await rulesOf(context, roleid)).map(({ id }) => id);
  if (now.join() !== order.join())
    await send(context, call("updateRolePermission"), { roleid, ruleorder: order.join(",") });
}
