import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exists, makeFolderOnce, replaceFile } from "./cache.ts";
import { type GoBuild, GoMissing, withGo } from "./go.ts";
import { cacheFolder, platform, repoRoot } from "./layout.ts";
import { step } from "./progress.mjs";
import { findBeside, findOnPath, type PulumiCli } from "./pulumi-cli.ts";

/** The name under which the engine looks for it. */
const executable = "pulumi-language-nodejs";
const sourceFolder = join(repoRoot, "tools/language-host");

/**
 * Lies beside a built engine, which work trees share: which one's language host it is comes by environment
 * (tools/pulumi.ts). One from before the host was a program of its own names a script for Node there.
 */
const launcher = `#!/bin/sh
host=\${STRATA_LANGUAGE_HOST:?is not set: run this engine by npx pulumi in a strata work tree}
case $host in *.ts) exec "$STRATA_NODE" "$host" "$@" ;; esac
exec "$host" "$@"
`;

/** Whether the engine has Pulumi's own Node language host: on PATH or beside it. */
export function hasOfficialLanguageHost(cli: PulumiCli, env: NodeJS.ProcessEnv): boolean {
  if (findOnPath(executable, env) !== undefined) return true;
  // What lies beside an engine that we built is our own.
  return cli.source !== "built" && findBeside(cli.command, executable) !== undefined;
}

/**
 * Where set-up puts our language host, alone in a folder that may stand on PATH: named after what it is made of, so that
 * looking whether there is anything to do is looking for one file.
 */
export function languageHostPath(): string {
  const hash = createHash("sha256").update(readFileSync(join(repoRoot, "tools/go.mod")));
  const names = readdirSync(sourceFolder).filter((name) => name.endsWith(".go"));
  for (const name of names.sort()) {
    hash.update(`${name}\n`).update(readFileSync(join(sourceFolder, name)));
  }
  return join(cacheFolder(), `language-host-${hash.digest("hex").slice(0, 16)}-${platform}`, executable);
}

/**
 * Set-up's part where there is no official one.
 * @throws what to install where it must be built and cannot be
 */
export async function installLanguageHost(cli: PulumiCli): Promise<void> {
  // First, for it gets along with what there was before; an earlier set-up has put another one there.
  if (cli.source === "built") await putLauncherInto(dirname(cli.command));
  if (await exists(languageHostPath())) return;
  try {
    await withGo(buildLanguageHost);
  } catch (error) {
    if (!(error instanceof GoMissing)) throw error;
    throw new Error(`${error.message} It builds the Node language host; or put Pulumi's own ${executable} on PATH.`);
  }
}

/** Builds it, unless it is there. */
export async function buildLanguageHost(build: GoBuild): Promise<void> {
  await makeFolderOnce(dirname(languageHostPath()), (folder) =>
    step("Building the Node language host (once)", (report) =>
      build("./language-host", join(folder, executable), { ldflags: "-s -w", report }),
    ),
  );
}

/** Puts the launcher of our language host into a built engine's folder, unless it is there as it should be. */
export async function putLauncherInto(folder: string): Promise<void> {
  const path = join(folder, executable);
  const present = await readFile(path, "utf8").catch(() => undefined);
  if (present !== launcher) await replaceFile(path, launcher, 0o755);
}
