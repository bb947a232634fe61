import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the engine writes into a lock (pkg/backend/diy/lock.go). */
interface Lock {
  pid: number;
  hostname: string;
  timestamp: string;
}

/**
 * An engine that is killed leaves its stack locked, and every later run would stop and ask for `pulumi cancel`. Takes away
 * the locks whose holder was a process of this machine that is no more; all others stay, also those of other machines.
 * @param backendUrl a state backend; only `file://` ones hold locks as files
 * @returns a line for the user per lock taken away
 */
export async function releaseDeadLocks(backendUrl: string | undefined): Promise<string[]> {
  if (!backendUrl?.startsWith("file:///")) return [];
  const folder = join(fileURLToPath(backendUrl), ".pulumi/locks");
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const notes = await Promise.all(
    files.filter((file) => file.endsWith(".json")).map((file) => release(join(folder, file))),
  );
  return notes.flatMap((note) => note ?? []);
}

async function release(file: string): Promise<string | undefined> {
  const lock = await readLock(file);
  if (lock === undefined || lock.hostname !== hostname() || isAlive(lock.pid)) return undefined;
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
