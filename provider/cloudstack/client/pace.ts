/**
 * When to ask for a job's result. CloudStack has no long poll, so each question costs a call and each wait too long costs the
 * user time. The pace learns, per kind of job (a command, or `command/variant`) and during the run, how long jobs take on this
 * server, and asks just after the expected end, then at short growing intervals (reasoning: docs/decisions/job-polling.md).
 */
export class Pace {
  private readonly expected = new Map<string, number>(Object.entries(TYPICAL_MS));
  /** Kinds of which a job was seen both running and finished: from then on their expectation is this server's own. */
  private readonly measured = new Set<string>();

  /** Milliseconds from the start of a job to the question that should find it finished. */
  first(kind: string): number {
    return this.expected.get(kind) ?? DEFAULT_MS;
  }

  /** An early question, in case this server is much faster than ours was: only where nothing is measured and much is at stake. */
  scout(kind: string): number | undefined {
    const expected = this.first(kind);
    return this.measured.has(kind) || expected < 1_000 ? undefined : expected / 4;
  }

  /** Milliseconds to the next question about a job that was still running `elapsed` ms after its start. */
  next(elapsed: number, asked: number): number {
    return Math.min(Math.max(SHORTEST_MS, elapsed * 0.06) * 1.3 ** (asked - 1), LONGEST_MS);
  }

  /** Learns from a job that was found finished after `elapsed` ms, and seen running before or not. */
  learn(kind: string, elapsed: number, wasSeenRunning: boolean): void {
    const now = this.first(kind);
    if (wasSeenRunning) {
      this.expected.set(kind, this.measured.has(kind) ? now + 0.4 * (elapsed - now) : elapsed);
      this.measured.add(kind);
    } else {
      this.expected.set(kind, Math.min(now, elapsed) * (this.measured.has(kind) ? 0.96 : 0.7));
    }
  }
}

const SHORTEST_MS = 50;
const LONGEST_MS = 5_000;
const DEFAULT_MS = 170;

/** Where learning starts: what a 4.22 server with the simulator took on two cores (recordings 03, 06, 07, 10, 12, 13). */
const TYPICAL_MS: Record<string, number> = {
  createVPC: 2_020,
  deleteVPC: 720,
  "deployVirtualMachine/first": 2_520,
  deployVirtualMachine: 1_020,
  "startVirtualMachine/first": 2_520,
  startVirtualMachine: 1_020,
  stopVirtualMachine: 1_020,
  scaleVirtualMachine: 400,
  destroyVirtualMachine: 6_500,
  attachVolume: 720,
  detachVolume: 720,
  resizeVolume: 320,
  associateIpAddress: 320,
  disassociateIpAddress: 320,
  disableStaticNat: 620,
  createLoadBalancerRule: 420,
  assignToLoadBalancerRule: 420,
  deleteLoadBalancerRule: 1_020,
  updateNetwork: 420,
  deleteNetwork: 420,
  deleteAccount: 320,
  "createNetworkACL/last": 250,
};
