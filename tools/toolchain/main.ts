/** The part of set-up that runs on our own Node; everything found done is only looked at. */

import { installPulumi } from "./install-cli.ts";
import { hasOfficialLanguageHost, installLanguageHost } from "./language-host.ts";
import { say } from "./progress.mjs";
import { findPulumi } from "./pulumi-cli.ts";
import { installRandomPlugin } from "./random-plugin.ts";
import { compileSdks } from "./sdk.ts";

try {
  if ((await findPulumi(process.env)) === undefined) await installPulumi();
  const cli = await findPulumi(process.env);
  if (cli !== undefined) {
    if (hasOfficialLanguageHost(cli, process.env)) await installRandomPlugin(cli, process.env);
    else await installLanguageHost(cli);
  }
  await compileSdks();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
