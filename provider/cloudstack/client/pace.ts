/**
 * When to ask for a job's result. CloudStack has no long poll, so each question costs a call and each wait too long costs the
 * user time. The pace learns, per command and during the run, how long jobs take on this server, and asks first just before the
 * expected end, then at short growing intervals (reasoning and numbers: docs/decisions/job-polling.md).
 */
export class Pace {
  private readonly expected = new Map<string, number>(Object.entries(TYPICAL_MS));

  /** Milliseconds from the start of a job of this kind (a command, or `command/variant`) to the first question. */
  first(kind: string): number {
    return this.expected.get(kind) ?? DEFAULT_MS;
  }

  /** Milliseconds to the next question about a job that was still running `elapsed` ms after its start. */
  next(elapsed: number, asked: number): number {
    return Math.min(Math.max(SHORTEST_MS, elapsed * 0.06) * 1.3 ** (asked - 1), LONGEST_MS);
  }

  /**
   * Learns from a finished job: found finished at the first question, the next job of its kind is asked earlier; else at the
   * time when this one was last seen running. It settles where the second question finds the job finished.
   */
  learn(kind: string, lastSeenRunning: number | undefined): void {
    const now = this.first(kind);
    this.expected.set(kind, lastSeenRunning === undefined ? now * 0.85 : now + 0.25 * (lastSeenRunning - now));
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
