import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** The words of a call are wrong: the message says which, and the usage follows it. Exit code 2. */
export class UsageError extends Error {}

/** The words of a call by their options. @throws UsageError for an option that the command does not have */
export function parseWords<const T extends NonNullable<ParseArgsConfig["options"]>>(words: string[], options: T) {
  try {
    return parseArgs({ args: words, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Writes what a command was asked to leave in a file, with the folders that it needs. */
export function save(file: string, text: string): void {
  mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(file, text);
}
