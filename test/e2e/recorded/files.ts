import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

/** Name of the recorded stack. Its secrets are encrypted with the passphrase that all stacks of the tests have. */
export const stackName = "recorded";
/** What the emulator calls its state in its own folder. */
export const cloudStateFile = "state.jsonl";

/** `stack`: what `pulumi stack export` gave. `cloud`: the embedded cloud's state. */
type Part = "stack" | "cloud";

export function readRecorded(part: Part): string {
  return gunzipSync(readFileSync(fileOf(part))).toString("utf8");
}

export function writeRecorded(part: Part, text: string): void {
  writeFileSync(fileOf(part), gzipSync(text, { level: 9 }));
}

function fileOf(part: Part): string {
  return join(import.meta.dirname, `${part}.gz`);
}
