import * as ceph from "@pulumi/ceph";
import { RunError } from "@pulumi/pulumi";
import { type Mistake, MistakesError } from "../../kit/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Tier } from "../../plan/storage.ts";
import { type DeviceClass, deviceClasses } from "../../plan/stored.ts";
import { lookUp } from "../look-up.ts";
import { findPool } from "./find-pool.ts";
import { unableGateways } from "./gateway.ts";
import { tooLittleRoom } from "./room.ts";

/** A pool's copies or chunks, each of which lies on a host of its own. */
interface Spread {
  pool: string;
  path: string;
  value: string | number;
  parts: number;
  deviceClass: DeviceClass;
}

/**
 * Whether the cluster can take the plan's pools: asked before anything is registered, so that preview says it already, as it does
 * when the cluster cannot be reached at all. Pools that are there already are not judged: a host that is down is no mistake.
 * @throws RunError with everything that is in the way
 */
export async function checkCluster(plan: Plan): Promise<void> {
  const mistakes = await Promise.all([...spreadsOf(plan).map(tooFewHosts), tooLittleRoom(plan), unableGateways(plan)]);
  const byText = new Map(mistakes.flat().map((mistake) => [JSON.stringify(mistake), mistake]));
  if (byText.size === 0) return;
  throw new RunError(new MistakesError("The Ceph cluster for this profile", [...byText.values()]).message);
}

function spreadsOf({ storage: { blocks, shared, copies }, tenants }: Plan): Spread[] {
  const copied = [
    ...Object.values(blocks),
    ...tenants.flatMap(({ storage }) => (storage.kind === "pool" ? storage : [])),
  ];
  return [
    ...copied.map(({ name: pool, tier }) => spread(pool, tier, "storage.copies", copies, copies)),
    ...shared.flatMap((one) => {
      if (one.kind !== "objects") return [];
      const { key, name, tier, erasure } = one;
      const index = spread(one.index.name, one.index.tier, "storage.copies", copies, copies);
      if (erasure === undefined) return [index, spread(name, tier, "storage.copies", copies, copies)];
      const { data, coding } = erasure;
      return [index, spread(name, tier, `storage.pools[${key}].erasure`, `${data}+${coding}`, data + coding)];
    }),
  ];
}

function spread(pool: string, tier: Tier, path: string, value: string | number, parts: number): Spread {
  return { pool, path, value, parts, deviceClass: deviceClasses[tier] };
}

async function tooFewHosts({ pool, path, value, parts, deviceClass }: Spread): Promise<Mistake[]> {
  const { names } = await lookUp(ceph.cluster.getFailureDomains({ domain: "host", deviceClass }));
  if (names.length >= parts || (await findPool(pool)) !== undefined) return [];
  const there = names.length === 0 ? "none" : `${names.length}: ${names.join(", ")}`;
  const rule = `${parts} hosts with ${deviceClass.toUpperCase()} that are up, one for each part; the cluster has ${there}`;
  return [{ path, value, rule, remedy: "add hosts, ask for fewer parts, or take another tier" }];
}
