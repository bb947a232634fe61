import type { Row } from "./table.ts";

/** The state of an instance and its disks at a time. */
export interface VmSnapshot extends Row {
  readonly instanceId: number;
  readonly name: string;
  readonly displayName: string;
  readonly description?: string;
  readonly type: "Disk" | "DiskAndMemory";
  readonly state: "Allocated" | "Ready";
}
