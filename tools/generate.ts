/**
 * `npm run generate` writes every generated file; with `--check` it only says which are not what they should be.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** In this order: the SDK is made from the schema. */
const generators = [
  "generate-profile-schema.ts",
  "generate-schema.ts",
  "generate-sdk.ts",
  "generate-coverage.ts",
  "generate-ceph-coverage.ts",
  "generate-policies.ts",
  "generate-commands-of-types.ts",
];

for (const generator of generators) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, generator), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}
