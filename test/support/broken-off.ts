import type { ChildProcess } from "node:child_process";
import type { Cloud } from "./cloud.ts";
import type { EngineStack } from "./engine.ts";
import { eventually } from "./processes.ts";

/** Set for every process of a run, so that the test finds what is left of it. */
export const runMarker = "STRATA_TEST_RUN";

/** A run that the test is going to break off. */
export interface BrokenOff {
  engine: ChildProcess;
  /** What it has printed so far. */
  text(): string;
}

/** Starts `up` and waits for a moment in the middle of it. @throws when it ends before */
export function upUntil(stack: EngineStack, what: string, isSo: () => Promise<boolean>): Promise<BrokenOff> {
  return runUntil(stack, "up", what, isSo);
}

/** The same for any operation. */
export async function runUntil(
  stack: EngineStack,
  operation: "up" | "destroy",
  what: string,
  isSo: () => Promise<boolean>,
): Promise<BrokenOff> {
  const engine = await stack.start([...stack.words(operation), "--yes", "--skip-preview"]);
  let text = "";
  for (const stream of [engine.stdout, engine.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  await eventually(what, async () => {
    if (engine.exitCode !== null) throw new Error(`the engine ended before: ${what}\n${text}`);
    return isSo();
  });
  return { engine, text: () => text };
}

/** Whether the server has carried out at least so many calls of the command since they were last forgotten. */
export async function accepted(cloud: Cloud, command: string, times = 1): Promise<boolean> {
  return ((await cloud.calls()).byCommand[command] ?? 0) >= times;
}

/** Whether a job of the command is under way. */
export async function running(cloud: Cloud, command: string): Promise<boolean> {
  const jobs = await cloud.control<{ command: string; status: number }[]>("GET", "jobs");
  return jobs.some((job) => job.command === command && job.status === 0);
}
