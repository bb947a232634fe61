import { type Usage, usages } from "../../provider/ceph/pools.ts";
import type { CephQuestions } from "./ceph-questions.ts";
import type { Row } from "./questions.ts";

/** All pools with what is stored in them now. @throws CephError */
export async function poolsOf(ceph: CephQuestions): Promise<(Row & Usage)[]> {
  const [pools, usageOf] = await Promise.all([ceph.rows("pool"), usages(ceph)]);
  return pools.map((pool) => ({ ...pool, ...usageOf(pool) }));
}

/** Whether the provider has made the pool: its mark is one of the pool's applications (`provider/ceph/pools.ts`). */
export function isOurPool({ application_metadata: applications }: Row): boolean {
  const names = Array.isArray(applications) ? applications.map(String) : Object.keys(applications ?? {});
  return names.some((name) => name.startsWith("pulumi."));
}
