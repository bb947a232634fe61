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

  constructor(query: (jobId: string, signal?: AbortSignal) => Promise<Row>) {
    this.query = query;
  }

  /**
   * The finished job's `jobresult`.
   * @throws CloudStackError with job and object id when the job fails or `signal` ends the wait; the job itself goes on
   */
  async result({ command, jobId, started, pace }: Job, signal?: AbortSignal): Promise<Row> {
    let lastSeenRunning: number | undefined;
    const ask = async (): Promise<Row | undefined> => {
      const job = await this.query(jobId, signal);
      const elapsed = Date.now() - started;
      if (job.jobstatus !== 0) this.pace.learn(pace, elapsed, lastSeenRunning);
      else lastSeenRunning = elapsed;
      return job.jobstatus === 0 ? undefined : job;
    };
    try {
      let job: Row | undefined;
      for (const early of this.pace.scout(pace)) {
        await sleep(Math.max(0, started + early - Date.now()), undefined, { signal });
        job ??= await ask();
      }
      if (!job) await this.untilFirst(pace, started, signal);
      for (let asked = 1; !job; asked++) {
        job = await ask();
        if (!job) await sleep(this.pace.next(Date.now() - started, asked), undefined, { signal });
      }
      return outcome(command, jobId, job);
    } catch (error) {
      throw withJob(error, command, jobId, signal);
    }
  }

  /** Wakes now and then: sister jobs may meanwhile have shown that this server is slower or faster. */
  private async untilFirst(pace: string, started: number, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const pause = started + this.pace.first(pace) - Date.now();
      if (pause <= 1) return;
      await sleep(Math.min(pause, LONGEST_SLEEP_MS), undefined, { signal });
    }
  }
}

const LONGEST_SLEEP_MS = 200;

function outcome(command: string, jobId: string, job: Row): Row {
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
function withJob(error: unknown, command: string, jobId: string, signal?: AbortSignal): unknown {
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
