import { osdsOf } from "../../../provider/ceph/crush.ts";
import { storedThings } from "../../../src/plan/stored.ts";
import { isOurPool, poolsOf } from "../ceph-pools.ts";
import type { CephCheck } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";
import { amountOf, type Row } from "../questions.ts";

const gib = 2 ** 30;
/** From here on Ceph warns, and stops writing not much later (`mon_osd_nearfull_ratio`). */
const usableShare = 0.85;

/** Whether the quotas fit on the devices of each class, with their copies or chunks. */
export const room: CephCheck = {
  name: "ceph-room",
  async ask({ ceph, plan }) {
    const things = storedThings(plan);
    const osds = (await osdsOf(ceph)).filter((osd) => Number(osd.in) === 1);
    const pools = await poolsOf(ceph);
    const classes = [...new Set(things.flatMap(({ deviceClass }) => deviceClass ?? []))].sort();
    const byClass = classes.map((one): Result => {
      const mine = osds.filter(({ tree }) => (tree as Row | undefined)?.device_class === one);
      return judged(
        `room on ${one}`,
        mine,
        things.filter((thing) => thing.deviceClass === one),
        pools,
      );
    });
    return things.every(({ deviceClass }) => deviceClass !== undefined)
      ? byClass
      : [...byClass, judged("room on all devices", osds, things, pools)];
  },
};

function judged(
  asked: string,
  osds: readonly Row[],
  things: ReturnType<typeof storedThings>,
  pools: Awaited<ReturnType<typeof poolsOf>>,
): Result {
  const sum = (field: string) =>
    osds.reduce((total, { stats }) => total + amountOf((stats as Row | undefined)?.[field]), 0);
  const free = Math.floor((sum("stat_bytes") * usableShare - sum("stat_bytes_used")) / gib);
  const needed = things.reduce((total, { kind, pool: name, sizeGib, overhead }) => {
    // The pools of a file system carry no mark of ours: the file system does.
    const pool = pools.find((row) => row.pool_name === name && (kind === "files" || isOurPool(row)));
    const stored = (pool?.stored ?? 0) / gib;
    return total + Math.max(0, sizeGib - stored) * overhead;
  }, 0);
  const value = `${free} GiB free up to ${usableShare * 100} % of ${osds.length} devices`;
  if (free >= needed) return ok(asked, `${value}, ${Math.ceil(needed)} GiB needed`, { requirement: "P6.2" });
  return fixable({
    asked,
    value,
    rule: `${Math.ceil(needed)} GiB for ${things.map(({ name, redundancy }) => `${name} (${redundancy})`).join(", ")}`,
    remedy:
      "smaller sizes in storage.pools and of tenants' storage (strata:overrides), or add devices: ceph orch daemon add osd HOST:DEVICE",
    requirement: "P6.2",
  });
}
