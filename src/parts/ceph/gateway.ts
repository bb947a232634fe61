import * as ceph from "@pulumi/ceph";
import type { Mistake } from "../../kit/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import { lookUp } from "../look-up.ts";
import { findPool } from "./find-pool.ts";

/** The first Ceph whose dashboard sets lifecycles of buckets. */
const oldestForLifecycles = 19;

/**
 * What keeps the object gateway from putting buckets into pools of their own (P6.1). Judged only where such a pool is still to be
 * made: a gateway that is down is no mistake.
 */
export async function unableGateways({ storage: { shared } }: Plan): Promise<Mistake[]> {
  const objects = shared.flatMap((pool) => (pool.kind === "objects" ? pool : []));
  const there = await Promise.all(objects.map(({ index }) => findPool(index.name)));
  const wanted = objects.filter((_, index) => there[index] === undefined);
  if (wanted.length === 0) return [];
  const { names, realm, zone } = await lookUp(ceph.rgw.getPlacementTargets());
  const unplaced = wanted.filter(({ placementTarget }) => realm === undefined && !names.includes(placementTarget));
  const mistakes = unplaced.map(
    ({ key, placementTarget: value }): Mistake => ({
      path: `storage.pools[${key}]`,
      value,
      rule: `gateways in a realm, which take a placement target from the dashboard; those of zone ${zone} have none`,
      remedy: "`strata doctor` tells the radosgw-admin commands that make it; what they make is taken over",
    }),
  );
  return [...mistakes, ...(await lifecycles(wanted))];
}

async function lifecycles(pools: readonly { key: string; compressAfterDays?: number }[]): Promise<Mistake[]> {
  const aging = pools.filter(({ compressAfterDays }) => compressAfterDays !== undefined);
  if (aging.length === 0) return [];
  const { version } = await lookUp(ceph.cluster.getHealth());
  const major = Number(/ceph version (\d+)\./.exec(version)?.[1] ?? oldestForLifecycles);
  if (major >= oldestForLifecycles) return [];
  return aging.map(({ key, compressAfterDays = 0 }) => ({
    path: `storage.pools[${key}].compressAfter`,
    value: compressAfterDays,
    rule: `Ceph 19.2, whose dashboard sets lifecycles of buckets; this is ${major}`,
    remedy: "upgrade Ceph, or leave it out",
  }));
}
