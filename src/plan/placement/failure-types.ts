import type { Priority } from "./types.ts";

/** What happens when one host, or one rack, is gone. */
export interface FailureReport {
  /** The host or rack that fails. */
  failed: string;
  domain: "host" | "rack";
  /** Machines that stop, by priority: an assumption, as no server keeps this order (see `simulateHostFailures`). */
  stopped: readonly string[];
  restarts: readonly { machine: string; host: string }[];
  leftOut: readonly LeftOut[];
  /** How many of each priority are left out. */
  leftOutByPriority: Readonly<Record<Priority, number>>;
}

export interface LeftOut {
  machine: string;
  priority: Priority;
  /** Why it starts nowhere: no HA, whole cards, no slice of its profile, no room, a rule. */
  because: string;
  /** Its replicas (strict anti-affinity) that keep running. */
  replicas: readonly string[];
}

export interface Survival {
  /** True when every machine that must survive either restarts, or has a replica that keeps running, whatever host fails. */
  survives: boolean;
  /** Machines that are gone for good when the host fails, of those that must survive. */
  lost: readonly { failed: string; machine: string; because: string }[];
  /** Machines that do not restart but whose replica goes on. */
  covered: readonly { failed: string; machine: string; replicas: readonly string[] }[];
}
