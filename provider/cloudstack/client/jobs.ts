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
  /** By kind, how long the job took that is being watched (ms; undefined when its wait broke off). Its sisters wait for that. */
  private readonly pilots = new Map<string, Promise<number | undefined>>();

  constructor(query: (jobId: string, signal?: AbortSignal) => Promise<Row>) {
    this.query = query;
  }

  /**
   * The finished job's `jobresult`.
   * @throws CloudStackError with job and object id when the job fails or `signal` ends the wait; the job itself goes on
   */
  async result(job: Job, signal?: AbortSignal): Promise<Row> {
    const pilot = this.pilots.get(job.pace);
    try {
      return outcome(job, await (pilot ? this.follow(job, pilot, signal) : this.lead(job, signal)));
    } catch (error) {
      throw withJob(error, job, signal);
    }
  }

  /** Watches a job to its end: its sisters go by what it shows, and the pace learns from it. */
  private async lead(job: Job, signal?: AbortSignal): Promise<Row> {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    this.pilots.set(job.pace, promise);
    let took: number | undefined;
    try {
      const times = [this.pace.scout(job.pace), this.pace.first(job.pace)].filter((time) => time !== undefined);
      const { answer, questions } = await this.askUntilEnd(job, times, signal);
      took = elapsed(job);
      this.pace.learn(job.pace, took, questions > 1);
      return answer;
    } finally {
      this.pilots.delete(job.pace);
      resolve(took);
    }
  }

  /** Leaves a job alone until the pilot has shown how long its kind takes. */
  private async follow(job: Job, pilot: Promise<number | undefined>, signal?: AbortSignal): Promise<Row> {
    const patience = this.pace.first(job.pace) * 1.5 + PATIENCE_MS;
    const took = await Promise.race([pilot, sleep(patience, undefined, { signal, ref: false })]);
    return (await this.askUntilEnd(job, [took ?? this.pace.first(job.pace)], signal)).answer;
  }

  /** Asks at these times, in ms after the job's start, and then at growing pauses. */
  private async askUntilEnd(
    job: Job,
    times: readonly number[],
    signal?: AbortSignal,
  ): Promise<{ answer: Row; questions: number }> {
    for (let questions = 1; ; questions++) {
      const time = times[questions - 1];
      const pause =
        time === undefined ? this.pace.next(elapsed(job), questions - times.length) : Math.max(0, time - elapsed(job));
      await sleep(pause, undefined, { signal });
      const answer = await this.query(job.jobId, signal);
      if (answer.jobstatus !== 0) return { answer, questions };
    }
  }
}

function elapsed({ started }: Job): number {
  return Date.now() - started;
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
