import type { Row } from "./table.ts";

/** A setting that was changed, globally (no scope) or for one zone, cluster, storage pool, domain or account. */
export interface Setting extends Row {
  readonly name: string;
  readonly scope: "global" | "zone" | "cluster" | "storagepool" | "domain" | "account";
  /** Internal id of the scoped thing; 0 for global. */
  readonly scopeId: number;
  readonly value: string;
}
