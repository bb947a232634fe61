import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Root of the work tree (absolute). */
export const repoRoot = resolve(import.meta.dirname, "../..");

/** The Node 24 that npm installed for this platform; everything of ours runs on it, whatever the machine has. */
export const nodeBinary = join(repoRoot, "node_modules/.bin/node");

/** What a run leaves behind (state, passphrase, embedded cloud); ignored by git. */
export const runFolder = process.env.STRATA_RUN_FOLDER ?? join(repoRoot, ".strata");

/** Preloaded into every Node that the engine starts; it only acts where `@pulumi/pulumi` is loaded. */
export const leanSdk = join(repoRoot, "tools/lean-sdk.cjs");

/** `linux-x64`, `darwin-arm64`, …: Node's own words, which are also those of Pulumi's archives. */
export const platform = `${process.platform}-${process.arch}`;

/**
 * The one folder outside the work tree that we write to: `$STRATA_CACHE`, else `$XDG_CACHE_HOME/strata`, else
 * `~/.cache/strata`. May be deleted at any time; set-up fills it again.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.STRATA_CACHE) return resolve(env.STRATA_CACHE);
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "strata");
}

const standIn = (folder: string) => ({
  /** Holds the executable, for PATH. */
  folder: join(repoRoot, "tools", folder),
  /** What our Node runs. */
  main: join(repoRoot, "tools", folder, "main.ts"),
});

/** The plugins of this work tree that take the place of official ones. */
export const standIns = { languageHost: standIn("language-host"), random: standIn("random") };

/**
 * A script for the cache folder that starts a stand-in. Clones share that folder, so which clone's stand-in it is comes
 * by environment (tools/pulumi.ts).
 */
export function standInLauncher(variable: "STRATA_LANGUAGE_HOST" | "STRATA_RANDOM_PLUGIN"): string {
  return `#!/bin/sh
exec "\${STRATA_NODE:?is not set: run this engine by npx pulumi in a strata work tree}" "$${variable}" "$@"
`;
}
