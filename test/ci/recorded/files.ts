import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

/**
 * Event logs of the real engine for demo-cpu on the embedded cloud. `record.ts` writes them anew.
 * `first`: preview of nothing deployed, with the packs of `test/ci/pack` and `test/ci/own-pack`. `change`: a tenant goes, another one's VLAN changes,
 * a machine and a volume grow. `drift`: refresh after changes by hand. `same`: preview of what is deployed.
 */
export const recordings = ["first", "change", "drift", "same"] as const;
export type Recording = (typeof recordings)[number];

export function readRecording(name: Recording): string {
  return gunzipSync(readFileSync(fileOf(name))).toString("utf8");
}

/** Without what tells where the recording machine keeps the program. */
export function writeRecording(name: Recording, text: string): void {
  const places = new Set(["sourcePosition", "stackTrace"]);
  const lines = text.split("\n").filter((line) => line !== "");
  const kept = lines.map((line) =>
    JSON.stringify(JSON.parse(line), (key, value) => (places.has(key) ? undefined : value)),
  );
  const root = join(import.meta.dirname, "../../..");
  writeFileSync(fileOf(name), gzipSync(`${kept.join("\n").replaceAll(root, "/strata")}\n`, { level: 9 }));
}

function fileOf(name: Recording): string {
  return join(import.meta.dirname, `${name}.jsonl.gz`);
}
