import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { announce, checkAlone } from "../endpoint.ts";
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

const options = await readOptions();
await checkAlone(options.stateDir);
const emulator = await startEmulator(options);
announce(emulator, options.stateDir);
console.log(`embedded CloudStack at ${emulator.apiUrl}`);
