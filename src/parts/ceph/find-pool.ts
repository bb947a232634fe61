import * as ceph from "@pulumi/ceph";

export interface FoundPool {
  /** What clients have stored, before copies. */
  storedGib: number;
  /** 0 = none. */
  quotaGib: number;
}

/** The pool of this name, or undefined where there is none. */
export async function findPool(name: string): Promise<FoundPool | undefined> {
  try {
    return await ceph.pool.getPool({ name });
  } catch {
    return undefined;
  }
}
