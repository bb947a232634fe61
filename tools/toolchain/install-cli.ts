import { join } from "node:path";
import { makeFolderOnce } from "./cache.ts";
import { downloadPulumi } from "./download.ts";
import { type GoBuild, GoMissing, withGo } from "./go.ts";
import { buildLanguageHost, putLauncherInto } from "./language-host.ts";
import { pulumiVersion } from "./pins.ts";
import { say, step } from "./progress.mjs";
import { installFolder } from "./pulumi-cli.ts";

/**
 * Puts the pinned CLI into the cache folder: the official archive when it can be had, else built from the Go module,
 * together with the language host, which the archive has.
 * @throws what to install when neither works
 */
export async function installPulumi(): Promise<void> {
  try {
    await makeFolderOnce(installFolder("download"), (folder) =>
      step(`Downloading Pulumi ${pulumiVersion}`, (report) => downloadPulumi(folder, report)),
    );
    return;
  } catch (error) {
    say(`The official Pulumi download was not used: ${error instanceof Error ? error.message : String(error)}.`);
  }
  try {
    await withGo(async (build) => {
      await buildPulumi(build);
      await buildLanguageHost(build);
    });
  } catch (error) {
    if (!(error instanceof GoMissing)) throw error;
    throw new Error(`${error.message} It builds the Pulumi CLI; or put a \`pulumi\` ≥ ${pulumiVersion} on PATH.`);
  }
}

async function buildPulumi(build: GoBuild): Promise<void> {
  const ldflags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`;
  await makeFolderOnce(installFolder("built"), (folder) =>
    step(`Building Pulumi ${pulumiVersion} from its Go module (once, about 4 minutes)`, async (report) => {
      await build("github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", join(folder, "pulumi"), { ldflags, report });
      await putLauncherInto(folder);
    }),
  );
}
