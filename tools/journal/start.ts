/** The state service of an engine that this process is about to become. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Operations that change what is deployed; everything else asks the folder itself. */
const changing = new Set(["up", "update", "destroy", "down", "refresh", "import"]);

/** Flags of every command whose value is a word of its own; they may stand before the command. */
const valued = new Set(["-s", "--stack", "-C", "--cwd", "-v", "--verbose", "--color", "--tracing", "--profiling"]);

/** The command among the CLI's words. */
export function commandOf(words: readonly string[]): string | undefined {
  return words.find((word, index) => !word.startsWith("-") && !valued.has(words[index - 1] ?? ""));
}

/** Whether the CLI's words start an operation that changes what is deployed. */
export function changesSomething(words: readonly string[]): boolean {
  return changing.has(commandOf(words) ?? "");
}

/**
 * `.pulumi` of the backend if a run is to keep a journal: where the user asks for one (`STRATA_STATE=journal`), for
 * operations that change something, on a state folder of plain JSON.
 */
export function journalFolder(env: NodeJS.ProcessEnv, words: readonly string[]): string | undefined {
  const wish = env.STRATA_STATE ?? "folder";
  if (wish !== "folder" && wish !== "journal") {
    throw new Error(`STRATA_STATE is "${wish}": it may be "folder" (the default) or "journal"`);
  }
  if (wish === "folder" || !changesSomething(words)) return undefined;
  const { PULUMI_BACKEND_URL: url = "" } = env;
  if (!isPlainFolder(env)) {
    throw new Error(`STRATA_STATE=journal needs a state folder without compression, and the backend is ${url}`);
  }
  return join(fileURLToPath(url), ".pulumi");
}

function isPlainFolder(env: NodeJS.ProcessEnv): boolean {
  const { PULUMI_BACKEND_URL: url = "", PULUMI_DIY_BACKEND_GZIP: gzip, PULUMI_DIY_BACKEND_ZSTD: zstd } = env;
  return url.startsWith("file:///") && !gzip && !zstd;
}

/** From about 15 tenants on; below it the folder costs seconds. */
const largeBytes = 1_000_000;

/** What to tell a user who waits for the file backend without having chosen it. */
export async function adviceOnState(env: NodeJS.ProcessEnv, words: readonly string[]): Promise<string[]> {
  if (env.STRATA_STATE !== undefined || !isPlainFolder(env)) return [];
  const folder = journalFolder({ ...env, STRATA_STATE: "journal" }, words);
  if (folder === undefined) return [];
  const largest = await largestState(dirname(folder));
  if (largest < largeBytes) return [];
  const size = `${(largest / 1_000_000).toFixed(1)} MB`;
  return [
    `the state is written whole at each step, ${size} each time: STRATA_STATE=journal is faster (docs/decisions/state-journal.md)`,
  ];
}

/** Bytes of the largest state below a state folder. */
export async function largestState(folder: string): Promise<number> {
  const stacks = join(folder, ".pulumi/stacks");
  const files = (await readdir(stacks, { recursive: true }).catch(() => [])).filter((file) => file.endsWith(".json"));
  return Math.max(0, ...(await Promise.all(files.map(async (file) => (await stat(join(stacks, file))).size))));
}

/**
 * Starts a service as a process of its own, which lives as long as process `engine`, also when that is killed.
 * @returns the environment in which the engine uses it
 */
export async function startServiceProcess(
  folder: string,
  engine: number,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  const words = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "main.ts"), folder, String(engine)];
  // Apart from the terminal's signals: Ctrl-C is for the engine, which then has more to write.
  const child = spawn(process.execPath, words, { env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface(child.stdout);
  const line = await Promise.race([once(lines, "line"), once(child, "exit").then(() => undefined)]);
  if (line === undefined) throw new Error("The state service did not start.");
  lines.close();
  child.unref();
  return JSON.parse(line[0] as string) as Record<string, string>;
}
