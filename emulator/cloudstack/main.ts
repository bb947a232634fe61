import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { announce, checkAlone, serveOrSay } from "../endpoint.ts";
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
    port: portNumbered(values.port),
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

function portNumbered(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`--port ${text}: a port is a number from 0 to 65535, and 0 is any that is free`);
}

function signatures(text: string): NonNullable<EmulatorOptions["signatures"]> {
  if (text === "both") return ["sha1", "sha256"];
  if (text === "sha1" || text === "sha256") return [text];
  throw new Error(`--signature ${text}: it may be sha1, sha256 or both\n${usage}`);
}

function flavorNamed(text: string): NonNullable<EmulatorOptions["flavor"]> {
  if (text === "cloudstack" || text === "mold") return text;
  throw new Error(`--flavor ${text}: it may be cloudstack or mold\n${usage}`);
}

function latencyMode(text: string): LatencyMode {
  if (text === "real" || text === "fast" || text === "none") return text;
  throw new Error(`--latency ${text}: it may be real, fast or none\n${usage}`);
}

await serveOrSay(async () => {
  const options = await readOptions();
  await checkAlone(options.stateDir);
  const emulator = await startEmulator(options);
  announce(emulator, options.stateDir);
  console.log(`embedded CloudStack at ${emulator.apiUrl}`);
});
