import { createHmac, timingSafeEqual } from "node:crypto";
import type { Row } from "../../cloudstack/models/table.ts";
import type { World } from "./world.ts";

/** Who may log in to the dashboard. */
export interface DashboardUser extends Row {
  readonly username: string;
  readonly password: string;
  readonly role: "administrator" | "read-only";
  readonly enabled: boolean;
  /** Wrong passwords since the last right one; at `lockoutAttempts` the account is disabled. */
  readonly attempts: number;
}

/** A token that was logged out before it expired. */
export interface RevokedToken extends Row {
  readonly jti: string;
  readonly expires: number;
}

/** Random values that must outlive a restart and a fail-over, by name (`mgr.set_store`). */
export interface Secret extends Row {
  readonly name: string;
  readonly value: string;
}

export type Permission = "read" | "create" | "update" | "delete";

/** Security scopes of the dashboard (`security.py`). */
const scopes = [
  "hosts",
  "config-opt",
  "pool",
  "osd",
  "monitor",
  "rbd-image",
  "iscsi",
  "rbd-mirroring",
  "rgw",
  "cephfs",
  "manager",
  "log",
  "grafana",
  "prometheus",
  "user",
  "dashboard-settings",
  "nfs-ganesha",
  "nvme-of",
] as const;

export type Scope = (typeof scopes)[number];

/** `ACCOUNT_LOCKOUT_ATTEMPTS` */
const lockoutAttempts = 10;
const tokenSecret = "jwt_secret";

export function permissionsOf(role: DashboardUser["role"]): Record<Scope, Permission[]> {
  const granted: Permission[] = role === "administrator" ? ["create", "delete", "read", "update"] : ["read"];
  return Object.fromEntries(scopes.map((scope) => [scope, granted])) as Record<Scope, Permission[]>;
}

export function mayAccess(user: DashboardUser, scope: Scope, permission: Permission): boolean {
  return permissionsOf(user.role)[scope].includes(permission);
}

/** The user whose name and password these are. A wrong password is counted; too many disable the account. */
export function logIn({ tables }: World, username: string, password: string): DashboardUser | undefined {
  const user = tables.dashboardUsers.find((row) => row.username === username);
  if (!user) return undefined;
  if (user.attempts >= lockoutAttempts) tables.dashboardUsers.update(user, { enabled: false });
  if (!user.enabled) return undefined;
  if (user.password !== password) {
    tables.dashboardUsers.update(user, { attempts: user.attempts + 1 });
    return undefined;
  }
  if (user.attempts > 0) tables.dashboardUsers.update(user, { attempts: 0 });
  return user;
}

/** A signed token (JWT, HS256) that is good for `ttlSeconds`; any manager of the cluster accepts it. */
export function issueToken(world: World, username: string, ttlSeconds: number): string {
  const now = Math.floor(world.clock.now() / 1000);
  const payload = { iss: "ceph-dashboard", jti: world.random.uuid(), exp: now + ttlSeconds, iat: now, username };
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(payload)}`;
  return `${signed}.${signature(world, signed)}`;
}

/** The user of a token that is genuine, not expired and not logged out. */
export function userOfToken(world: World, token: string): DashboardUser | undefined {
  const payload = readToken(world, token);
  if (!payload || payload.exp < Math.floor(world.clock.now() / 1000)) return undefined;
  if (world.tables.revokedTokens.where("jti", payload.jti).length > 0) return undefined;
  const user = world.tables.dashboardUsers.find((row) => row.username === payload.username);
  return user?.enabled ? user : undefined;
}

export function revokeToken(world: World, token: string): void {
  const payload = readToken(world, token);
  if (!payload) return;
  const { revokedTokens } = world.tables;
  for (const old of revokedTokens.filter((row) => row.expires * 1000 < world.clock.now())) revokedTokens.erase(old);
  revokedTokens.insert({ jti: payload.jti, expires: payload.exp });
}

interface Payload {
  readonly jti: string;
  readonly exp: number;
  readonly username: string;
}

function readToken(world: World, token: string): Payload | undefined {
  const [header = "", payload = "", given = ""] = token.split(".");
  const wanted = Buffer.from(signature(world, `${header}.${payload}`));
  const offered = Buffer.from(given);
  if (wanted.length !== offered.length || !timingSafeEqual(wanted, offered)) return undefined;
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Payload;
}

function signature({ tables }: World, text: string): string {
  const secret = tables.secrets.find((row) => row.name === tokenSecret);
  if (!secret) throw new Error("the cluster has no secret to sign tokens with");
  return createHmac("sha256", secret.value).update(text).digest("base64url");
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

export function seedTokenSecret({ tables, random }: World): void {
  tables.secrets.insert({ name: tokenSecret, value: random.bytes(16).toString("base64") });
}
