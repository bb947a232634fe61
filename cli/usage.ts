import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** The words of a call are wrong: the message says which, and the usage follows it. Exit code 2. */
export class UsageError extends Error {}

/** The words of a call by their options. @throws UsageError for an option that the command does not have, or that is there twice */
export function parseWords<const T extends NonNullable<ParseArgsConfig["options"]>>(words: string[], options: T) {
  const { tokens, ...parsed } = parse(words, options);
  const names = tokens.flatMap((token) => (token.kind === "option" ? token.rawName : []));
  const twice = names.find((name, index) => names.indexOf(name) < index);
  // The first of the two would go unheard.
  if (twice !== undefined) throw new UsageError(`${twice} is there twice`);
  return parsed;
}

function parse<const T extends NonNullable<ParseArgsConfig["options"]>>(words: string[], options: T) {
  try {
    return parseArgs({ args: words, allowPositionals: true, options, tokens: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Writes what a command was asked to leave in a file, with the folders that it needs. */
export function save(file: string, text: string): void {
  mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(file, text);
}
