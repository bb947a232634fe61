import { setTimeout as sleep } from "node:timers/promises";
import type { Row } from "./answer.ts";
import { CloudStackError, isCloudStackError, kindOf } from "./errors.ts";
import { Pace } from "./pace.ts";

export interface Job {
  command: string;
  jobId: string;
  /** When the server accepted it, in milliseconds since the epoch. */
  started: number;
  /** Jobs of one pace are expected to take equally long. */
  pace: string;
}

/** Waits for asynchronous jobs, all of one client at one learnt pace. */
export class Jobs {
  private readonly pace = new Pace();
  private readonly query: (jobId: string, signal?: AbortSignal) => Promise<Row>;
  /** By kind, the end of the job whose progress is being watched; its sisters wait for what it shows. */
  private readonly pilots = new Map<string, Promise<void>>();

  constructor(query: (jobId: string, signal?: AbortSignal) => Promise<Row>) {
    this.query = query;
  }

  /**
   * The finished job's `jobresult`.
   * @throws CloudStackError with job and object id when the job fails or `signal` ends the wait; the job itself goes on
   */
  async result(job: Job, signal?: AbortSignal): Promise<Row> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const pilot = this.pilots.get(job.pace);
    if (!pilot) this.pilots.set(job.pace, promise);
    try {
      return outcome(job, await this.finished(job, pilot, signal));
    } catch (error) {
      throw withJob(error, job, signal);
    } finally {
      if (!pilot) this.pilots.delete(job.pace);
      resolve();
    }
  }

  /** Asks until the job has ended. */
  private async finished(job: Job, pilot: Promise<void> | undefined, signal?: AbortSignal): Promise<Row> {
    let wasSeenRunning = false;
    const elapsed = () => Date.now() - job.started;
    const ask = async (): Promise<Row | undefined> => {
      const answer = await this.query(job.jobId, signal);
      if (answer.jobstatus !== 0) this.pace.learn(job.pace, elapsed(), wasSeenRunning);
      else wasSeenRunning = true;
      return answer.jobstatus === 0 ? undefined : answer;
    };
    const until = (ms: number) => sleep(Math.max(0, ms - elapsed()), undefined, { signal });

    const scout = this.pace.scout(job.pace);
    if (pilot) await Promise.race([pilot, until(this.pace.first(job.pace) * 1.5 + PATIENCE_MS)]);
    else if (scout !== undefined) {
      await until(scout);
      const answer = await ask();
      if (answer) return answer;
    }
    await until(this.pace.first(job.pace));
    for (let asked = 1; ; asked++) {
      const answer = await ask();
      if (answer) return answer;
      await sleep(this.pace.next(elapsed(), asked), undefined, { signal });
    }
  }
}

/** A pilot that takes so much longer than expected may be stuck: its sisters go on by themselves. */
const PATIENCE_MS = 1_000;

function outcome({ command, jobId }: Job, job: Row): Row {
  const result = isRow(job.jobresult) ? job.jobresult : {};
  if (job.jobstatus === 1) return result;
  const text = typeof result.errortext === "string" ? result.errortext : "the job failed and gave no reason";
  const errorCode = numberOf(result.errorcode) ?? numberOf(job.jobresultcode);
  throw new CloudStackError({
    kind: job.jobstatus === 3 ? "cancelled" : kindOf(errorCode, text),
    command,
    text: job.jobstatus === 3 ? "the server cancelled the job" : text,
    errorCode,
    jobId,
    instanceId: textOf(job.jobinstanceid),
  });
}

/** A wait that broke off keeps the job's id: with it the work can be found again. */
function withJob(error: unknown, { command, jobId }: Job, signal?: AbortSignal): unknown {
  if (isCloudStackError(error) && error.facts.jobId !== undefined) return error;
  if (signal?.aborted) {
    const late = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
    return new CloudStackError({
      kind: late ? "job-timeout" : "cancelled",
      command,
      text: late ? "the job was not finished in the time given" : "cancelled while the job was running",
      jobId,
      mayHaveHappened: true,
      cause: error,
    });
  }
  return isCloudStackError(error)
    ? new CloudStackError({ ...error.facts, command, jobId, mayHaveHappened: true })
    : error;
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
