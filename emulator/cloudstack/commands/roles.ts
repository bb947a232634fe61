import { fail, invalid } from "../models/errors.ts";
import type { Role, RolePermission, RoleType } from "../models/identity.ts";
import { permissionsOf } from "../models/roles.ts";
import { defined } from "../models/values.ts";
import { type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { boolean, listParameters, map, ref, refs, required, text } from "./parameters.ts";

const types: readonly RoleType[] = ["Admin", "ResourceAdmin", "DomainAdmin", "User"];

function render(role: Role): JsonObject {
  return {
    type: role.type,
    state: role.state,
    id: role.uuid,
    name: role.name,
    description: role.description,
    ispublic: role.isPublic,
  };
}

function typeFrom(name: string): RoleType {
  const type = types.find((one) => one.toLowerCase() === name.toLowerCase());
  if (!type) throw invalid("Invalid role type provided");
  return type;
}

/** The role if it can be changed. @throws {ApiError} 531 for the default ones */
function changeable(role: Role): Role {
  if (role.removed !== undefined) throw invalid("Invalid role id provided");
  if (role.isDefault) throw fail("permission-denied", "Default roles cannot be updated or deleted");
  return role;
}

const createRole = sync({
  name: "createRole",
  audience: "root-admin",
  parameters: { name: required(text), description: text, type: text, roleid: ref("roles"), ispublic: boolean },
  reply: "role",
  run({ tables, args }) {
    if ((args.type === undefined) === (args.roleid === undefined)) {
      throw invalid("Neither role type nor role ID is provided, or both are");
    }
    const type = args.roleid?.type ?? typeFrom(args.type ?? "");
    const role = tables.roles.insert({
      name: args.name,
      type,
      isPublic: args.ispublic ?? true,
      isDefault: false,
      state: "enabled",
      ...defined({ description: args.description }),
    });
    for (const { rule, permission, description, order } of args.roleid ? permissionsOf(tables, args.roleid) : []) {
      tables.rolePermissions.insert({ roleId: role.id, rule, permission, order, ...defined({ description }) });
    }
    return render(role);
  },
});

const updateRole = sync({
  name: "updateRole",
  audience: "root-admin",
  parameters: { id: required(ref("roles")), name: text, description: text, type: text, ispublic: boolean },
  reply: "role",
  run({ tables, args }) {
    const role = changeable(args.id);
    // Empty texts change nothing (`RoleManagerImpl.updateRole`).
    const [name, description] = [args.name || undefined, args.description || undefined];
    const isPublic = args.ispublic;
    const type = args.type === undefined ? undefined : typeFrom(args.type);
    return render(tables.roles.update(role, defined({ name, description, isPublic, type })));
  },
});

const deleteRole = sync({
  name: "deleteRole",
  audience: "root-admin",
  parameters: { id: required(ref("roles")) },
  run({ tables, args }) {
    const role = changeable(args.id);
    if (tables.accounts.where("roleId", role.id).length > 0) {
      throw fail("permission-denied", "Found accounts that have role in use, won't allow to delete role");
    }
    for (const permission of tables.rolePermissions.where("roleId", role.id)) tables.rolePermissions.remove(permission);
    tables.roles.remove(role);
    return success;
  },
});

const listRoles = listing({
  name: "listRoles",
  audience: "domain-admin",
  parameters: { ...listParameters, id: ref("roles"), name: text, type: text, state: text },
  reply: "role",
  rows: ({ tables, args }) =>
    tables.roles.filter(
      (role) =>
        fits(role, { id: args.id?.id, name: args.name, state: args.state }) &&
        (args.type ?? role.type).toLowerCase() === role.type.toLowerCase() &&
        mentions(args.keyword, role.name),
    ),
  render: (role) => ({ ...render(role), isdefault: role.isDefault }),
});

function renderPermission(permission: RolePermission, role: Role): JsonObject {
  const { uuid, rule, description } = permission;
  return { id: uuid, roleid: role.uuid, rule, permission: permission.permission, description };
}

function permissionFrom(value: string): RolePermission["permission"] {
  const permission = value.toLowerCase();
  if (permission === "allow" || permission === "deny") return permission;
  throw invalid("Values for permission parameter should be: allow or deny");
}

function ruleFrom(rule: string): string {
  if (!/^[a-zA-Z*]+$/.test(rule))
    throw invalid(`Only API names and wildcards are allowed, invalid rule provided: ${rule}`);
  return rule;
}

const createRolePermission = sync({
  name: "createRolePermission",
  audience: "root-admin",
  parameters: { roleid: required(ref("roles")), rule: required(text), permission: required(text), description: text },
  reply: "rolepermission",
  run({ tables, args }) {
    const role = changeable(args.roleid);
    const rule = ruleFrom(args.rule);
    const present = permissionsOf(tables, role);
    if (present.some((one) => one.rule.toLowerCase() === rule.toLowerCase())) {
      throw fail("permission-denied", `Rule already exists for the role: ${role.name}`);
    }
    const permission = tables.rolePermissions.insert({
      roleId: role.id,
      rule,
      permission: permissionFrom(args.permission),
      order: (present.at(-1)?.order ?? -1) + 1,
      ...defined({ description: args.description }),
    });
    return renderPermission(permission, role);
  },
});

const updateRolePermission = sync({
  name: "updateRolePermission",
  audience: "root-admin",
  parameters: {
    roleid: required(ref("roles")),
    ruleorder: refs("rolePermissions"),
    ruleid: ref("rolePermissions"),
    permission: text,
  },
  run({ tables, args }) {
    const role = changeable(args.roleid);
    if (args.ruleorder) {
      const present = permissionsOf(tables, role);
      const complete =
        args.ruleorder.length === present.length && present.every((one) => args.ruleorder?.includes(one));
      if (!complete) throw invalid("Role permission rules order is invalid or has missing rules");
      for (const [order, permission] of args.ruleorder.entries()) tables.rolePermissions.update(permission, { order });
    } else if (args.ruleid && args.permission !== undefined) {
      tables.rolePermissions.update(args.ruleid, { permission: permissionFrom(args.permission) });
    } else {
      throw invalid("Parameters permission and ruleid must be specified together, or ruleorder alone");
    }
    return success;
  },
});

const deleteRolePermission = sync({
  name: "deleteRolePermission",
  audience: "root-admin",
  parameters: { id: required(ref("rolePermissions")) },
  run({ tables, args }) {
    if (args.id.removed !== undefined) throw invalid("Invalid role permission id provided");
    changeable(tables.roles.need(args.id.roleId));
    tables.rolePermissions.remove(args.id);
    return success;
  },
});

const listRolePermissions = listing({
  name: "listRolePermissions",
  audience: "domain-admin",
  parameters: { roleid: ref("roles") },
  reply: "rolepermission",
  rows: ({ tables, args }) =>
    (args.roleid ? [args.roleid] : [...tables.roles.live()]).flatMap((role) => permissionsOf(tables, role)),
  render(permission, { tables }: Call) {
    const role = tables.roles.need(permission.roleId);
    return { ...renderPermission(permission, role), rolename: role.name };
  },
});

const importRole = sync({
  name: "importRole",
  audience: "root-admin",
  parameters: {
    name: required(text),
    type: text,
    description: text,
    rules: required(map),
    forced: boolean,
    ispublic: boolean,
  },
  reply: "role",
  run({ tables, args }) {
    const type = typeFrom(args.type ?? "User");
    const present = tables.roles.find((role) => role.name === args.name);
    if (present && !args.forced) throw invalid(`Role already exists: ${args.name}`);
    const values = {
      name: args.name,
      type,
      isPublic: args.ispublic ?? true,
      ...defined({ description: args.description }),
    };
    const role = present
      ? tables.roles.update(changeable(present), values)
      : tables.roles.insert({ ...values, isDefault: false, state: "enabled" });
    for (const permission of permissionsOf(tables, role)) tables.rolePermissions.remove(permission);
    for (const [order, { rule = "", permission = "", description }] of args.rules.entries()) {
      const decision = permissionFrom(permission);
      tables.rolePermissions.insert({
        roleId: role.id,
        rule: ruleFrom(rule),
        permission: decision,
        order,
        ...defined({ description }),
      });
    }
    return render(role);
  },
});

export const roleCommands: readonly Command[] = [
  createRole,
  updateRole,
  deleteRole,
  listRoles,
  createRolePermission,
  updateRolePermission,
  deleteRolePermission,
  listRolePermissions,
  importRole,
];
