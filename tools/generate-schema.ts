/** Writes the Pulumi schema of each provider from its descriptors. `--check` only compares, for CI. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaOf } from "../provider/core/schema.ts";
import { loadProvider, providerNames, schemaPath } from "./providers.ts";
import { repoRoot } from "./toolchain/layout.ts";

for (const name of providerNames()) {
  const path = join(repoRoot, schemaPath(name));
  const text = `${JSON.stringify(schemaOf(await loadProvider(name)), null, 2)}\n`;
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (read(path) !== text) {
    console.error(`${schemaPath(name)} is not what the descriptors say: run \`node tools/generate-schema.ts\``);
    process.exitCode = 1;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
