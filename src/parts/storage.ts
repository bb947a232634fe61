import type { Plan } from "../plan/plan.ts";
import type { Storage } from "./ceph/storage.ts";
import type { Site } from "./site.ts";

/**
 * The platform's storage in Ceph, or nothing where the site has none: volumes then lie in the zone's own primary storage.
 * Ceph's SDK is loaded, and its provider started, only where it is used.
 */
export async function layStorage({ storage: plan, protectData }: Plan, site: Site): Promise<Storage | undefined> {
  if (plan.ceph === undefined) return undefined;
  const ceph = await import("./ceph/storage.ts");
  return new ceph.Storage("storage", { plan, monitors: plan.ceph.monitors, protect: protectData, site });
}
