/**
 * The Pulumi engine we build and test against; a newer one on PATH is used as it is.
 * The same version stands in tools/go.mod (a test compares them).
 */
export const pulumiVersion = "3.255.0";

/** `@pulumi/random` is the program's only plugin besides our own; the official plugin of this version goes with it. */
export const randomVersion = "4.21.2";

/**
 * SHA-256 of the official archives (`pulumi-v<version>-checksums.txt` of the release).
 * A platform without an entry is never downloaded blindly: its CLI is built from the Go module,
 * whose checksums stand in tools/go.sum. See docs/decisions/pulumi-cli.md.
 */
export const pulumiArchiveSha256: Readonly<Record<string, string>> = {
  "linux-x64": "cf559568e2c32f7fae56ea3de8ae5fa48973ba8c5aa9dd2b3dc0c8898fe50dba",
  "linux-arm64": "699fbc6ea848d997e9b3645487f108d27b1b55ec807c7576406131e6e080f0e3",
};
