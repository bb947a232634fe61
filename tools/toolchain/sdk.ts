import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript/package.json" with { type: "json" };
import { exists, withLock } from "./cache.ts";
import { repoRoot, runFolder } from "./layout.ts";
import { step } from "./progress.mjs";
import { run } from "./run.ts";

// Maps cost time at every start and lead only into generated code.
const compilerOptions = ["--sourceMap", "false", "--declarationMap", "false"];

/** Compiles the generated SDKs where that is not done yet. */
export async function compileSdks(): Promise<void> {
  for (const name of await readdir(join(repoRoot, "sdks"))) await compileSdk(name);
}

/**
 * Compiles a generated SDK into its `bin` folder, unless that already holds the result of the very same sources.
 * @param name folder below `sdks/`
 */
async function compileSdk(name: string): Promise<void> {
  const folder = join(repoRoot, "sdks", name);
  // Named after its sources, so that looking whether there is anything to do is looking for one file.
  const mark = join(folder, "bin", `compiled-${await sourceHash(folder)}`);
  if (await exists(mark)) return;
  await mkdir(runFolder, { recursive: true });
  await withLock(join(runFolder, `sdk-${name}.lock`), async () => {
    if (await exists(mark)) return;
    const draft = join(runFolder, `sdk-${name}`);
    await rm(draft, { recursive: true, force: true });
    await step(`Compiling the ${name} SDK`, () => compile(folder, draft));
    await rm(join(folder, "bin"), { recursive: true, force: true });
    await rename(draft, join(folder, "bin"));
    await writeFile(mark, "");
  });
}

async function compile(folder: string, output: string): Promise<void> {
  const compiler = join(repoRoot, "node_modules/typescript/bin/tsc");
  const result = await run(process.execPath, [compiler, "-p", folder, "--outDir", output, ...compilerOptions]);
  if (result.code !== 0) throw new Error(`the SDK in ${folder} does not compile:\n${result.stdout.trim()}`);
  // The SDK reads its own version at run time.
  await copyFile(join(folder, "package.json"), join(output, "package.json"));
}

async function sourceHash(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const hash = createHash("sha256").update(ts.version);
  for (const name of names.sort()) {
    if (name.startsWith("bin") || !/\.(ts|json)$/.test(name)) continue;
    hash.update(`${name}\n`).update(await readFile(join(folder, name)));
  }
  return hash.digest("hex").slice(0, 16);
}
