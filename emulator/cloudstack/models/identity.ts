import type { Row } from "./table.ts";

/** A node of the tenant tree. */
export interface Domain extends Row {
  readonly name: string;
  readonly parentId?: number;
  /** As stored: `/` for ROOT, `/a/b/` below; the API shows `ROOT/a/b`. */
  readonly path: string;
  /** 0 for ROOT. */
  readonly level: number;
  readonly networkDomain?: string;
  readonly state: "Active" | "Inactive";
}

export const accountTypes = { user: 0, admin: 1, domainAdmin: 2, resourceDomainAdmin: 3, readOnlyAdmin: 4 } as const;

export interface Account extends Row {
  readonly name: string;
  readonly type: number;
  readonly roleId: number;
  readonly domainId: number;
  readonly networkDomain?: string;
  readonly state: "enabled" | "disabled" | "locked";
  /** One of the accounts that the system made. */
  readonly isDefault: boolean;
  readonly details?: Readonly<Record<string, string>>;
  /** Set on a deleted account that still owns something. */
  readonly needsCleanup?: true;
}

export interface User extends Row {
  readonly accountId: number;
  readonly username: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
  readonly timezone?: string;
  readonly state: "enabled" | "disabled" | "locked";
  readonly apiKey?: string;
  readonly secretKey?: string;
  readonly isDefault: boolean;
}

export type RoleType = "Admin" | "ResourceAdmin" | "DomainAdmin" | "User";

export interface Role extends Row {
  readonly name: string;
  readonly type: RoleType;
  readonly description?: string;
  readonly isPublic: boolean;
  readonly isDefault: boolean;
  readonly state: "enabled" | "disabled";
}

export interface RolePermission extends Row {
  readonly roleId: number;
  /** A command name or a pattern with `*`. */
  readonly rule: string;
  readonly permission: "allow" | "deny";
  readonly description?: string;
  /** The first rule that fits decides, in this order. */
  readonly order: number;
}

/** A limit that somebody set; without a row the default of the settings holds. -1 = unlimited. */
export interface ResourceLimit extends Row {
  readonly ownerType: "account" | "domain";
  readonly ownerId: number;
  /** Number of the resource type, 0–16. */
  readonly type: number;
  readonly max: number;
  /** Of what offerings ask of hosts or pools by this tag; absent: of all. */
  readonly tag?: string;
}
