import type { Random } from "../../cloudstack/models/random.ts";
import type { Row } from "../../cloudstack/models/table.ts";
import { dashboardError, type Failure, pythonError } from "./errors.ts";
import type { Tables } from "./tables.ts";
import type { World } from "./world.ts";

export interface RgwKey {
  readonly user: string;
  readonly access_key: string;
  readonly secret_key: string;
}

export interface RgwQuota {
  readonly enabled: boolean;
  /** Bytes; -1 = none. */
  readonly maxSize: number;
  readonly maxObjects: number;
}

export interface RgwUser extends Row {
  /** `tenant$user`, or `user` without a tenant. */
  readonly uid: string;
  readonly displayName: string;
  readonly email: string;
  readonly maxBuckets: number;
  readonly suspended: boolean;
  readonly system: boolean;
  /** What it may administer: `users`, `buckets`, … */
  readonly caps?: readonly { readonly type: string; readonly perm: string }[];
  readonly keys: readonly RgwKey[];
  readonly userQuota: RgwQuota;
  readonly bucketQuota: RgwQuota;
}

export interface Bucket extends Row {
  readonly name: string;
  /** Tenant of the owner; empty without one. */
  readonly tenant: string;
  readonly bucketId: string;
  readonly owner: string;
  readonly placement: string;
  readonly versioning: "Enabled" | "Suspended";
  readonly lockEnabled: boolean;
  readonly lockMode?: string;
  readonly lockDays: number;
  readonly lockYears: number;
  readonly encryption?: string;
  readonly tags: string;
  readonly policy: string;
  readonly acl: string;
  /** As given: JSON or XML. */
  readonly lifecycle?: string;
  readonly objects: number;
  readonly bytes: number;
}

export const noQuota: RgwQuota = { enabled: false, maxSize: -1, maxObjects: -1 };

/** A refusal of the object gateway: the dashboard wraps it in a 500 of its own, even when it only means "not found". */
export function gatewayError(status: number, code: string, wrapped = 500): Failure {
  const body = `{"Code":"${code}","RequestId":"tx00000-default","HostId":"default-default-default"}`;
  return dashboardError(`RGW REST API failed request with status code ${status}\n(b'${body}')`, {
    status: wrapped,
    component: "rgw",
  });
}

/** @throws when no gateway runs: nobody to ask (`NoRgwDaemonsException`) */
export function needGateway({ hosts }: Tables): void {
  if (hosts.find(({ services }) => services.includes("rgw"))) return;
  throw pythonError("NoRgwDaemonsException", "No RGW service is running.");
}

/** What a bucket is like the dashboard asks with the keys of its owner. @throws where the gateway does not let the owner in */
export function needOwner(tables: Tables, owner: string): void {
  if (!findRgwUser(tables, owner)?.suspended) return;
  const said = `(b'{"Code":"UserSuspended","RequestId":"tx00000-default","HostId":"default-default-default"}')`;
  throw pythonError(
    "dashboard.rest_client.RequestException",
    `RGW REST API failed request with status code 403\n${said}`,
  );
}

export function tenantOf(uid: string): string {
  const at = uid.indexOf("$");
  return at < 0 ? "" : uid.slice(0, at);
}

export function findRgwUser(tables: Tables, uid: string): RgwUser | undefined {
  return tables.rgwUsers.find((user) => user.uid === uid);
}

/** The bucket of an address like `bucket` or `tenant/bucket`. */
export function findBucket(tables: Tables, address: string): Bucket | undefined {
  const at = address.indexOf("/");
  const tenant = at < 0 ? "" : address.slice(0, at);
  const name = address.slice(at + 1);
  return tables.buckets.find((bucket) => bucket.tenant === tenant && bucket.name === name);
}

/** `<zone id>.<number>.<number>`: what an update has to name. */
export function newBucketId({ random }: World, number: number): string {
  return `${random.uuid()}.4${random.below(900) + 100}.${number}`;
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const moreLetters = `${letters}abcdefghijklmnopqrstuvwxyz`;

export function newRgwKey(random: Random, user: string): RgwKey {
  return { user, access_key: drawn(random, letters, 20), secret_key: drawn(random, moreLetters, 40) };
}

function drawn(random: Random, from: string, length: number): string {
  return Array.from({ length }, () => from[random.below(from.length)]).join("");
}
