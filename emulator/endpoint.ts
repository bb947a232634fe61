import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pid } from "node:process";

/** An emulator that listens, and what other processes must know of it. */
export interface Serving {
  close(): Promise<void>;
  controlUrl: string;
}

const fileOf = (folder: string) => join(folder, "endpoint.json");

/** Serves until a signal ends it, and says where in the state folder, if there is one. */
export function announce({ close, ...emulator }: Serving, folder: string | undefined): void {
  const startedAt = new Date().toISOString();
  let endpoint: string | undefined;
  // Who waits for the file may end us the moment it is there.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      if (endpoint) rmSync(endpoint, { force: true });
      void close().then(() => process.exit(0));
    });
  }
  if (folder !== undefined) endpoint = writeEndpoint(folder, { pid, ...emulator, startedAt });
}

/**
 * An emulator's whole program. What keeps it from starting (a wrong word, a port that is taken) is said in its own words;
 * a defect of ours (`TypeError` and so on) with its trace.
 */
export async function serveOrSay(serve: () => Promise<void>): Promise<void> {
  try {
    await serve();
  } catch (error) {
    console.error(error instanceof Error && isForeseen(error) ? error.message : error);
    process.exit(1);
  }
}

/** A plain error of ours, of the reader of words, or of the system. */
function isForeseen(error: Error): boolean {
  return error.constructor === Error || ("code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));
}

/** @throws when another process already serves this state folder */
export async function checkAlone(folder: string | undefined): Promise<void> {
  if (folder === undefined || !existsSync(fileOf(folder))) return;
  const { pid: other, controlUrl } = JSON.parse(readFileSync(fileOf(folder), "utf8")) as {
    pid: number;
    controlUrl: string;
  };
  const answers = await fetch(`${controlUrl}/calls`).then(
    () => true,
    () => false,
  );
  if (answers) throw new Error(`process ${other} already serves ${folder}`);
}

/** The file appears whole or not at all, and only its owner reads the keys in it. */
function writeEndpoint(folder: string, content: object): string {
  const path = fileOf(folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}
