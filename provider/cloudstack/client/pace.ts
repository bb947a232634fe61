/**
 * When to ask for a job's result. CloudStack has no long poll, so each question costs a call and each wait too long costs the
 * user time. The pace learns, per command and during the run, how long jobs take on this server, and asks first just before the
 * expected end, then at short growing intervals (reasoning and numbers: docs/decisions/job-polling.md).
 */
export class Pace {
  private readonly expected = new Map<string, number>(Object.entries(TYPICAL_MS));
  private readonly scouted = new Set<string>();

  /**
   * Milliseconds from the start of each job to its early questions, besides the one at `first`: the first job of a kind (a command,
   * or `command/variant`) scouts, in case this server is much faster than ours was.
   */
  scout(kind: string): number[] {
    if (this.scouted.has(kind)) return [];
    this.scouted.add(kind);
    const expected = this.first(kind);
    return [expected / 16, expected / 4].filter((ms) => ms >= SHORTEST_MS / 2);
  }

  /** Milliseconds from the start of a job to the question that should come just before its end. */
  first(kind: string): number {
    return this.expected.get(kind) ?? DEFAULT_MS;
  }

  /** Milliseconds to the next question about a job that was still running `elapsed` ms after its start. */
  next(elapsed: number, asked: number): number {
    return Math.min(Math.max(SHORTEST_MS, elapsed * 0.06) * 1.3 ** (asked - 1), LONGEST_MS);
  }

  /**
   * Learns from a job found finished after `elapsed` ms. Never seen running, the next of its kind is asked earlier; else at the
   * time when this one was last seen running. It settles where the second question finds the job finished.
   */
  learn(kind: string, elapsed: number, lastSeenRunning: number | undefined): void {
    const now = this.first(kind);
    const next = lastSeenRunning === undefined ? Math.min(now, elapsed) * 0.85 : now + 0.25 * (lastSeenRunning - now);
    this.expected.set(kind, Math.min(next, elapsed));
  }
}

const SHORTEST_MS = 50;
const LONGEST_MS = 5_000;
const DEFAULT_MS = 150;

/**
 * Where learning starts: four fifths of what a 4.22 server with the simulator took on two cores (recordings 03, 06, 07, 10, 12, 13),
 * because most of these are waited for once or twice only, with no time to learn.
 */
const TYPICAL_MS: Record<string, number> = {
  createVPC: 1_600,
  deleteVPC: 550,
  "deployVirtualMachine/first": 2_000,
  deployVirtualMachine: 800,
  "startVirtualMachine/first": 2_000,
  startVirtualMachine: 800,
  stopVirtualMachine: 800,
  scaleVirtualMachine: 300,
  destroyVirtualMachine: 5_200,
  attachVolume: 550,
  detachVolume: 400,
  associateIpAddress: 250,
  disassociateIpAddress: 250,
  disableStaticNat: 450,
  deleteNetwork: 300,
  "createNetworkACL/last": 300,
};
