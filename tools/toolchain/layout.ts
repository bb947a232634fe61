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
