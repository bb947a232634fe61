import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { exists, makeFolderOnce, replaceFile } from "./cache.ts";
import { downloadPulumi } from "./download.ts";
import { GoMissing, goBuild } from "./go.ts";
import { cacheFolder, platform, standInLauncher } from "./layout.ts";
import { pulumiVersion } from "./pins.ts";
import { say, step } from "./progress.mjs";
import { run } from "./run.ts";

/** A Pulumi CLI that is there to be run. */
export interface PulumiCli {
  /** Absolute path of the executable. */
  command: string;
  version: string;
  /** `path`: the user's own; `download`: the official archive; `built`: from the Go module. */
  source: "path" | "download" | "built";
}

const sources = ["download", "built"] as const;

/**
 * Finds the CLI without touching the network: the user's own when it is at least the pinned version, else what set-up
 * has put into the cache folder.
 */
export async function findPulumi(env: NodeJS.ProcessEnv): Promise<PulumiCli | undefined> {
  const own = findOnPath("pulumi", env);
  if (own !== undefined) {
    const version = await versionOf(own);
    if (isAtLeast(version, pulumiVersion)) return { command: own, version, source: "path" };
  }
  for (const source of sources) {
    const command = join(installFolder(source), "pulumi");
    if (await exists(command)) return { command, version: pulumiVersion, source };
  }
  return undefined;
}

/**
 * Puts the pinned CLI into the cache folder: the official archive when it can be had, else built from the Go module.
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
    await makeFolderOnce(installFolder("built"), (folder) =>
      step(`Building Pulumi ${pulumiVersion} from its Go module (once, about 4 minutes)`, (report) =>
        buildPulumi(folder, report),
      ),
    );
  } catch (error) {
    if (!(error instanceof GoMissing)) throw error;
    throw new Error(`${error.message} It builds the Pulumi CLI; or put a \`pulumi\` ≥ ${pulumiVersion} on PATH.`);
  }
}

/**
 * The engine looks for the Node language host beside itself, where a built one has none: our stand-in goes there.
 */
async function buildPulumi(folder: string, report: (detail: string) => void): Promise<void> {
  await goBuild("github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", join(folder, "pulumi"), {
    ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`,
    report,
  });
  await writeFile(join(folder, "pulumi-language-nodejs"), standInLauncher("STRATA_LANGUAGE_HOST"), { mode: 0o755 });
}

/** The engine's folder in the cache: complete when it exists. */
function installFolder(source: (typeof sources)[number]): string {
  return join(cacheFolder(), `pulumi-${pulumiVersion}-${platform}-${source}`);
}

/**
 * Looks a command up on PATH. `node_modules/.bin` is passed over: what npm links there as `pulumi` is our own wrapper.
 */
export function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (folder === "" || folder.endsWith("node_modules/.bin")) continue;
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** Whether the executable `name` lies beside `command` (links followed, as the engine does). */
export function findBeside(command: string, name: string): string | undefined {
  return findOnPath(name, { PATH: dirname(realpathSync(command)) });
}

/** Asking costs 0.4 s, so the answer is kept as long as the file stays the same. */
async function versionOf(command: string): Promise<string> {
  const file = realpathSync(command);
  const { mtimeMs, size } = statSync(file);
  const memory = join(cacheFolder(), "pulumi-versions.json");
  const known: Record<string, string> = await readFile(memory, "utf8").then(JSON.parse, () => ({}));
  const key = `${file} ${size} ${mtimeMs}`;
  const remembered = known[key];
  if (remembered !== undefined) return remembered;
  const asked = await run(command, ["version"], { timeoutMs: 20_000 }).catch(() => undefined);
  const version = asked?.stdout.trim().replace(/^v/, "") ?? "";
  await replaceFile(memory, JSON.stringify({ ...known, [key]: version }));
  return version;
}

/** Compares `major.minor.patch`; a version that is none (a development build) is not at least anything. */
export function isAtLeast(version: string, wanted: string): boolean {
  const parse = (text: string) =>
    text
      .match(/^(\d+)\.(\d+)\.(\d+)/)
      ?.slice(1)
      .map(Number);
  const [have, want] = [parse(version), parse(wanted)];
  if (have === undefined || want === undefined) return false;
  for (const [index, part] of want.entries()) {
    const mine = have[index] ?? 0;
    if (mine !== part) return mine > part;
  }
  return true;
}
