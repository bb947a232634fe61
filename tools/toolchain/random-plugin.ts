import { cp, readdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { exists, makeFolderOnce, replaceFile } from "./cache.ts";
import { cacheFolder, repoRoot } from "./layout.ts";
import { randomVersion } from "./pins.ts";
import { say, step } from "./progress.mjs";
import { findOnPath, isAtLeast, type PulumiCli } from "./pulumi-cli.ts";
import { run } from "./run.ts";

/** Where the engine finds the plugin that belongs to `@pulumi/random`. */
export interface RandomPlugin {
  kind: "official" | "stand-in";
  /** A PULUMI_HOME of ours that holds the plugin; absent where the user has a Pulumi home or account of his own. */
  home?: string;
  /** The stand-in must be on PATH, because the home is not ours to put it in. */
  onPath: boolean;
}

/** Our plugin in the work tree. */
export const randomStandIn = {
  /** Holds the executable, for PATH. */
  folder: join(repoRoot, "tools/random"),
  /** What our Node runs. */
  main: join(repoRoot, "tools/random/main.ts"),
};

/** Lies in the cache folder, which work trees share: which one's stand-in it is comes by environment (tools/pulumi.ts). */
const launcher = `#!/bin/sh
exec "\${STRATA_NODE:?is not set: run this engine by npx pulumi in a strata work tree}" "$STRATA_RANDOM_PLUGIN" "$@"
`;

// Two homes, so that the stand-in never lies where the official plugin would.
const officialHome = () => join(cacheFolder(), "pulumi-home");
const standInHome = () => join(cacheFolder(), "pulumi-home-stand-ins");
const pluginFolder = (home: string) => join(home, "plugins", `resource-random-v${randomVersion}`);

/**
 * Chooses the plugin without touching the network.
 * @param complete whether the CLI is an official installation, which can fetch plugins by itself
 */
export async function chooseRandomPlugin(complete: boolean, env: NodeJS.ProcessEnv): Promise<RandomPlugin> {
  const onUsersPath = findOnPath("pulumi-resource-random", env) !== undefined;
  if (hasOwnPulumiHome(env)) {
    return complete || onUsersPath ? { kind: "official", onPath: false } : { kind: "stand-in", onPath: true };
  }
  if (onUsersPath || (await exists(pluginFolder(officialHome())))) {
    return { kind: "official", home: officialHome(), onPath: false };
  }
  await makeFolderOnce(pluginFolder(standInHome()), (folder) =>
    writeFile(join(folder, "pulumi-resource-random"), launcher, { mode: 0o755 }),
  );
  return { kind: "stand-in", home: standInHome(), onPath: false };
}

/**
 * Set-up's part: gets the official plugin once, from the user's own Pulumi home or by the CLI's own installer. Where it
 * cannot be had that is remembered, so that the next set-up does not ask the network again.
 */
export async function installRandomPlugin(cli: PulumiCli, env: NodeJS.ProcessEnv): Promise<void> {
  const target = pluginFolder(officialHome());
  const unavailable = join(cacheFolder(), `random-${randomVersion}-unavailable`);
  const settled = hasOwnPulumiHome(env) || findOnPath("pulumi-resource-random", env) !== undefined;
  if (settled || (await exists(target)) || (await exists(unavailable))) return;

  const present = await findInUsersHome();
  if (present !== undefined) {
    await makeFolderOnce(target, (folder) => cp(present, folder, { recursive: true }));
    return;
  }
  try {
    await step("Installing the official random plugin", () => fetchPlugin(cli, env));
  } catch (error) {
    say(`The official random plugin cannot be had (${error instanceof Error ? error.message : String(error)}).`);
    await replaceFile(unavailable, "Delete this file to try the download again.\n");
  }
}

/** @throws with the CLI's last line */
async function fetchPlugin(cli: PulumiCli, env: NodeJS.ProcessEnv): Promise<void> {
  const result = await run(cli.command, ["plugin", "install", "resource", "random", randomVersion], {
    env: { ...env, PULUMI_HOME: officialHome(), PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeoutMs: 120_000,
  });
  if (result.code !== 0) throw new Error(result.stderr.trim().split("\n").at(-1));
}

/** The plugin in `~/.pulumi`, should the user have one that fits. */
async function findInUsersHome(): Promise<string | undefined> {
  const plugins = join(homedir(), ".pulumi", "plugins");
  const prefix = "resource-random-v";
  const names = await readdir(plugins).catch(() => []);
  const major = `${randomVersion.split(".")[0]}.`;
  const fitting = names.find((name) => {
    const version = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    return version.startsWith(major) && isAtLeast(version, randomVersion);
  });
  return fitting === undefined ? undefined : join(plugins, fitting);
}

/** A home or a shared backend of the user's own brings his account and plugins along: it stays as it is. */
function hasOwnPulumiHome(env: NodeJS.ProcessEnv): boolean {
  const backend = env.PULUMI_BACKEND_URL ?? "file:";
  return env.PULUMI_HOME !== undefined || !backend.startsWith("file:");
}
