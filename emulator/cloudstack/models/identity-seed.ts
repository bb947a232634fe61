import { accountTypes, type RoleType } from "./identity.ts";
import { type Random, stableUuid } from "./random.ts";
import { seededAt } from "./seeding.ts";
import type { Tables } from "./tables.ts";
import type { World } from "./world.ts";

export interface Keys {
  readonly apiKey: string;
  readonly secretKey: string;
}

const roles: readonly { name: string; type: RoleType; description: string }[] = [
  { name: "Root Admin", type: "Admin", description: "Default root admin role" },
  { name: "Resource Admin", type: "ResourceAdmin", description: "Default resource admin role" },
  { name: "Domain Admin", type: "DomainAdmin", description: "Default domain admin role" },
  { name: "User", type: "User", description: "Default user role" },
];

/** Throwaway keys in the form of the real ones. */
export function newKeys(random: Random): Keys {
  return { apiKey: random.bytes(64).toString("base64url"), secretKey: random.bytes(64).toString("base64url") };
}

/** The keys of the seeded administrator. */
export function adminKeys({ users }: Tables): Keys {
  const admin = users.find((user) => user.username === "admin" && user.isDefault);
  if (!admin?.apiKey || !admin.secretKey) throw new Error("the emulator's administrator has no keys");
  return { apiKey: admin.apiKey, secretKey: admin.secretKey };
}

/** ROOT, the four default roles, and the administrator. */
export function seedIdentity({ tables }: World, keys: Keys): void {
  const created = seededAt;
  const root = tables.domains.insert({
    uuid: stableUuid("domain/ROOT"),
    created,
    name: "ROOT",
    path: "/",
    level: 0,
    state: "Active",
  });
  const [rootAdmin] = roles.map((role) =>
    tables.roles.insert({
      ...role,
      uuid: stableUuid(`role/${role.name}`),
      created,
      isPublic: true,
      isDefault: true,
      state: "enabled",
    }),
  );
  if (!rootAdmin) throw new Error("no default role");
  tables.rolePermissions.insert({
    uuid: stableUuid("permission/Root Admin/*"),
    created,
    roleId: rootAdmin.id,
    rule: "*",
    permission: "allow",
    order: 0,
  });
  const account = {
    type: accountTypes.admin,
    roleId: rootAdmin.id,
    domainId: root.id,
    created,
    state: "enabled",
  } as const;
  tables.accounts.insert({ ...account, uuid: stableUuid("account/system"), name: "system", isDefault: true });
  const admin = tables.accounts.insert({
    ...account,
    uuid: stableUuid("account/admin"),
    name: "admin",
    isDefault: true,
  });
  tables.users.insert({
    uuid: stableUuid("user/admin"),
    created,
    accountId: admin.id,
    username: "admin",
    firstname: "admin",
    lastname: "cloud",
    email: "admin@localhost",
    state: "enabled",
    isDefault: true,
    ...keys,
  });
}
