/**
 * States that were cut off. The engine's file backend keeps what it has written when the disk is full in the middle of a
 * state (seen with engine 3.255: `up` fails, and from then on every command with "unexpected end of JSON input", also
 * those on other stacks).
 */
import { copyFile, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { StackFiles } from "./journal/stack-files.ts";

/**
 * Puts the newest whole copy in the place of every state that was cut off, unless somebody is working on the stack. The
 * cut-off one stays beside it.
 * @param folder the backend's `.pulumi`
 * @param files all files below it, absolute
 * @returns a line for the user per state
 */
export async function mendStates(folder: string, files: readonly string[]): Promise<string[]> {
  const notes: string[] = [];
  for (const file of files) {
    const [area, project, name, ...deeper] = relative(folder, file).split(sep);
    if (area !== "stacks" || project === undefined || !name?.endsWith(".json") || deeper.length > 0) continue;
    if (await isWhole(file)) continue;
    const stack = basename(name, ".json");
    const stackFiles = new StackFiles(folder, project, stack);
    const unlock = await stackFiles.lock().catch(() => undefined);
    if (unlock === undefined) continue;
    try {
      notes.push(`the state of the stack ${stack} is cut off, as by a full disk: ${await mend(stackFiles)}`);
    } finally {
      await unlock();
    }
  }
  return notes;
}

async function mend({ state, backups }: StackFiles): Promise<string> {
  const copy = await newestWhole(state, backups);
  if (copy === undefined) {
    return `none of its copies is whole (${state}.bak, ${backups}), so put one back from a backup of this machine`;
  }
  const draft = `${state}.mended`;
  try {
    await copyFile(copy.path, draft);
    await rename(state, `${state}.broken`);
    await rename(draft, state);
  } finally {
    await rm(draft, { force: true });
  }
  return (
    `put back its copy of ${copy.at.toISOString().slice(0, 19)} (${copy.path}) and kept the other as ${state}.broken; ` +
    "what was made since then, the next `up --refresh` finds"
  );
}

/** The copy before the last write, or the state at the end of a run. */
async function newestWhole(state: string, backups: string): Promise<{ path: string; at: Date } | undefined> {
  const former = await readdir(backups).catch(() => []);
  const paths = [`${state}.bak`, ...former.filter((name) => name.endsWith(".json")).map((name) => join(backups, name))];
  const copies = await Promise.all(
    paths.map(async (path) => {
      const at = await stat(path).then(
        ({ mtime }) => mtime,
        () => undefined,
      );
      return at === undefined ? [] : [{ path, at }];
    }),
  );
  for (const copy of copies.flat().sort((a, b) => b.at.getTime() - a.at.getTime())) {
    if (await isWhole(copy.path)) return copy;
  }
  return undefined;
}

/** What is gone in the meantime is not cut off. */
async function isWhole(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  try {
    if (text !== undefined) JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
