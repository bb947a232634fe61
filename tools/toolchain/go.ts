import { mkdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { exists, withLock } from "./cache.ts";
import { cacheFolder, repoRoot } from "./layout.ts";
import { pulumiVersion } from "./pins.ts";
import { run } from "./run.ts";

const toolsModule = join(repoRoot, "tools");
const minimumGo = [1, 25, 11] as const;
const installGo = `install Go ${minimumGo.join(".")} or newer (https://go.dev/dl/)`;

/** There is no Go that can build our module; the message is one sentence that says what to install. */
export class GoMissing extends Error {}

/**
 * Builds a command of the tools module.
 * @param packagePath as `go build` takes it
 * @param output absolute path of the executable
 * @throws with the compiler's last lines
 */
export type GoBuild = (packagePath: string, output: string, options: GoBuildOptions) => Promise<void>;

export interface GoBuildOptions {
  ldflags?: string;
  /** Gets a short text while it runs. */
  report: (detail: string) => void;
}

/**
 * Gives `task` what it needs to build one command after another. What Go downloads and compiles for one of them is there
 * for the next, and is gone after the last. One task at a time, on the whole machine.
 * @throws {GoMissing}, and what `task` throws; what Go has downloaded then stays for the next attempt
 */
export async function withGo<T>(task: (build: GoBuild) => Promise<T>): Promise<T> {
  const env = await goEnvironment();
  await mkdir(cacheFolder(), { recursive: true });
  return withLock(`${ownGoFolder()}.lock`, async () => {
    const result = await task((...words) => build(env, ...words));
    await rm(ownGoFolder(), { recursive: true, force: true });
    return result;
  });
}

async function build(env: NodeJS.ProcessEnv, ...[packagePath, output, options]: Parameters<GoBuild>): Promise<void> {
  let modules = 0;
  const result = await run("go", ["build", "-ldflags", options.ldflags ?? "", "-o", output, packagePath], {
    cwd: toolsModule,
    env,
    onStderrLine: (line) => {
      if (line.startsWith("go: downloading ")) options.report(`modules downloaded: ${++modules}`);
    },
  });
  if (result.code === 0) return;
  const reason = result.stderr.trim().split("\n").slice(-5).join("\n");
  throw new Error(`go build ${packagePath} failed:\n${reason}`);
}

/**
 * Go keeps modules and objects (3 GB for the engine). Where Go's own cache already holds them they are used; elsewhere
 * they go to our cache folder, as do Go's usage counters, so that nothing of ours lies about in the home folder.
 */
async function goEnvironment(): Promise<NodeJS.ProcessEnv> {
  const own = ownGoFolder();
  const settings = process.env.XDG_CONFIG_HOME || join(homedir(), ".config");
  const env: NodeJS.ProcessEnv = {
    GOENV: join(settings, "go/env"),
    ...process.env,
    XDG_CONFIG_HOME: join(own, "config"),
    CGO_ENABLED: "0",
    GOWORK: "off",
  };
  const found = await run("go", ["env", "GOMODCACHE", "GOVERSION"], { cwd: toolsModule, env }).catch(() => undefined);
  if (found === undefined) throw new GoMissing(`Go is missing: ${installGo}.`);
  // With GOTOOLCHAIN=local an old Go refuses our go.mod here; otherwise it would fetch the newer one by itself.
  if (found.code !== 0) throw new GoMissing(`Go is too old: ${installGo}.`);
  const [moduleCache = "", version = ""] = found.stdout.trim().split("\n");
  if (isOlder(version)) throw new GoMissing(`Go is too old (${version}): ${installGo}.`);
  const warm = join(moduleCache, `github.com/pulumi/pulumi/pkg/v3@v${pulumiVersion}`);
  if (await exists(warm)) return env;
  return {
    ...env,
    GOMODCACHE: join(own, "modules"),
    GOCACHE: join(own, "objects"),
    GOFLAGS: `${env.GOFLAGS ?? ""} -modcacherw`,
  };
}

function ownGoFolder(): string {
  return join(cacheFolder(), "go");
}

function isOlder(goVersion: string): boolean {
  const parts = goVersion
    .replace(/^go/, "")
    .split(/[.\s-]/)
    .map(Number);
  for (const [index, wanted] of minimumGo.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
