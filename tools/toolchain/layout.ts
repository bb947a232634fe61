import { join, resolve } from "node:path";

export { cacheFolder } from "./cache-folder.mjs";

/** Root of the work tree (absolute). */
export const repoRoot = resolve(import.meta.dirname, "../..");

/** The Node 24 that npm installed for this platform; everything of ours runs on it, whatever the machine has. */
export const nodeBinary = join(repoRoot, "node_modules/.bin/node");

/** What a run leaves behind (state, passphrase, embedded cloud); ignored by git. `$STRATA_RUN_FOLDER`, else `.strata`. */
export const runFolder = resolve(process.env.STRATA_RUN_FOLDER || join(repoRoot, ".strata"));

/** Preloaded into every Node that the engine starts; it only acts where `@pulumi/pulumi` is loaded. */
export const leanSdk = join(repoRoot, "tools/lean-sdk.cjs");

/** `linux-x64`, `darwin-arm64`, …: Node's own words, which are also those of Pulumi's archives. */
export const platform = `${process.platform}-${process.arch}`;

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
