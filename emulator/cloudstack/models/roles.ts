import type { Role, RoleType } from "./identity.ts";
import type { Tables } from "./tables.ts";

/** The lowest kind of caller that a command is meant for, where no rule of the caller's role decides. */
export type Audience = "user" | "domain-admin" | "root-admin";

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

const patterns = new Map<string, RegExp>();

/** Whether a rule such as `list*` names this command; case does not matter. */
function fits(rule: string, command: string): boolean {
  let pattern = patterns.get(rule);
  if (!pattern) {
    pattern = new RegExp(`^${rule.replaceAll("*", ".*")}$`, "i");
    patterns.set(rule, pattern);
  }
  return pattern.test(command);
}
