/** Room for the state: a disk that is full in the middle of a run costs the state itself. */
import { statfs } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { changesSomething, largestState } from "./journal/start.ts";

/** For what a run adds to a state, and what else writes on the disk meanwhile. */
const spareBytes = 16 * 1024 * 1024;
/** The state, the one being written, the one before; at the end the backup and the two of the history. */
const copiesOfState = 6;

/**
 * @param available bytes that are free below a folder, or undefined where nobody knows
 * @throws where a run that changes something would begin on a disk with hardly any room for its state
 */
export async function refuseWithoutRoom(
  { PULUMI_BACKEND_URL: url = "" }: NodeJS.ProcessEnv,
  words: readonly string[],
  available: (folder: string) => Promise<number | undefined> = freeBytes,
): Promise<void> {
  if (!url.startsWith("file:///") || !changesSomething(words)) return;
  const folder = fileURLToPath(url);
  const free = await available(folder);
  const needed = spareBytes + copiesOfState * (await largestState(folder));
  if (free === undefined || free >= needed) return;
  throw new Error(
    `The disk of the state folder ${folder} has ${mega(free)} left, and a run needs ${mega(needed)}: a state that finds no ` +
      "room is cut off in the middle. Nothing was started; make room, or move what lies in it to another disk.",
  );
}

async function freeBytes(folder: string): Promise<number | undefined> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
}

function mega(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
