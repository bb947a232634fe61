/** Writes the provider's Pulumi schema from its descriptors. `--check` only compares, for CI. */
import { readFileSync, writeFileSync } from "node:fs";
import { cloudstack } from "../provider/cloudstack/provider.ts";
import { schemaOf } from "../provider/core/schema.ts";

const path = new URL("../provider/cloudstack/schema.json", import.meta.url);
const text = `${JSON.stringify(schemaOf(cloudstack), null, 2)}\n`;

if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (readFileSync(path, "utf8") !== text) {
  console.error("provider/cloudstack/schema.json is not what the descriptors say: run `node tools/generate-schema.ts`");
  process.exitCode = 1;
}
