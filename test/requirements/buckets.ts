import type { CephCloud } from "../support/ceph.ts";
import type { Row } from "../support/cloud.ts";
import type { RequiredProfile } from "./profiles.ts";

/** Where the platform's buckets lie in Ceph, in the words of the requirements, to be compared with {@link expectedBuckets}. */

/** As `radosgw-admin zone get` has it. */
interface Placement {
  readonly index_pool: string;
  readonly data_extra_pool: string;
  readonly storage_classes: Record<string, { data_pool: string; compression_type?: string }>;
}

/** Every bucket by name: the pools that its objects and its index lie in, and when they are compressed. */
export async function deployedBuckets(ceph: CephCloud): Promise<Record<string, unknown>> {
  const names = (await ceph.ask("rgw/bucket", { version: "1.1" })) as string[];
  const pools = (await ceph.ask("pool")) as Row[];
  const typeOf = (pool: string) => pools.find(({ pool_name: name }) => name === pool)?.type;
  const { placement_pools: placements } = (await ceph.ask("rgw/zone/{zone}", { path: { zone: "default" } })) as {
    placement_pools: { key: string; val: Placement }[];
  };
  const buckets = await Promise.all(
    names.map(async (name) => {
      const bucket = (await ceph.ask("rgw/bucket/{bucket}", { path: { bucket: name } })) as Row;
      const placement = placements.find(({ key }) => key === bucket.placement_rule)?.val;
      const classes = placement?.storage_classes ?? {};
      const moves = movesOf(bucket.lifecycle);
      const described = {
        pools: [...new Set(Object.values(classes).map(({ data_pool: pool }) => pool))],
        indexType: [placement?.index_pool, placement?.data_extra_pool].map((pool) => typeOf(String(pool))),
        isCompressedAtFirst: (classes.STANDARD?.compression_type ?? "none") !== "none",
        compressAfter: moves
          .filter(({ StorageClass: name }) => (classes[String(name)]?.compression_type ?? "none") !== "none")
          .map(({ Days: days }) => Number(days)),
      };
      return [name, described] as const;
    }),
  );
  return Object.fromEntries(buckets);
}

/** The transitions of the rules that are in force. */
function movesOf(lifecycle: unknown): Row[] {
  const { Rule: rules = [] } = ((lifecycle as Row | null)?.LifecycleConfiguration ?? {}) as { Rule?: Row[] };
  return rules
    .filter(({ Status: status }) => status === "Enabled")
    .flatMap(({ Transition: move }) => (move ? [move as Row] : []));
}

export function expectedBuckets({ buckets = {} }: RequiredProfile): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(buckets).map(([name, { pool, compressAfter }]) => [
      name,
      {
        pools: [pool],
        indexType: ["replicated", "replicated"],
        isCompressedAtFirst: false,
        compressAfter: compressAfter === undefined ? [] : [compressAfter],
      },
    ]),
  );
}
