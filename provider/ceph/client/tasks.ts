import { setTimeout as sleep } from "node:timers/promises";
import { taskFailure } from "./answer.ts";
import { CephError } from "./errors.ts";

/** What the dashboard answers with 202. */
export interface Task {
  readonly name: string;
  readonly metadata: unknown;
}

interface Entry extends Task {
  readonly success?: boolean;
  readonly exception?: unknown;
  readonly ret_value?: unknown;
}

interface TaskList {
  readonly executing_tasks?: readonly Entry[];
  readonly finished_tasks?: readonly Entry[];
}

interface Waiting {
  readonly endpoint: string;
  readonly list: (name: string) => Promise<unknown>;
  readonly scrub: (text: string) => string;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds between questions. */
const pauses = [100, 200, 500, 1000];
/** So many lists without the task mean that nobody knows it any more: tasks live in the memory of the active manager. */
const mostMissing = 3;

export function isTask(answer: unknown): answer is Task {
  return typeof answer === "object" && answer !== null && "name" in answer && "metadata" in answer;
}

/**
 * Waits for a task to its end; its return value. Of several finished tasks with this name and these metadata the newest is
 * ours, because one that is under way is never started a second time, and finished ones are listed newest first.
 * @throws CephError when the task failed, when it is lost, or when `signal` ends the wait; then it goes on
 */
export async function waitFor(task: Task, { endpoint, list, scrub, signal }: Waiting): Promise<unknown> {
  const isOurs = (entry: Entry) => entry.name === task.name && same(entry.metadata, task.metadata);
  for (let questions = 0, missing = 0; missing < mostMissing; questions++) {
    await pause(pauses[questions] ?? pauses.at(-1) ?? 0, endpoint, signal);
    const { executing_tasks: executing = [], finished_tasks: finished = [] } = (await list(task.name)) as TaskList;
    if (executing.some(isOurs)) {
      missing = 0;
      continue;
    }
    const ended = finished.find(isOurs);
    if (ended === undefined) missing += 1;
    else if (ended.exception === undefined || ended.exception === null) return ended.ret_value;
    else throw taskFailure(ended.exception, { endpoint, scrub });
  }
  const text = `the active manager knows nothing of the task ${task.name}`;
  throw new CephError({ kind: "task-lost", endpoint, text, mayHaveHappened: true });
}

async function pause(ms: number, endpoint: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    const why = signal?.reason instanceof Error ? `: ${signal.reason.message}` : "";
    const text = `the task was still running${why}`;
    throw new CephError({ kind: "cancelled", endpoint, text, mayHaveHappened: true, cause });
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
