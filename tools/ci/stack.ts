import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { engineWith, policyWords } from "./engine.ts";

/**
 * Deploys a stack, held to the policy pack: what violates it is never created. What only all resources together show stops
 * the preview that the engine makes first. The server's keys, the backend and its passphrase come by environment.
 * @returns the engine's event log
 */
export async function deploy(stack: string, folder: string): Promise<string> {
  const { engine, log } = await prepare(stack, folder);
  // Not --skip-preview: rules over the whole stack would speak when everything is there. The pull request's preview was of
  // an embedded cloud, and perhaps of an older main.
  await engine.run("up", "--yes", ...log.words, ...policyWords());
  return log.file;
}

/** Compares a stack's state with the live API. Changes neither. @returns the engine's event log */
export async function drift(stack: string, folder: string): Promise<string> {
  const { engine, log } = await prepare(stack, folder);
  await engine.run("refresh", "--preview-only", "--expect-no-changes", ...log.words);
  return log.file;
}

async function prepare(stack: string, folder: string) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${stack}.jsonl`);
  const engine = await engineWith({});
  const code = await engine.run("stack", "select", "--create", stack);
  if (code !== 0) throw new Error(`the stack ${stack} can be neither selected nor made: the engine says why above`);
  return { engine, log: { file, words: ["--stack", stack, "--suppress-outputs", "--event-log", file] } };
}
