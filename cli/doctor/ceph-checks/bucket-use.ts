import { rowsOf } from "../../../provider/ceph/wire.ts";
import { type StoredThing, storedThings } from "../../../src/plan/stored.ts";
import type { CephCheck } from "../exam.ts";
import { blocking, fixable, ok, type Result } from "../finding.ts";
import { amountOf, type Row } from "../questions.ts";

const requirement = "T5";
/** Percent of a quota from which on its owner is warned, and at which uploads stop. */
const warned = 80;
const full = 100;

/** How full the buckets of the plan are: from 80 % on somebody has to know, at 100 % the gateway refuses uploads. */
export const bucketUse: CephCheck = {
  name: "ceph-bucket-use",
  async ask({ ceph, plan }) {
    const wanted = new Map(
      storedThings(plan).flatMap((thing) =>
        thing.kind === "bucket" || thing.kind === "objects" ? [[thing.name, thing] as const] : [],
      ),
    );
    const { rgw } = await ceph.object("health/minimal");
    // Without a gateway there is nobody to ask, as ceph-services says.
    if (wanted.size === 0 || Number(rgw ?? 0) === 0) return [];
    const buckets = await ceph.rows("rgw/bucket", { version: "1.1", query: { stats: "true" } });
    return buckets.flatMap((bucket) => {
      const thing = wanted.get(String(bucket.bucket ?? bucket.bid));
      return thing === undefined ? [] : [judged(thing, bytesIn(bucket))];
    });
  },
};

/** Objects and what is left of unfinished uploads; sizes as they are counted against quotas, in whole blocks. */
function bytesIn({ usage }: Row): number {
  const parts = Object.values((usage ?? {}) as Record<string, Row | undefined>);
  return rowsOf(parts).reduce((sum, { size_actual: size }) => sum + amountOf(size), 0);
}

function judged({ name, sizeGib }: StoredThing, bytes: number): Result {
  const percent = Math.floor((100 * bytes) / (sizeGib * 2 ** 30));
  const asked = `use of bucket ${name}`;
  const value = `${percent} % of ${sizeGib} GiB`;
  if (percent < warned) return ok(asked, value, { requirement });
  const remedy = "delete objects, or raise the tenant's storage or the pool's size (strata:overrides)";
  if (percent < full) return fixable({ asked, value, rule: `less than ${warned} %`, remedy, requirement });
  return blocking({ asked, value, rule: `less than ${full} %: uploads are refused`, remedy, requirement });
}
