import { z } from "zod";
import * as field from "./fields.ts";

/** The platform's pools (P6, O3). Tenants' pools follow from the tenants. */

const days = field.whole("a whole number of days from 1 to 3650", 1, 3650);

const basics = {
  key: field.platformKey,
  name: field.poolName.describe("Name in Ceph, e.g. ai-training-data."),
  tier: z.enum(["hot", "warm", "cold"]).describe("hot and warm lie on SSD, cold on HDD (CRUSH device class)."),
  size: field.diskSize.describe("Quota."),
  compression: z
    .enum(["none", "lz4", "snappy", "zlib", "zstd"])
    .default("none")
    .describe("Of what is written from now on."),
};

const pool = z.discriminatedUnion("kind", [
  z.strictObject({ ...basics, kind: z.literal("block").describe("RBD, a primary storage of CloudStack.") }),
  z.strictObject({
    ...basics,
    kind: z.literal("files").describe("A folder tree of CephFS with a quota of its own."),
    folder: field.folder
      .optional()
      .describe(
        "Where it is mounted on the machines that train or hand out data and stand in the monitors' network. It takes the place of such a folder of theirs. Default: nowhere.",
      ),
    retention: days
      .optional()
      .describe(
        "Days after which files that nobody has used are cleared away, every night, by one of the machines that mount it. Needs folder, and guests.software.",
      ),
  }),
  z.strictObject({
    ...basics,
    kind: z.literal("objects").describe("A bucket of the object gateway."),
    erasure: z
      .strictObject({
        data: field.whole("a whole number of data chunks from 2 to 16", 2, 16),
        coding: field.whole("a whole number of coding chunks from 1 to 8", 1, 8),
      })
      .optional()
      .describe("Erasure code; it needs as many hosts as it has chunks. Default: three copies."),
    compressAfter: days
      .optional()
      .describe(
        "Days after which objects go to a storage class that compresses them, with `compression` or else zstd. Not given: they are compressed from the start, if at all.",
      ),
  }),
]);

export const storage = z.strictObject({
  tenantPool: field
    .text(
      "what comes before and after a tenant's key in its pool's name, e.g. tenant-{key}-ai-data",
      /^[a-z][a-z0-9-]*\{key\}[a-z0-9-]*$/,
    )
    .default("tenant-{key}-ai-data")
    .describe("Name of a tenant's own pool, with {key} for the tenant's key (P1.3, O3)."),
  tenantTier: z
    .enum(["hot", "warm", "cold"])
    .default("warm")
    .describe("Device class of tenants' pools: hot and warm are SSD, cold is HDD (P6.1)."),
  copies: field.whole("a whole number of copies from 2 to 5", 2, 5).default(3),
  encryption: z
    .boolean("true or false")
    .default(false)
    .describe("Data volumes are encrypted, each tenant with keys of its own (P1.6)."),
  pools: z
    .array(
      pool.refine((one) => one.kind !== "files" || one.retention === undefined || one.folder !== undefined, {
        error: "who clears files away must have them mounted: say in which folder",
        path: ["folder"],
      }),
    )
    .default([])
    .describe("The platform's own pools (P6.1, O3)."),
});
