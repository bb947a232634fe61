import type { Row } from "../../cloudstack/models/table.ts";
import type { Tables } from "./tables.ts";

/** What a cluster is known by, drawn once when it is set up. */
export interface Cluster extends Row {
  readonly fsid: string;
}

export function fsidOf({ cluster }: Tables): string {
  return cluster.find(() => true)?.fsid ?? "";
}
