import type { Json } from "../../cloudstack/models/jobs.ts";
import { Failure } from "../models/errors.ts";
import {
  findRgwUser,
  gatewayError,
  needGateway,
  newRgwKey,
  noQuota,
  type RgwQuota,
  type RgwUser,
  tenantOf,
} from "../models/rgw.ts";
import type { Tables } from "../models/tables.ts";
import { endpoint } from "./endpoint.ts";
import { flag, integer, required, text } from "./fields.ts";

const capability = { uid: required(text), type: required(text), perm: required(text), daemon_name: text };
const settings = { email: text, max_buckets: integer, system: flag, suspended: flag };

/** `class RgwUser` of `controllers/rgw.py`: what the gateway refuses comes as 500, "not found" too. */
export const rgwUserEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/rgw/user",
    scope: "rgw",
    fields: { daemon_name: text },
    lacks: ["detailed"],
    run({ tables }) {
      needGateway(tables);
      return [...tables.rgwUsers.live()].map(({ uid }) => uid);
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/rgw/user",
    scope: "rgw",
    fields: {
      uid: required(text),
      display_name: required(text),
      ...settings,
      generate_key: flag,
      access_key: text,
      secret_key: text,
      daemon_name: text,
    },
    lacks: ["account_id", "account_root_user", "account_policies"],
    run({ world, tables, args }) {
      needGateway(tables);
      const { uid } = args;
      const there = findRgwUser(tables, uid);
      if (there && !isSame(there, args)) throw gatewayError(409, "UserAlreadyExists");
      if (!there) checkEmail(tables, args.email);
      const drawn = newRgwKey(world.random, uid);
      const given = args.access_key ? { ...drawn, access_key: args.access_key } : drawn;
      const key = args.secret_key ? { ...given, secret_key: args.secret_key } : given;
      const keys = args.generate_key === false && !args.access_key ? [] : [key];
      if (there) return shown(tables, changed(tables, there, args, [...there.keys, ...keys]));
      const user = tables.rgwUsers.insert({
        uid,
        displayName: args.display_name,
        email: args.email ?? "",
        maxBuckets: args.max_buckets ?? 1000,
        suspended: args.suspended ?? false,
        system: args.system ?? false,
        keys,
        userQuota: noQuota,
        bucketQuota: noQuota,
      });
      return shown(tables, user);
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/rgw/user/{uid}",
    scope: "rgw",
    fields: { uid: required(text), stats: flag, daemon_name: text },
    run: ({ tables, args }) => shown(tables, foundUser(tables, args.uid)),
  }),
  endpoint({
    method: "PUT",
    path: "/api/rgw/user/{uid}",
    scope: "rgw",
    fields: { uid: required(text), display_name: text, ...settings, daemon_name: text },
    lacks: ["account_id", "account_root_user", "account_policies"],
    run({ tables, args }) {
      const user = foundUser(tables, args.uid);
      if (args.email !== user.email) checkEmail(tables, args.email);
      return shown(tables, changed(tables, user, args, user.keys));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/rgw/user/{uid}",
    scope: "rgw",
    fields: { uid: required(text), daemon_name: text },
    run({ tables, args }) {
      const user = foundUser(tables, args.uid, 400);
      if (user.uid === "dashboard") {
        const text = `Unable to delete "${user.uid}" - this user account is required for managing the Object Gateway`;
        throw new Failure(400, text, { body: "dashboard", component: "rgw" });
      }
      if (tables.buckets.find(({ owner }) => owner === user.uid)) throw gatewayError(409, "BucketAlreadyExists", 400);
      tables.rgwUsers.erase(user);
      return null;
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/rgw/user/{uid}/capability",
    scope: "rgw",
    fields: capability,
    run({ tables, args }) {
      const user = foundUser(tables, args.uid);
      const caps = [...without(user, args.type), { type: args.type, perm: args.perm }];
      return tables.rgwUsers.update(user, { caps }).caps as Json;
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/rgw/user/{uid}/capability",
    scope: "rgw",
    fields: capability,
    run({ tables, args }) {
      const user = foundUser(tables, args.uid);
      const caps = without(user, args.type);
      if (caps.length === (user.caps ?? []).length) throw gatewayError(404, "NoSuchCap");
      tables.rgwUsers.update(user, { caps });
      return null;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/rgw/user/{uid}/quota",
    scope: "rgw",
    fields: { uid: required(text), daemon_name: text },
    run({ tables, args }) {
      const { userQuota, bucketQuota } = foundUser(tables, args.uid);
      return { bucket_quota: quotaFields(bucketQuota), user_quota: quotaFields(userQuota) };
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/rgw/user/{uid}/quota",
    scope: "rgw",
    fields: {
      uid: required(text),
      quota_type: required(text),
      enabled: required(flag),
      max_size_kb: required(integer),
      max_objects: required(integer),
      daemon_name: text,
    },
    run({ tables, args }) {
      const user = foundUser(tables, args.uid);
      const maxSize = args.max_size_kb < 0 ? -1 : args.max_size_kb * 1024;
      const quota = { enabled: args.enabled, maxSize, maxObjects: args.max_objects };
      if (args.quota_type === "user") tables.rgwUsers.update(user, { userQuota: quota });
      else if (args.quota_type === "bucket") tables.rgwUsers.update(user, { bucketQuota: quota });
      else throw gatewayError(400, "InvalidArgument");
      return "";
    },
  }),
];

function without({ caps = [] }: RgwUser, type: string) {
  return caps.filter((cap) => cap.type !== type);
}

function foundUser(tables: Tables, uid: string, wrapped?: number): RgwUser {
  needGateway(tables);
  const user = findRgwUser(tables, uid);
  if (!user) throw gatewayError(404, "NoSuchUser", wrapped);
  return user;
}

interface Settings {
  readonly display_name: string | undefined;
  readonly email: string | undefined;
  readonly max_buckets: number | undefined;
  readonly suspended: boolean | undefined;
  readonly system: boolean | undefined;
}

/** A second create of one that is called the same changes it, and gives it one more key (`RGWUser::execute_add`). */
function isSame(user: RgwUser, { display_name: name, email }: Settings): boolean {
  return user.displayName === name && (!email || user.email === email);
}

function changed(tables: Tables, user: RgwUser, settings: Settings, keys: RgwUser["keys"]): RgwUser {
  return tables.rgwUsers.update(user, {
    keys,
    displayName: settings.display_name ?? user.displayName,
    email: settings.email ?? user.email,
    maxBuckets: settings.max_buckets ?? user.maxBuckets,
    suspended: settings.suspended ?? user.suspended,
    system: settings.system ?? user.system,
  });
}

function checkEmail(tables: Tables, email: string | undefined): void {
  if (email && tables.rgwUsers.find((user) => user.email === email)) throw gatewayError(409, "EmailExists");
}

/** `GET admin/user?stats`; the number of flags is as the gateway has it. */
function shown(tables: Tables, user: RgwUser): Json {
  const buckets = tables.buckets.filter(({ owner }) => owner === user.uid);
  const tenant = tenantOf(user.uid);
  return {
    tenant,
    user_id: tenant === "" ? user.uid : user.uid.slice(tenant.length + 1),
    full_user_id: user.uid,
    uid: user.uid,
    display_name: user.displayName,
    email: user.email,
    suspended: Number(user.suspended),
    max_buckets: user.maxBuckets,
    system: user.system,
    subusers: [],
    keys: user.keys.map((key) => ({ ...key })),
    swift_keys: [],
    caps: (user.caps ?? []).map((cap) => ({ ...cap })),
    op_mask: "read, write, delete",
    default_placement: "",
    default_storage_class: "",
    placement_tags: [],
    bucket_quota: quotaFields(user.bucketQuota),
    user_quota: quotaFields(user.userQuota),
    temp_url_keys: [],
    type: "rgw",
    mfa_ids: [],
    stats: {
      size: buckets.reduce((sum, { bytes }) => sum + bytes, 0),
      num_objects: buckets.reduce((sum, { objects }) => sum + objects, 0),
    },
  };
}

function quotaFields({ enabled, maxSize, maxObjects }: RgwQuota): Json {
  const maxSizeKb = maxSize < 0 ? 0 : maxSize / 1024;
  return { enabled, check_on_raw: false, max_size: maxSize, max_size_kb: maxSizeKb, max_objects: maxObjects };
}
