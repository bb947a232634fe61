import { storedBytes } from "../../provider/ceph/pools.ts";
import type { CephQuestions } from "./ceph-questions.ts";
import type { Row } from "./questions.ts";

/** All pools with what is stored in them. @throws CephError */
export function poolsOf(ceph: CephQuestions): Promise<Row[]> {
  return ceph.rows("pool", { query: { stats: "true" } });
}

/** Whether the provider has made the pool: its mark is one of the pool's applications (`provider/ceph/pools.ts`). */
export function isOurPool({ application_metadata: applications }: Row): boolean {
  const names = Array.isArray(applications) ? applications.map(String) : Object.keys(applications ?? {});
  return names.some((name) => name.startsWith("pulumi."));
}

/** Bytes that clients have stored, before copies. */
export function storedBytesOf(pool: Row): number {
  return storedBytes({ ...pool });
}
