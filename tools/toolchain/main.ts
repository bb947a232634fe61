/** The part of set-up that runs on our own Node; everything found done is only looked at. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { hasOfficialLanguageHost } from "./language-host.ts";
import { repoRoot } from "./layout.ts";
import { say } from "./progress.mjs";
import { findPulumi, installPulumi } from "./pulumi-cli.ts";
import { installRandomPlugin } from "./random-plugin.ts";
import { compileSdk } from "./sdk.ts";

try {
  if ((await findPulumi(process.env)) === undefined) await installPulumi();
  const cli = await findPulumi(process.env);
  if (cli !== undefined && hasOfficialLanguageHost(cli, process.env)) await installRandomPlugin(cli, process.env);
  for (const name of await readdir(join(repoRoot, "sdks"))) await compileSdk(name);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
