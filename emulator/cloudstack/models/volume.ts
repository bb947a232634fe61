import type { Row } from "./table.ts";

export interface Volume extends Row {
  readonly name: string;
  readonly type: "ROOT" | "DATADISK";
  /** Bytes. */
  readonly size: number;
  readonly provisioningType: string;
  /** For a root disk the hidden one of its service offering. */
  readonly diskOfferingId?: number;
  readonly accountId: number;
  readonly domainId: number;
  readonly zoneId: number;
  readonly state: "Allocated" | "Ready" | "Destroy" | "Expunged";
  readonly instanceId?: number;
  readonly deviceId?: number;
  /** When it was attached, in ms. */
  readonly attached?: number;
  /** Set with the first attachment: only then the volume exists anywhere. */
  readonly poolId?: number;
  readonly hypervisor?: string;
  readonly deleteProtection: boolean;
  /** It belongs to a project, whose things lists leave out unless they are asked for. */
  readonly inProject?: true;
}

/** 0 hourly, 1 daily, 2 weekly, 3 monthly. */
export type SnapshotInterval = 0 | 1 | 2 | 3;

export interface SnapshotPolicy extends Row {
  readonly volumeId: number;
  readonly interval: SnapshotInterval;
  readonly schedule: string;
  readonly timezone: string;
  readonly maxSnapshots: number;
}
