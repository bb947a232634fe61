import type { Plan } from "../plan/plan.ts";
import type { Storage } from "./ceph/storage.ts";
import type { Site } from "./site.ts";

/**
 * The platform's storage in Ceph, or nothing where the site has none: volumes then lie in the zone's own primary storage.
 * Ceph's SDK is loaded, and its provider started, only where it is used.
 * @throws RunError when the cluster cannot be reached, or cannot take the plan
 */
export async function layStorage(stack: Plan, site: Site): Promise<Storage | undefined> {
  const { storage: plan, protectData } = stack;
  if (plan.ceph === undefined) return undefined;
  const { checkCluster } = await import("./ceph/cluster.ts");
  await checkCluster(stack);
  const ceph = await import("./ceph/storage.ts");
  return new ceph.Storage("storage", { plan, monitors: plan.ceph.monitors, protect: protectData, site });
}
