/** How long things take: `real` as recorded, `fast` a tenth of it, `none` not at all. */
export type LatencyMode = "real" | "fast" | "none";

const factors: Record<LatencyMode, number> = { real: 1, fast: 0.1, none: 0 };

/**
 * Milliseconds that a job works once it has started, by command and, after a slash, by variant.
 * From `created`/`completed` of the recordings named (whole seconds there; means of several where there are).
 * A command that is not listed takes `otherMs`.
 */
const durations: Readonly<Record<string, number>> = {
  createVPC: 2000, // 03, 13
  deleteVPC: 700, // 12, 13
  "deployVirtualMachine/first": 2500, // 06, 13: the first instance of a network, its router starts too
  deployVirtualMachine: 1000, // 06
  startVirtualMachine: 1000, // 06, 13
  "startVirtualMachine/first": 2500, // 06: after the router was stopped
  stopVirtualMachine: 1000, // 06, 13
  rebootVirtualMachine: 1000, // 06
  destroyVirtualMachine: 1000, // 06
  "destroyVirtualMachine/expunge": 6500, // 12, 13
  expungeVirtualMachine: 2000, // 12
  migrateVirtualMachine: 1000, // 06
  attachVolume: 700, // 07, 13
  detachVolume: 700, // 07, 13
  resizeVolume: 300, // 07
  associateIpAddress: 300, // 10, 13
  disassociateIpAddress: 300, // 10, 12, 13
  disableStaticNat: 600, // 10, 13
  createLoadBalancerRule: 400, // 10
  assignToLoadBalancerRule: 400, // 10
  deleteLoadBalancerRule: 1000, // 12
  deleteNetwork: 400, // 12, 13
  updateNetwork: 400, // 03
  registerTemplate: 5000, // ours: no recording downloads one; the time until it is ready
  deleteAccount: 300, // 13 (empty account)
  "deleteAccount/cleanup": 6000, // 12 (an account with instances)
};

const otherMs = 150;

/** Milliseconds for a job of this command (and variant) in this mode. */
export function jobDuration(mode: LatencyMode, command: string, variant?: string): number {
  const recorded = durations[`${command}/${variant}`] ?? durations[command] ?? otherMs;
  return recorded * factors[mode];
}
