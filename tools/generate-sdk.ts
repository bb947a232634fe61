/**
 * Makes the SDK of each provider, `sdks/<name>`, from its schema with Pulumi's own generator (tools/gensdk). `--check` generates
 * beside it and compares; where Go is missing it compares the recorded hash of the schema instead, and says so.
 */
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providerNames, schemaPath } from "./providers.ts";
import { exists, makeFolderOnce } from "./toolchain/cache.ts";
import { GoMissing, withGo } from "./toolchain/go.ts";
import { cacheFolder, platform, repoRoot } from "./toolchain/layout.ts";
import { step } from "./toolchain/progress.mjs";
import { run } from "./toolchain/run.ts";

/** Says from which schema the SDK was made, for machines that cannot make it again. */
const schemaMark = "schema.sha256";
/** What in the SDK's folder is not the generator's. */
const ownEntries = new Set(["bin", "node_modules"]);

interface Sdk {
  readonly name: string;
  /** Path of the schema it is made from. */
  readonly schema: string;
  readonly folder: string;
}

const checkOnly = process.argv.includes("--check");
for (const name of providerNames()) {
  const sdk = { name, schema: join(repoRoot, schemaPath(name)), folder: join(repoRoot, "sdks", name) };
  const fresh = await mkdtemp(join(tmpdir(), "strata-sdk-"));
  try {
    await generate(sdk, fresh);
    if (checkOnly) await compare(sdk, fresh);
    else await replace(sdk, fresh);
  } catch (error) {
    if (!(error instanceof GoMissing && checkOnly)) throw error;
    await compareMark(sdk, error.message);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function generate({ schema }: Sdk, folder: string): Promise<void> {
  const result = await run(await generator(), [schema, folder]);
  if (result.code !== 0) throw new Error(result.stderr.trim());
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  // The work tree compiles it (tools/toolchain/sdk.ts); the generator's own build step and compiler are not used.
  const { scripts: _scripts, devDependencies: _compiler, ...rest } = manifest;
  const complete = { ...rest, main: "bin/index.js", types: "bin/index.d.ts" };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(complete, null, 2)}\n`);
  await writeFile(join(folder, schemaMark), `${await hashOf(schema)}\n`);
  for (const name of [".gitignore", ".gitattributes"]) await rm(join(folder, name), { force: true });
}

/** The compiled generator, in the cache folder under the hash of what it is made of. */
async function generator(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of ["gensdk/main.go", "go.sum"]) hash.update(await readFile(join(repoRoot, "tools", name)));
  const folder = join(cacheFolder(), `gensdk-${hash.digest("hex").slice(0, 16)}-${platform}`);
  const command = join(folder, "gensdk");
  if (await exists(command)) return command;
  await withGo((build) =>
    makeFolderOnce(folder, (draft) =>
      step("Building the SDK generator", (report) => build("./gensdk", join(draft, "gensdk"), { report })),
    ),
  );
  return command;
}

async function replace({ folder: sdk }: Sdk, folder: string): Promise<void> {
  await mkdir(sdk, { recursive: true });
  for (const name of await readdir(sdk)) {
    if (!ownEntries.has(name)) await rm(join(sdk, name), { recursive: true });
  }
  await cp(folder, sdk, { recursive: true });
}

async function compare(sdk: Sdk, folder: string): Promise<void> {
  const [wanted, present] = [await listFiles(folder), await listFiles(sdk.folder)];
  const differing: string[] = [];
  for (const name of new Set([...wanted, ...present])) {
    const [left, right] = [join(folder, name), join(sdk.folder, name)];
    const same = (await exists(left)) && (await exists(right)) && (await readFile(left)).equals(await readFile(right));
    if (!same) differing.push(name);
  }
  if (differing.length > 0) fail(sdk, `these files differ: ${differing.join(", ")}`);
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !ownEntries.has(name.split("/")[0] ?? ""));
}

async function compareMark(sdk: Sdk, reason: string): Promise<void> {
  console.error(`${reason} Without it only the recorded hash of the ${sdk.name} schema is compared.`);
  const recorded = await readFile(join(sdk.folder, schemaMark), "utf8").catch(() => "");
  if (recorded.trim() !== (await hashOf(sdk.schema))) fail(sdk, "the schema has changed since");
}

async function hashOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

function fail({ name }: Sdk, why: string): void {
  console.error(`sdks/${name} is not what ${schemaPath(name)} says (${why}): run \`npm run generate\`.`);
  process.exitCode = 1;
}
