import type { Clock } from "../../cloudstack/models/clock.ts";
import type { Json } from "../../cloudstack/models/jobs.ts";

/** How long the work of task endpoints takes and when they stop waiting for it; the control API sets it. */
export interface TaskPace {
  /** 0 = everything is done within the call. */
  readonly durationMs: number;
  /** After this long the call answers 202; the real one waits 2 s (`controllers/pool.py`, `pool_task`). 0 = 202 at once. */
  readonly waitMs: number;
  /** Whether the change is made when the task starts (real: then it waits for placement groups) or at its end. */
  readonly applies: "start" | "end";
}

export const promptly: TaskPace = { durationMs: 0, waitMs: 2000, applies: "start" };

interface Task {
  readonly name: string;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly beginMs: number;
  readonly done: Promise<void>;
  endMs?: number;
  value?: Json | undefined;
  error?: unknown;
  failed?: boolean;
}

export type TaskOutcome =
  | { readonly state: "done"; readonly value: Json | undefined }
  | { readonly state: "executing" };

const keptFinished = 10;
const finishedTtlMs = 60_000;

/**
 * The dashboard's `TaskManager`: in the memory of the active manager, so a fail-over forgets what ran and what finished.
 * A second call for the same task joins the first one instead of running it again.
 */
export class TaskManager {
  readonly #clock: Clock;
  #executing: Task[] = [];
  #finished: Task[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  pace: TaskPace = promptly;
  /** Set by the control API: the text with which the next task of this name fails at its end. */
  failureOf: (name: string) => string | undefined = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `work` as a task. @throws what the work throws, when that happens within the waiting time */
  async run(name: string, metadata: Record<string, Json>, work: () => Json | undefined): Promise<TaskOutcome> {
    const same = this.#executing.find((task) => task.name === name && sameJson(task.metadata, metadata));
    const task = same ?? this.#start(name, metadata, work);
    const waited = this.pace.durationMs === 0 ? task.done : Promise.race([task.done, this.#sleep(this.pace.waitMs)]);
    await waited;
    if (task.endMs === undefined) return { state: "executing" };
    if (task.failed) throw task.error;
    return { state: "done", value: task.value };
  }

  /** `GET /api/task`; `*` and `?` in the name are wildcards (`fnmatch`). */
  list(nameGlob: string | undefined): { executing_tasks: Json[]; finished_tasks: Json[] } {
    this.#forgetOld();
    const fits = globMatcher(nameGlob);
    return {
      executing_tasks: this.#executing.filter(({ name }) => fits(name)).map((task) => this.#executingJson(task)),
      finished_tasks: this.#finished.filter(({ name }) => fits(name)).map((task) => this.#finishedJson(task)),
    };
  }

  /** The manager is gone: nobody finishes what it was doing, and nobody remembers what it did. */
  forget(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#executing = [];
    this.#finished = [];
  }

  #start(name: string, metadata: Record<string, Json>, work: () => Json | undefined): Task {
    const { durationMs, applies } = this.pace;
    const forced = this.failureOf(name);
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const task: Task = { name, metadata, beginMs: this.#clock.now(), done };
    this.#executing.unshift(task);
    const end = (error?: unknown) => {
      task.endMs = this.#clock.now();
      task.failed = error !== undefined;
      task.error = error;
      this.#executing = this.#executing.filter((other) => other !== task);
      this.#finished.unshift(task);
      finish();
    };
    const attempt = () => {
      try {
        task.value = work();
        return undefined;
      } catch (error) {
        return error ?? new Error("failed");
      }
    };
    const early = applies === "start" && forced === undefined ? attempt() : undefined;
    const conclude = () => {
      if (forced !== undefined) end(new Error(forced));
      else end(applies === "end" ? attempt() : undefined);
    };
    if (early !== undefined) end(early);
    else if (durationMs === 0) conclude();
    else this.#after(durationMs, conclude);
    return task;
  }

  #executingJson({ name, metadata, beginMs }: Task): Json {
    const elapsed = this.#clock.now() - beginMs;
    const progress = Math.min(99, Math.floor((100 * elapsed) / Math.max(1, this.pace.durationMs)));
    return { name, metadata, begin_time: pythonTime(beginMs), progress };
  }

  #finishedJson(task: Task): Json {
    const { name, metadata, beginMs, endMs = beginMs, failed, error, value } = task;
    return {
      name,
      metadata,
      begin_time: pythonTime(beginMs),
      end_time: pythonTime(endMs),
      duration: (endMs - beginMs) / 1000,
      progress: failed ? 0 : 100,
      success: !failed,
      ret_value: failed ? null : (value ?? null),
      exception: failed ? { detail: error instanceof Error ? error.message : String(error) } : null,
    };
  }

  #forgetOld(): void {
    const before = this.#clock.now() - finishedTtlMs;
    this.#finished = this.#finished.filter((task, index) => index < keptFinished || (task.endMs ?? 0) > before);
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms).unref();
    this.#timers.add(timer);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms).unref());
  }
}

/** `datetime.isoformat()` with a Z behind it. */
function pythonTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`;
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function globMatcher(glob: string | undefined): (name: string) => boolean {
  if (glob === undefined || glob === "") return () => true;
  const escaped = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const pattern = new RegExp(`^${escaped}$`, "s");
  return (name) => pattern.test(name);
}
