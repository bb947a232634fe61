/** A state folder (`file://` backend) survives its engine being killed at any moment, and asks nobody for help. */
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { mendStates } from "./cut-off-states.ts";
import { StackFiles } from "./journal/stack-files.ts";

/** What the engine writes into a lock (pkg/backend/diy/lock.go). */
interface Lock {
  pid: number;
  hostname: string;
  timestamp: string;
}

/**
 * The same backend without the engine's files of attributes. It replaces the state in one step, but writes the `.attrs`
 * beside it in place: killed in between, it could never read the stack again ("failed to load checkpoint: EOF").
 */
export function withoutAttributes(backendUrl: string): string {
  if (!backendUrl.startsWith("file://") || /[?&]metadata=/.test(backendUrl)) return backendUrl;
  return `${backendUrl}${backendUrl.includes("?") ? "&" : "?"}metadata=skip`;
}

/**
 * Takes away what a killed engine left: the lock that makes every later run ask for `pulumi cancel`, if its holder was a
 * process of this machine that is no more, and attributes that it had begun to write. Other locks stay. A journal that
 * nobody writes any more becomes part of its state.
 * @returns a line for the user per lock taken away and per journal
 */
export async function cleanUpAfterKilled(backendUrl: string): Promise<string[]> {
  if (!backendUrl.startsWith("file:///")) return [];
  const folder = join(fileURLToPath(backendUrl), ".pulumi");
  const files = (await readdir(folder, { recursive: true }).catch(() => [])).map((file) => join(folder, file));
  await Promise.all(files.filter((file) => file.endsWith(".attrs")).map(removeIfEmpty));
  const locks = files.filter((file) => file.startsWith(join(folder, "locks")) && file.endsWith(".json"));
  const released = (await Promise.all(locks.map(release))).flatMap((note) => note ?? []);
  const mended = await mendStates(folder, files);
  return [...released, ...mended, ...(await mergeJournals(folder, files))];
}

async function mergeJournals(folder: string, files: readonly string[]): Promise<string[]> {
  const notes: string[] = [];
  for (const file of files) {
    const [area, project, name] = relative(folder, file).split(sep);
    if (area !== "journals" || project === undefined || !name?.endsWith(".jsonl")) continue;
    const stack = basename(name, ".jsonl");
    const note = await mergeJournal(new StackFiles(folder, project, stack));
    if (note !== undefined) notes.push(`${note} of the stack ${stack}`);
  }
  return notes;
}

async function mergeJournal(files: StackFiles): Promise<string | undefined> {
  const unlock = await files.lock().catch(() => undefined);
  // Somebody writes it.
  if (unlock === undefined) return undefined;
  try {
    const entries = await files.merge();
    return entries ? `added ${entries} steps of a run that was killed to the state` : undefined;
  } finally {
    await unlock();
  }
}

async function removeIfEmpty(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === 0) await rm(file, { force: true });
}

async function release(file: string): Promise<string | undefined> {
  const lock = await readLock(file);
  if (lock === undefined || lock.hostname !== hostname() || (await isAlive(lock.pid))) return undefined;
  await rm(file, { force: true });
  return `released the lock of an engine that was killed (process ${lock.pid}, started ${lock.timestamp.slice(0, 19)})`;
}

/** Undefined while it is being written, and when it is gone already. */
async function readLock(file: string): Promise<Lock | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Lock;
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine still runs. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one, too.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  // Linux: one that nobody has collected yet is dead all the same; in a container it may stay so for ever.
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return !/^State:\s+Z/m.test(status);
}
