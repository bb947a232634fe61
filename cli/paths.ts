import { join } from "node:path";

/** The project's root: where Pulumi.yaml and profiles/ are. */
export const root = join(import.meta.dirname, "..");

/** What runs leave behind (git-ignored): state, the embedded cloud, the demo's passphrase. */
export const workFolder = join(root, ".strata");
