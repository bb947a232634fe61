import { boolean, integer, list, number, oneOf, type Row, text } from "../../core/fields.ts";
import type { Change } from "../../core/resource.ts";
import { removeOwnRule } from "../crush.ts";
import {
  applicationsOf,
  carriesMark,
  editPool,
  findPool,
  refuseQuotaBelowUse,
  refuseRenameOfUsed,
  withMarks,
} from "../pools.ts";
import { defineResource } from "../resource.ts";
import { checkPool } from "../rules.ts";
import { limitGib } from "../units.ts";
import { bodyOf } from "../wire.ts";

/** An option of the pool, which Ceph tells only when it is set. */
const option =
  (name: string) =>
  ({ options }: Row) =>
    (options as Row | undefined)?.[name] as undefined;

const inputs = {
  name: text({
    min: 1,
    max: 128,
    param: "pool",
    from: "pool_name",
    doc: "Unique in the cluster. A change renames the pool in place, unless it holds data: capabilities and clients go by the name.",
  }),
  type: oneOf(["replicated", "erasure"], {
    default: "replicated",
    onChange: "replace",
    param: "pool_type",
    from: "type",
    doc: "Copies, or data and coding chunks.",
  }),
  erasureCodeProfile: text({
    optional: true,
    onChange: "replace",
    decode: ({ type, erasure_code_profile: profile }) => (type === "erasure" ? String(profile) : undefined),
    doc: "Name of the erasure code profile. Needed for erasure pools, only allowed there.",
  }),
  ecOverwrites: boolean({
    default: false,
    param: false,
    decode: ({ flags_names: flags }) => String(flags).split(",").includes("ec_overwrites"),
    doc: "Let RBD and CephFS write to an erasure pool. Cannot be switched off again.",
  }),
  size: integer({
    optional: true,
    serverChooses: true,
    min: 1,
    max: 10,
    decode: ({ type, size }) => (type === "replicated" ? Number(size) : undefined),
    doc: "Copies of a replicated pool. An erasure pool has the chunks of its profile.",
  }),
  minSize: integer({
    optional: true,
    serverChooses: true,
    min: 1,
    max: 32,
    doc: "Copies or chunks that must be there for the pool to take writes.",
  }),
  crushRule: text({
    optional: true,
    serverChooses: true,
    doc: "Name of the CRUSH rule, which chooses device class and failure domain. A change moves all data.",
  }),
  pgAutoscaleMode: oneOf(["on", "off", "warn"], {
    default: "on",
    doc: "Whether Ceph itself chooses the number of placement groups.",
  }),
  pgNum: integer({
    optional: true,
    serverChooses: true,
    min: 1,
    max: 65536,
    decode: ({ pg_autoscale_mode: mode, pg_num_target: target, pg_num: now }) =>
      mode === "on" ? undefined : Number(target ?? now),
    doc: "Placement groups. Only with `pgAutoscaleMode` `off` or `warn`.",
  }),
  quotaGib: limitGib("Most data that the pool may hold, before copies. Refused below what is stored.", {
    param: "quota_max_bytes",
  }),
  quotaObjects: integer({
    default: 0,
    min: 0,
    param: "quota_max_objects",
    doc: "Most objects that the pool may hold. 0 = no limit.",
  }),
  compressionMode: oneOf(["none", "passive", "aggressive", "force"], {
    optional: true,
    decode: option("compression_mode"),
    cleared: "unset",
    doc: "Which data is compressed: none, what clients mark as compressible, what they do not mark as incompressible, all. Not given = the OSDs' own setting.",
  }),
  compressionAlgorithm: oneOf(["lz4", "snappy", "zlib", "zstd"], {
    optional: true,
    decode: option("compression_algorithm"),
    cleared: "unset",
    doc: "How it is compressed; only with `compressionMode`.",
  }),
  compressionRequiredRatio: number({
    optional: true,
    decode: option("compression_required_ratio"),
    cleared: 0,
    rule: (ratio) => (ratio > 0 && ratio <= 1 ? undefined : "must be more than 0 and at most 1"),
    doc: "Compressed data is kept if it is at most this part of the original, for example 0.875; only with `compressionMode`.",
  }),
  applications: list(
    text({
      min: 1,
      max: 128,
      rule: (name) => (name.startsWith("pulumi.") ? "names that begin with `pulumi.` are this provider's" : undefined),
    }),
    {
      optional: true,
      set: true,
      param: "application_metadata",
      cleared: [],
      decode: applicationsOf,
      doc: "What the pool is for: `rbd`, `cephfs`, `rgw` or a name of your own.",
    },
  ),
} as const;

export const pool = defineResource({
  token: "ceph:pool:Pool",
  doc: "Where data lies: its redundancy, placement, quota and compression. Import by name. Deleting needs the monitors' `mon_allow_pool_delete`. An application `pulumi.…` on it is this provider's mark.",
  inputs,
  outputs: { poolId: integer({ from: "pool", doc: "Ceph's number of the pool; never used twice." }) },
  check: checkPool,

  reference: ({ name }) => name,
  find: findPool,
  id: ({ pool: id }) => String(id),
  // A pool has room for a mark: another application. It is in the create itself.
  leftover: { isOurs: carriesMark },

  async make({ api, signal, mark }, given) {
    const { applications = [], pgNum = startPgNum, crushRule, ecOverwrites, ...others } = given;
    const body = {
      ...bodyOf(inputs, others),
      pg_num: pgNum,
      rule_name: crushRule,
      flags: ecOverwrites ? "ec_overwrites" : undefined,
      application_metadata: withMarks(applications, [mark]),
    };
    await api.send("POST", "pool", { body, signal });
  },

  async change(context, row, { after, changed }) {
    if (changed.has("name")) await refuseRenameOfUsed(context, `pool ${row.pool_name}`, row, after.name);
    if (changed.has("quotaGib")) await refuseQuotaBelowUse(context, row, after.quotaGib);
    // Another size brings another minimum along, unless the one that is wanted comes with it.
    const names = changed.has("size") && after.minSize !== undefined ? [...changed, "minSize"] : changed;
    const body = bodyOf(inputs, after, names);
    if (changed.has("ecOverwrites") && after.ecOverwrites) body.flags = "ec_overwrites";
    // The whole list is sent: marks that are on the pool must stay on it.
    if (changed.has("applications")) body.application_metadata = withMarks(after.applications ?? [], [row]);
    await editPool(context, row, inWorkableOrder(body, after.pgAutoscaleMode));
  },

  async remove(context, row) {
    const { api, signal } = context;
    await api.send("DELETE", "pool/{name}", { path: { name: String(row.pool_name) }, signal });
    await removeOwnRule(context, row);
  },
});

/** The number that a new pool starts with (`osd_pool_default_pg_num`); the API wants one, also where the autoscaler rules. */
const startPgNum = 32;

/** The dashboard sets one property after the other, in the order of the body: a copy count must not fall below its minimum. */
function inWorkableOrder(body: Row, mode: Change<typeof inputs>["after"]["pgAutoscaleMode"]): Row {
  const { pg_autoscale_mode: scaling, pg_num: pgNum, size, min_size: minSize, ...others } = body;
  return {
    ...(scaling === undefined ? {} : { pg_autoscale_mode: scaling }),
    ...(size === undefined ? {} : { size }),
    ...(minSize === undefined ? {} : { min_size: minSize }),
    ...(pgNum === undefined || mode === "on" ? {} : { pg_num: pgNum }),
    ...others,
  };
}
