import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/** A child that does not end by itself is killed after this long. */
const graceMs = 3_000;

const children = new Set<ChildProcess>();

/** Starts this process's own Node with `args` and remembers it, so that it never outlives the host. */
export function startNode(args: readonly string[], options: SpawnOptions): ChildProcess {
  return remember(spawn(process.execPath, args, options));
}

/** Like {@link startNode} for another command. */
export function startCommand(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return remember(spawn(command, args, options));
}

/** Asks every child to end and makes sure that it does. */
export function endChildren(): void {
  for (const child of children) endChild(child);
}

/** Asks one child to end and makes sure that it does. */
export function endChild(child: ChildProcess): void {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), graceMs).unref();
}

/** How a child ended: its exit code, or the signal's name. */
export function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
}

function remember(child: ChildProcess): ChildProcess {
  children.add(child);
  child.on("close", () => children.delete(child));
  child.on("error", () => children.delete(child));
  return child;
}
