import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** One line of the journal: rows as they are after a transaction, by table. */
export interface JournalEntry {
  readonly rows?: Readonly<Record<string, readonly unknown[]>>;
  readonly nextIds?: Readonly<Record<string, number>>;
}

/** Where transactions are kept. */
export interface Journal {
  read(): Iterable<JournalEntry>;
  append(entry: JournalEntry): void;
  isFull(): boolean;
  rewrite(snapshot: Iterable<JournalEntry>): void;
  close(): void;
}

/** For an emulator that lives in memory only. */
export const noJournal: Journal = {
  read: () => [],
  append: () => {},
  isFull: () => false,
  rewrite: () => {},
  close: () => {},
};

const growthBeforeRewrite = 16 * 1024 * 1024;
const syncDelayMs = 250;

/**
 * An append-only file, one transaction a line. A line is written before the answer leaves, so whatever a client was told
 * survives SIGKILL; the disk is synced a moment later, for power failures. A torn last line was never answered and is
 * dropped at start. When the file has grown it is replaced by a snapshot: written beside it, synced, renamed.
 */
export class FileJournal implements Journal {
  readonly #path: string;
  #fd: number | undefined;
  #grown = 0;
  #syncTimer: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
  }

  *read(): Iterable<JournalEntry> {
    if (!existsSync(this.#path)) return;
    const bytes = readFileSync(this.#path);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.length) truncateSync(this.#path, end);
    let lineNumber = 0;
    for (const line of bytes.toString("utf8", 0, end).split("\n")) {
      lineNumber += 1;
      if (line === "") continue;
      yield parseLine(line, `${this.#path}:${lineNumber}`);
    }
  }

  append(entry: JournalEntry): void {
    if (this.#fd === undefined) this.#fd = openSync(this.#path, "a", 0o600);
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    writeWhole(this.#fd, line);
    this.#grown += line.length;
    this.#syncSoon();
  }

  isFull(): boolean {
    return this.#grown > growthBeforeRewrite;
  }

  rewrite(snapshot: Iterable<JournalEntry>): void {
    const temporary = `${this.#path}.new`;
    const fd = openSync(temporary, "w", 0o600);
    let lines = "";
    for (const entry of snapshot) {
      lines += `${JSON.stringify(entry)}\n`;
      if (lines.length > 1 << 20) {
        writeWhole(fd, Buffer.from(lines));
        lines = "";
      }
    }
    writeWhole(fd, Buffer.from(lines));
    fdatasyncSync(fd);
    renameSync(temporary, this.#path);
    syncFolder(dirname(this.#path));
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = fd;
    this.#grown = 0;
  }

  close(): void {
    clearTimeout(this.#syncTimer);
    this.#syncTimer = undefined;
    if (this.#fd === undefined) return;
    fdatasyncSync(this.#fd);
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  #syncSoon(): void {
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      // A failed sync shows again at the next write or at close, where it is reported.
      if (this.#fd !== undefined) fdatasync(this.#fd, () => {});
    }, syncDelayMs).unref();
  }
}

/** The journal of a state folder. */
export function journalIn(stateDir: string): FileJournal {
  return new FileJournal(join(stateDir, "state.jsonl"));
}

function parseLine(line: string, where: string): JournalEntry {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    throw new Error(`${where}: the emulator's state is damaged; \`strata emulator reset\` starts over`);
  }
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

/** Makes a rename in this folder last. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
