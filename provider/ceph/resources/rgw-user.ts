import { boolean, integer, text, type Values } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { defineResource } from "../resource.ts";
import { findRgwUser, keyPartOf, quotaOf, refuseAdministrator, removeCaps } from "../rgw.ts";
import { bytesOf, limitGib } from "../units.ts";
import { bodyOf } from "../wire.ts";

const inputs = {
  uid: text({
    min: 1,
    onChange: "replace",
    rule: (uid) =>
      /^[^\s$/]+(\$[^\s$/]+)?$/.test(uid) ? undefined : "must be USER or TENANT$USER, without spaces and slashes",
    doc: "Name of the user, in a tenant `TENANT$USER`: then its buckets have names of their own.",
  }),
  displayName: text({ min: 1, doc: "Shown to administrators." }),
  email: text({ optional: true, cleared: "", doc: "Unique among users." }),
  maxBuckets: integer({ default: 1000, min: -1, doc: "Most buckets it may own; 0 = no limit, -1 = it may make none." }),
  suspended: boolean({ default: false, doc: "Whether it is locked out." }),
  quotaGib: limitGib("Most data in all its buckets together.", { param: false, decode: (row) => quotaOf(row).gib }),
  quotaObjects: integer({
    default: 0,
    min: 0,
    param: false,
    decode: (row) => quotaOf(row).objects,
    doc: "Most objects in all its buckets together. 0 = no limit.",
  }),
} as const;

export const rgwUser = defineResource({
  token: "ceph:rgw:RgwUser",
  doc: "A user of the object gateway, with an S3 key and a quota. Never a system user, nor an administrator of the gateway. Import by uid. Can be deleted when it has no buckets.",
  inputs,
  outputs: {
    accessKey: text({ optional: true, secret: true, decode: keyPartOf("access_key"), doc: "S3 access key." }),
    secretKey: text({ optional: true, secret: true, decode: keyPartOf("secret_key"), doc: "S3 secret key." }),
  },

  reference: ({ uid }) => uid,
  find: findRgwUser,
  id: ({ uid }) => String(uid),
  refuse: refuseAdministrator,

  async make(context, given) {
    const { api, signal } = context;
    const body = { ...bodyOf(inputs, given), system: false, generate_key: true };
    await api.send("POST", "rgw/user", { body, signal });
    if (given.quotaGib > 0 || given.quotaObjects > 0) await setQuota(context, given);
  },

  async change(context, row, { after, changed }) {
    const { api, signal } = context;
    await removeCaps(context, row);
    const { uid, ...body } = bodyOf(inputs, after, changed);
    // Sent with every change: a user that somebody has made a system user is one no more.
    await api.send("PUT", "rgw/user/{uid}", { path: { uid: after.uid }, body: { ...body, system: false }, signal });
    if (changed.has("quotaGib") || changed.has("quotaObjects")) await setQuota(context, after);
  },

  remove: ({ api, signal }, { uid }) => api.send("DELETE", "rgw/user/{uid}", { path: { uid: String(uid) }, signal }),

  // No room for a mark. One that is equal and owns nothing is what an interrupted create leaves.
  leftover: { isUsed: ({ stats }) => Number((stats as { num_objects?: number } | undefined)?.num_objects ?? 0) > 0 },
});

function setQuota({ api, signal }: Context<Client>, { uid, quotaGib, quotaObjects }: Values<typeof inputs>) {
  const body = {
    quota_type: "user",
    enabled: quotaGib > 0 || quotaObjects > 0,
    max_size_kb: quotaGib > 0 ? bytesOf(quotaGib) / 1024 : -1,
    max_objects: quotaObjects > 0 ? quotaObjects : -1,
  };
  return api.send("PUT", "rgw/user/{uid}/quota", { path: { uid }, body, signal });
}
