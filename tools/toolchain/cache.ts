import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const abandonedAfterMs = 60 * 60 * 1000;

/**
 * Makes a folder exactly once, however many processes want it at the same time: `fill` writes into a new folder
 * beside the target, which then takes the target's name in one step. Nobody ever sees a half-filled folder.
 * @param target absolute path of the folder; its existence means it is complete
 * @returns whether this call made it
 */
export async function makeFolderOnce(target: string, fill: (folder: string) => Promise<void>): Promise<boolean> {
  if (await exists(target)) return false;
  await mkdir(dirname(target), { recursive: true });
  return withLock(`${target}.lock`, async () => {
    if (await exists(target)) return false;
    // What an interrupted attempt has left; the lock is ours.
    const draft = `${target}.new`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft);
    try {
      await fill(draft);
      await rename(draft, target);
      return true;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
}

/** Writes a file so that a reader sees the old text or the new one, never a part. */
export async function replaceFile(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode });
  await rename(draft, path);
}

/**
 * Writes a file unless there is one. It appears under its name with its text already in it, so that no reader finds it
 * empty and of several writers exactly one is told that the file is his.
 */
export async function createFile(path: string, text: string, mode = 0o644): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Whether something exists at the path. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Holds a lock file with our process id while `task` runs. A lock whose process has ended is taken over.
 */
export async function withLock<T>(path: string, task: () => Promise<T>): Promise<T> {
  while (!(await createFile(path, String(process.pid)))) {
    if (await isAbandoned(path)) await rm(path, { force: true });
    else await sleep(200);
  }
  try {
    return await task();
  } finally {
    await rm(path, { force: true });
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  const info = await stat(lock).catch(() => undefined);
  if (info === undefined) return false;
  // After a restart of the machine the id may belong to someone else: no set-up takes this long.
  if (Date.now() - info.mtimeMs > abandonedAfterMs) return true;
  const owner = Number(await readFile(lock, "utf8").catch(() => String(process.pid)));
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return hasCode(error, "ESRCH");
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
