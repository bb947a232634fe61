import type { Clock } from "./clock.ts";
import { ApiError } from "./errors.ts";
import type { Store } from "./store.ts";
import type { Row, Table } from "./table.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

export interface Job extends Row {
  readonly command: string;
  /** Java class of the command, as the API shows it. */
  readonly className: string;
  readonly accountId: number;
  readonly userId: number;
  readonly instanceType?: string;
  /** Uuid of the thing the job works on. */
  readonly instanceId?: string;
  /** Whether the API shows `instanceId`. */
  readonly showsInstance: boolean;
  /** 0 in progress, 1 succeeded, 2 failed. */
  readonly status: 0 | 1 | 2;
  readonly resultCode: number;
  readonly result?: Json;
  /** When it left the queue and when it ended, in ms. */
  readonly started?: number;
  readonly completed?: number;
  /** Uuids of the jobs it had to wait for. */
  readonly waitedFor: readonly string[];
}

/** What a job does. Both steps run in a transaction of their own and fail by throwing. */
export interface Work {
  /** Jobs that share a key run one after the other, in the order they came. */
  readonly queues: readonly string[];
  /** When the job leaves its queues: checks, reservations, states in between. */
  begin(): void;
  /** How long the job works, in ms; asked after `begin`. */
  duration(): number;
  /** At the end: the change itself. Returns the job's result. */
  finish(): Json;
  /** After a failure, to leave things as a failed job leaves them. */
  failed(): void;
}

type NewJob = Omit<Job, keyof Row | "status" | "resultCode" | "waitedFor"> & { readonly uuid?: string };

const expiryMs = 24 * 60 * 60 * 1000;

/** Runs asynchronous commands: queued per object, taking their time, leaving a result to be polled. */
export class JobEngine {
  readonly #store: Store;
  readonly #table: Table<Job>;
  readonly #clock: Clock;
  /** The last job that came for each queue key, and when it ends. */
  readonly #tails = new Map<string, { uuid: string; done: Promise<void> }>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Set by the control API: fails the next jobs of a command. */
  failureOf: (command: string) => string | undefined = () => undefined;
  /** Grows when all work is abandoned: what was begun before does nothing any more. */
  #generation = 0;

  constructor(store: Store, table: Table<Job>, clock: Clock) {
    this.#store = store;
    this.#table = table;
    this.#clock = clock;
  }

  /** Accepts a job; part of the caller's transaction. It starts when its queues are free, never before the answer is out. */
  submit(values: NewJob, work: Work): Job {
    const tails = work.queues.map((key) => this.#tails.get(key)).filter((tail) => tail !== undefined);
    const predecessors = [...new Map(tails.map((tail) => [tail.uuid, tail])).values()];
    const job = this.#table.insert({
      ...values,
      status: 0,
      resultCode: 0,
      waitedFor: predecessors.map((tail) => tail.uuid),
    });
    const done = Promise.all(predecessors.map((tail) => tail.done)).then(() => this.#run(job, work));
    for (const key of work.queues) this.#tails.set(key, { uuid: job.uuid, done });
    void done.then(() => {
      for (const key of work.queues) if (this.#tails.get(key)?.uuid === job.uuid) this.#tails.delete(key);
    });
    return job;
  }

  /** Stops all work; what is in progress stays so in the state and is cancelled at the next start. */
  abandon(): void {
    this.#generation += 1;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#tails.clear();
  }

  /** Forgets jobs that ended more than a day ago (`job.expire.minutes`). */
  expire(): void {
    const before = this.#clock.now() - expiryMs;
    for (const job of this.#table.filter(({ completed = Number.POSITIVE_INFINITY }) => completed < before)) {
      this.#table.erase(job);
    }
  }

  /** Jobs that a stopped server left behind fail, as after a restart of the real one. */
  cancelInterrupted(): Job[] {
    const interrupted = this.#table.filter((job) => job.status === 0);
    const text = "job cancelled because of management server restart or shutdown";
    for (const job of interrupted) this.#end(job, 2, 530, { errorcode: 530, errortext: text });
    return interrupted;
  }

  async #run(job: Job, work: Work): Promise<void> {
    const generation = this.#generation;
    await sleepImmediate();
    try {
      if (generation !== this.#generation) return;
      const forced = this.failureOf(job.command);
      this.#store.transaction(() => {
        this.#table.update(job, { started: this.#clock.now() });
        if (forced === undefined) work.begin();
      });
      const duration = work.duration();
      if (duration > 0) await this.#sleep(duration);
      if (generation !== this.#generation) return;
      if (forced !== undefined) throw new ApiError(forced, 530, 4250, 530);
      this.#store.transaction(() => this.#end(job, 1, 0, work.finish()));
    } catch (error) {
      this.#fail(job, work, error);
    }
  }

  #fail(job: Job, work: Work, error: unknown): void {
    const known = error instanceof ApiError;
    if (!known) console.error(`job ${job.uuid} (${job.command}):`, error);
    const code = known ? error.jobCode : 530;
    const text = error instanceof Error ? error.message : String(error);
    const end = () => this.#end(job, 2, code, { errorcode: code, errortext: text });
    try {
      this.#store.transaction(() => {
        work.failed();
        end();
      });
    } catch (defect) {
      console.error(`job ${job.uuid} (${job.command}) could not clean up:`, defect);
      this.#store.transaction(end);
    }
  }

  #end(job: Job, status: 1 | 2, resultCode: number, result: Json): void {
    const started = job.started ?? this.#clock.now();
    this.#table.update(job, { status, resultCode, result, started, completed: this.#clock.now() });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, ms);
      this.#timers.add(timer);
    });
  }
}

/** Lets the answer with the job's id go out first. */
function sleepImmediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
