import type { LastStart } from "./host-devices.ts";
import type { AffinityType } from "./placement.ts";
import type { Row } from "./table.ts";

export type InstanceState =
  | "Starting"
  | "Running"
  | "Stopping"
  | "Stopped"
  | "Migrating"
  | "Destroyed"
  | "Expunging"
  | "Error";

export interface Instance extends Row {
  /** Host name. */
  readonly name: string;
  readonly displayName: string;
  /** Name on the hypervisor, `i-<account>-<id>-VM`. */
  readonly instanceName: string;
  readonly accountId: number;
  readonly domainId: number;
  readonly userId: number;
  readonly zoneId: number;
  readonly offeringId: number;
  readonly templateId: number;
  readonly hypervisor: string;
  readonly state: InstanceState;
  readonly hostId?: number;
  /** Where it ran last; a start goes there again when there is room. */
  readonly lastHostId?: number;
  readonly haEnabled: boolean;
  readonly dynamicallyScalable: boolean;
  readonly deleteProtection: boolean;
  readonly displayVm: boolean;
  readonly details: Readonly<Record<string, string>>;
  readonly group?: string;
  /** Base64. */
  readonly userData?: string;
  readonly userDataId?: number;
  readonly userDataDetails?: Readonly<Record<string, string>>;
  readonly keyPairs: readonly string[];
  readonly affinityGroupIds: readonly number[];
  readonly password?: string;
  /** Last change of state, in ms; absent until the first start. */
  readonly lastUpdated?: number;
  /** What the hypervisor added to it at its last start; absent when nothing. */
  readonly lastStart?: LastStart;
  /** Tiers that had no router NIC when this start was accepted: the start will plug the router into them. */
  readonly plugs?: readonly number[];
}

export interface AffinityGroup extends Row {
  readonly name: string;
  readonly type: AffinityType;
  readonly description?: string;
  readonly accountId: number;
  readonly domainId: number;
}
