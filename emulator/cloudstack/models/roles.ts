import type { Audience } from "../commands/command.ts";
import type { Role, RoleType } from "./identity.ts";
import type { Tables } from "./tables.ts";

/** Which role types a command is meant for. */
const meantFor: Record<Audience, readonly RoleType[]> = {
  user: ["Admin", "ResourceAdmin", "DomainAdmin", "User"],
  "domain-admin": ["Admin", "ResourceAdmin", "DomainAdmin"],
  "root-admin": ["Admin"],
};

/** The first rule of the role that fits decides; without one, whom the command is meant for (`DynamicRoleBasedAPIAccessChecker`). */
export function isAllowed(tables: Tables, role: Role, command: string, audience: Audience): boolean {
  const rule = permissionsOf(tables, role).find((permission) => fits(permission.rule, command));
  return rule ? rule.permission === "allow" : meantFor[audience].includes(role.type);
}

/** A role's rules in their order. */
export function permissionsOf(tables: Tables, role: Role) {
  return tables.rolePermissions.where("roleId", role.id).sort((a, b) => a.order - b.order);
}

function fits(rule: string, command: string): boolean {
  if (!rule.includes("*")) return rule.toLowerCase() === command.toLowerCase();
  const pattern = rule.split("*").map((part) => part.replace(/[^\w]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`, "i").test(command);
}
