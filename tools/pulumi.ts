import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cleanUpAfterKilled, withoutAttributes } from "./state-folder.ts";
import { createFile, exists } from "./toolchain/cache.ts";
import { hasOfficialLanguageHost, languageHostPath } from "./toolchain/language-host.ts";
import { cacheFolder, leanSdk, nodeBinary, runFolder } from "./toolchain/layout.ts";
import { findPulumi, type PulumiCli } from "./toolchain/pulumi-cli.ts";
import { chooseRandomPlugin, randomStandIn } from "./toolchain/random-plugin.ts";

/** Node's default of 16 MiB for young objects costs 45 MB in all processes of a run and gains nothing here. */
const smallNode = "--max-semi-space-size=4";
const leanNode = `${smallNode} --require ${JSON.stringify(leanSdk)}`;

/** How to call the Pulumi engine. */
export interface PulumiEnv {
  /** Absolute path of the real CLI. */
  command: string;
  env: NodeJS.ProcessEnv;
  /** What the user should know about the engine: locks released, where it comes from and which stand-ins are in use. */
  notes: string[];
  /** Those of the notes that tell what was put right in the state folder: they are said once. */
  repairs: string[];
}

/**
 * The environment in which everything here calls the real Pulumi engine: our Node first on PATH, state and passphrase
 * in the work tree's `.strata` unless the caller has his own, nothing that calls out, and stand-ins for the parts that
 * come only with the official installation, where there is none. What a killed engine or a full disk left in the
 * state folder is put right.
 * @param base the environment to build on
 * @param words the CLI's words, where they are known: with `--debug` the SDK is loaded whole, with its messages
 * @throws when there is no CLI yet, or no language host
 */
export async function pulumiEnv(
  base: NodeJS.ProcessEnv = process.env,
  words: readonly string[] = [],
): Promise<PulumiEnv> {
  const cli = await findPulumi(base);
  if (cli === undefined) throw new Error("The Pulumi CLI is not set up yet: run `npm run setup` first.");

  const officialHost = hasOfficialLanguageHost(cli, base);
  const languageHost = officialHost ? undefined : await languageHostStandIn();
  const random = await chooseRandomPlugin(officialHost, base);
  const node = realpathSync(nodeBinary);
  const path = [dirname(node)];
  // A built engine finds our language host beside itself; an incomplete one of the user's finds it only on PATH.
  if (languageHost !== undefined && cli.source === "path") path.push(dirname(languageHost));
  if (random.onPath) path.push(randomStandIn.folder);
  const backendUrl = withoutAttributes(base.PULUMI_BACKEND_URL ?? pathToFileURL(await localStateFolder()).href);
  const env: NodeJS.ProcessEnv = {
    NODE_COMPILE_CACHE: join(cacheFolder(), "compile"),
    // The engine's default is four per core, but what it starts waits for the server and not for the processor.
    PULUMI_PARALLEL: "32",
    ...(await localPassphrase(base)),
    ...(random.home === undefined ? {} : { PULUMI_HOME: random.home }),
    // The engine logs every run, encrypted, into its home, which is our cache: its default is 500.
    PULUMI_LOG_ROTATION_MAX_TOTAL_MB: "50",
    ...base,
    PULUMI_BACKEND_URL: backendUrl,
    PATH: [...path, base.PATH ?? ""].join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The engine, the program and the plugins talk to each other on this machine; gRPC for Node would ask a proxy for that.
    no_grpc_proxy: "127.0.0.1,localhost",
    NODE_OPTIONS: `${base.NODE_OPTIONS ?? ""} ${isDebugging(words) ? smallNode : leanNode}`.trim(),
    STRATA_NODE: node,
    ...(languageHost === undefined ? {} : { STRATA_LANGUAGE_HOST: languageHost }),
    STRATA_RANDOM_PLUGIN: randomStandIn.main,
  };
  const repairs = await cleanUpAfterKilled(backendUrl);
  return {
    command: cli.command,
    env,
    repairs,
    notes: [...repairs, ...describe(cli, officialHost, random.kind === "official")],
  };
}

/** @throws when set-up has not built it, or not since its sources have changed */
async function languageHostStandIn(): Promise<string> {
  const path = languageHostPath();
  if (await exists(path)) return path;
  throw new Error("The Node language host of this work tree is not built yet: run `npm run setup` first.");
}

function isDebugging(words: readonly string[]): boolean {
  return words.some((word) => word === "--debug" || word === "-d");
}

async function localStateFolder(): Promise<string> {
  const folder = join(runFolder, "state");
  await mkdir(folder, { recursive: true });
  return folder;
}

/** A passphrase of this work tree's own, unless the user says how his secrets are encrypted. */
async function localPassphrase(base: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  if (base.PULUMI_CONFIG_PASSPHRASE !== undefined || base.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined) return {};
  const file = join(runFolder, "passphrase");
  if (!(await exists(file))) await createFile(file, randomBytes(24).toString("base64url"), 0o600);
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

function describe(cli: PulumiCli, officialHost: boolean, officialRandom: boolean): string[] {
  const origin = { path: `from ${cli.command}`, download: "official download", built: "built from its Go module" };
  const missing = [...(officialHost ? [] : ["Node language host"]), ...(officialRandom ? [] : ["random plugin"])];
  const standIn = `stand-in for the official ${missing.join(" and ")}, which this machine does not have`;
  return [`Pulumi ${cli.version}, ${origin[cli.source]}`, ...(missing.length === 0 ? [] : [standIn])];
}
