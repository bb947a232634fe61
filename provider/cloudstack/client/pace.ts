/**
 * When to ask for a job's result. CloudStack has no long poll, so each question costs a call and each wait too long costs the
 * user time. The pace learns, per command and during the run, how long jobs take on this server, and asks first just before the
 * expected end, then at short growing intervals (reasoning and numbers: docs/decisions/job-polling.md).
 */
export class Pace {
  private readonly expected = new Map<string, number>(Object.entries(TYPICAL_MS));

  /** Milliseconds from the start of a job of `command` to the first question. */
  first(command: string): number {
    return this.expected.get(command) ?? DEFAULT_MS;
  }

  /** Milliseconds to the next question about a job that was still running `elapsed` ms after its start. */
  next(elapsed: number, asked: number): number {
    return Math.min(Math.max(SHORTEST_MS, elapsed * 0.06) * 1.3 ** (asked - 1), LONGEST_MS);
  }

  /**
   * Learns from a finished job: found finished at the first question, the next job of its kind is asked earlier; else at the
   * time when this one was last seen running. It settles where the second question finds the job finished.
   */
  learn(command: string, lastSeenRunning: number | undefined): void {
    const now = this.first(command);
    this.expected.set(command, lastSeenRunning === undefined ? now * 0.85 : now + 0.25 * (lastSeenRunning - now));
  }
}

const SHORTEST_MS = 50;
const LONGEST_MS = 5_000;
const DEFAULT_MS = 150;

/** Where learning starts: a 4.22 server with the simulator on two cores (recordings 03, 06, 07, 10, 12 and 13). */
const TYPICAL_MS: Record<string, number> = {
  createVPC: 1_500,
  deleteVPC: 700,
  deployVirtualMachine: 1_500,
  startVirtualMachine: 1_200,
  stopVirtualMachine: 700,
  scaleVirtualMachine: 500,
  destroyVirtualMachine: 1_500,
  attachVolume: 500,
  detachVolume: 300,
};
