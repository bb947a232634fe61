/** What the engine's file backend keeps of one stack, and the journal of a run beside it. */
import { createHash, randomUUID } from "node:crypto";
import { copyFile, type FileHandle, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { createFile, exists } from "../toolchain/cache.ts";
import type { Deployment, JournalEntry, TypedDeployment } from "./deployment.ts";
import { replay } from "./replay.ts";

/** First line of a journal. */
interface Header {
  /** Of the state file that the run started from. */
  base: string;
}

/** Last line of a journal that is about to become the state. */
interface Merged {
  /** Of the state file that it makes. */
  merged: string;
}

type Line = Header | Merged | JournalEntry;

/** A state file as the backend writes it (`VersionedCheckpoint` of sdk/go/common/apitype/core.go). */
interface StateFile {
  version: number;
  features?: string[];
  checkpoint: { stack: string; latest?: Deployment };
}

/** Where the things of one stack lie below a backend's `.pulumi`. */
export class StackFiles {
  readonly #folder: string;
  readonly #project: string;
  readonly #stack: string;

  /** @param folder the backend's `.pulumi`, absolute */
  constructor(folder: string, project: string, stack: string) {
    this.#folder = folder;
    this.#project = project;
    this.#stack = stack;
  }

  get state(): string {
    return join(this.#folder, "stacks", this.#project, `${this.#stack}.json`);
  }

  get journal(): string {
    return join(this.#folder, "journals", this.#project, `${this.#stack}.jsonl`);
  }

  /** The states at the end of former runs. */
  get backups(): string {
    return join(this.#folder, "backups", this.#project, this.#stack);
  }

  get #locks(): string {
    return join(this.#folder, "locks/organization", this.#project, this.#stack);
  }

  /** The state with its hash, or undefined where there is no such stack. */
  async read(): Promise<{ state: TypedDeployment; hash: string } | undefined> {
    if (!(await exists(this.state))) return undefined;
    const text = await readFile(this.state, "utf8");
    const { version, features, checkpoint } = JSON.parse(text) as StateFile;
    if (checkpoint.latest === undefined) return undefined;
    return { state: { version, ...(features && { features }), deployment: checkpoint.latest }, hash: hashOf(text) };
  }

  /**
   * Takes the lock that the file backend takes, so that neither runs beside the other.
   * @returns what gives it back
   * @throws when somebody else has it
   */
  async lock(): Promise<() => Promise<void>> {
    const mine = `${randomUUID()}.json`;
    const path = join(this.#locks, mine);
    const holder = { pid: process.pid, username: userInfo().username, hostname: hostname(), timestamp: new Date() };
    await mkdir(this.#locks, { recursive: true });
    await createFile(path, JSON.stringify(holder), 0o600);
    const others = (await readdir(this.#locks)).filter((file) => file.endsWith(".json") && file !== mine);
    const unlock = () => rm(path, { force: true });
    if (others.length === 0) return unlock;
    await unlock();
    throw new Error(
      `the stack is currently locked by ${others.length} lock(s). Either wait for the other process(es) to end or ` +
        `delete the lock file with \`pulumi cancel\`: ${others.map((file) => join(this.#locks, file)).join(", ")}`,
    );
  }

  /**
   * Begins the journal of a run; the caller has the lock.
   * @param base hash of the state that the run starts from
   * @throws when that is no longer the state
   */
  async startJournal(base: string): Promise<JournalWriter> {
    if ((await this.read())?.hash !== base)
      throw new Error("the state has just been changed by another run: start again");
    if (await exists(this.journal)) {
      throw new Error(`${this.journal} was left by another run: the next \`npx pulumi\` makes it part of the state`);
    }
    await mkdir(dirname(this.journal), { recursive: true, mode: 0o700 });
    const writer = new JournalWriter(await open(this.journal, "wx", 0o600));
    await writer.append([{ base }]);
    return writer;
  }

  /**
   * Makes the journal that lies there part of the state; the caller has the lock.
   * @returns how many entries it had; undefined where there is none
   * @throws when the state has been changed since by somebody who did not know of the journal
   */
  async merge(): Promise<number | undefined> {
    if (!(await exists(this.journal))) return undefined;
    const lines = wholeLines(await readFile(this.journal, "utf8"));
    const before = await readFile(this.state, "utf8");
    const header = lines.find((line) => "base" in line);
    const merged = lines.findLast((line) => "merged" in line);
    const entries = lines.filter((line) => "kind" in line);
    if (entries.length > 0 && merged?.merged !== hashOf(before)) {
      if (header?.base !== hashOf(before)) throw new Error(this.#otherState());
      await this.#replaceState(before, entries);
    }
    await rm(this.journal, { force: true });
    return entries.length;
  }

  /** Leaves the state as it was before the last run in `history`, as the backend does. */
  async record(info: Record<string, unknown>): Promise<void> {
    const folder = join(this.#folder, "history", this.#project, this.#stack);
    const { backups } = this;
    // In ns, of which the clock here knows the first digits.
    const now = `${Date.now()}000000`;
    await Promise.all([mkdir(folder, { recursive: true }), mkdir(backups, { recursive: true })]);
    await createFile(join(folder, `${this.#stack}-${now}.history.json`), JSON.stringify(info), 0o600);
    await copyFile(this.state, join(folder, `${this.#stack}-${now}.checkpoint.json`));
    await copyFile(this.state, join(backups, `${this.#stack}.${now}.json`));
  }

  async #replaceState(before: string, entries: readonly JournalEntry[]): Promise<void> {
    const { checkpoint } = JSON.parse(before) as StateFile;
    if (checkpoint.latest === undefined) throw new Error(`${this.state} holds no state`);
    const { deployment, ...kind } = this.#replay(checkpoint.latest, entries);
    const after = JSON.stringify({ ...kind, checkpoint: { ...checkpoint, latest: deployment } });
    await copyFile(this.state, `${this.state}.bak`);
    const draft = `${this.state}.${randomUUID()}`;
    await written(draft, after);
    const journal = new JournalWriter(await open(this.journal, "a"));
    await journal.append([{ merged: hashOf(after) }]);
    await journal.close();
    await rename(draft, this.state);
  }

  #replay(base: Deployment, entries: readonly JournalEntry[]): TypedDeployment {
    try {
      return replay(base, entries);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`${what} It stays in ${this.journal}; a newer version of this work tree may understand it.`);
    }
  }

  #otherState(): string {
    return (
      `The state of the stack ${this.#stack} (${this.state}) was changed after a run that was killed, whose journal lies in ` +
      `${this.journal}. What that run made is only in the journal. Put back the state that it started from ` +
      `(${basename(this.state)}.bak, or one of the backups beside), or remove the journal if nothing of it is missing.`
    );
  }
}

/** Writes a journal; what has been appended is on the disk. */
export class JournalWriter {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async append(lines: readonly Line[]): Promise<void> {
    // Starts with a line's end: what a killed writer left of a line is then a line of its own.
    await this.#file.appendFile(lines.map((line) => `\n${JSON.stringify(line)}`).join(""));
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Lines that were written to their end; of a line that was not, nobody has been told that it is safe. */
function wholeLines(text: string): Line[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line) as Line];
    } catch {
      return [];
    }
  });
}

async function written(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
