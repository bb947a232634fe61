import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { exists, replaceFile } from "./cache.ts";
import { cacheFolder, platform } from "./layout.ts";
import { pulumiVersion } from "./pins.ts";
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

/** The engine's folder in the cache: complete when it exists. */
export function installFolder(source: (typeof sources)[number]): string {
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
