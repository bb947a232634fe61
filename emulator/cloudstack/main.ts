import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pid } from "node:process";
import { parseArgs } from "node:util";
import type { LatencyMode } from "./models/latency.ts";
import type { Seed } from "./seed.ts";
import { type CloudSeedName, cloudSeeds, isSeedName } from "./seeds/seeds.ts";
import { type EmulatorOptions, startEmulator } from "./server.ts";

const usage = `usage: node emulator/cloudstack/main.ts [--port N] [--state DIR] [--seed NAME|FILE.yaml] [--latency real|fast|none] [--strict true|false] [--signature sha1|sha256|both] [--flavor cloudstack|mold]`;

async function readOptions(): Promise<EmulatorOptions> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      state: { type: "string" },
      seed: { type: "string" },
      latency: { type: "string", default: "real" },
      strict: { type: "string", default: "true" },
      signature: { type: "string" },
      flavor: { type: "string", default: "cloudstack" },
    },
  });
  return {
    port: Number(values.port),
    latency: latencyMode(values.latency),
    strict: values.strict !== "false",
    flavor: flavorNamed(values.flavor),
    ...(values.signature === undefined ? {} : { signatures: signatures(values.signature) }),
    ...(values.state === undefined ? {} : { stateDir: values.state }),
    ...(values.seed === undefined ? {} : { seed: await seedFrom(values.seed) }),
  };
}

/** The reader of seed files is only loaded for one: a start without is faster by it. @throws for neither name nor file */
async function seedFrom(path: string): Promise<CloudSeedName | Seed> {
  if (isSeedName(path)) return path;
  if (!existsSync(path)) {
    const names = Object.keys(cloudSeeds).join(", ");
    throw new Error(`--seed ${path}: there is neither a seed of this name nor such a file. Names are ${names}`);
  }
  const { readSeed } = await import("./seed-file.ts");
  return readSeed(path);
}

function signatures(text: string): NonNullable<EmulatorOptions["signatures"]> {
  if (text === "both") return ["sha1", "sha256"];
  if (text === "sha1" || text === "sha256") return [text];
  throw new Error(usage);
}

function flavorNamed(text: string): NonNullable<EmulatorOptions["flavor"]> {
  if (text === "cloudstack" || text === "mold") return text;
  throw new Error(usage);
}

function latencyMode(text: string): LatencyMode {
  if (text === "real" || text === "fast" || text === "none") return text;
  throw new Error(usage);
}

/** @throws when another process already serves this state folder */
async function checkAlone(folder: string): Promise<void> {
  const path = join(folder, "endpoint.json");
  if (!existsSync(path)) return;
  const { pid: other, controlUrl } = JSON.parse(readFileSync(path, "utf8")) as { pid: number; controlUrl: string };
  const answers = await fetch(`${controlUrl}/calls`).then(
    () => true,
    () => false,
  );
  if (answers) throw new Error(`process ${other} already serves ${folder}`);
}

/** Tells other processes where the emulator listens; the file appears whole or not at all. */
function writeEndpoint(folder: string, content: object): string {
  const path = join(folder, "endpoint.json");
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}

const options = await readOptions();
if (options.stateDir) await checkAlone(options.stateDir);
const { apiUrl, controlUrl, apiKey, secretKey, close } = await startEmulator(options);
const startedAt = new Date().toISOString();
const endpoint = options.stateDir
  ? writeEndpoint(options.stateDir, { pid, apiUrl, controlUrl, apiKey, secretKey, startedAt })
  : undefined;
console.log(`embedded CloudStack at ${apiUrl}`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    if (endpoint) rmSync(endpoint, { force: true });
    void close().then(() => process.exit(0));
  });
}
