import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pid } from "node:process";
import { parseArgs } from "node:util";
import { releases } from "./models/release.ts";
import { cephSeeds } from "./seed.ts";
import { type CephEmulatorOptions, startCephEmulator } from "./server.ts";

const usage =
  "usage: node emulator/ceph/main.ts [--state DIR] [--seed default|enterprise] [--managers N] [--port N,N…] [--control-port N] [--release reef|squid] [--strict true|false]";

function readOptions(): CephEmulatorOptions {
  const { values } = parseArgs({
    options: {
      state: { type: "string" },
      seed: { type: "string", default: "default" },
      managers: { type: "string", default: "2" },
      port: { type: "string", default: "0" },
      "control-port": { type: "string", default: "0" },
      release: { type: "string", default: "squid" },
      strict: { type: "string", default: "true" },
    },
  });
  return {
    seed: oneOf(cephSeeds, values.seed),
    managers: Number(values.managers),
    ports: values.port.split(",").map(Number),
    controlPort: Number(values["control-port"]),
    release: oneOf(releases, values.release),
    strict: values.strict !== "false",
    ...(values.state === undefined ? {} : { stateFolder: values.state }),
  };
}

function oneOf<T extends object>(choices: T, text: string): keyof T {
  if (Object.hasOwn(choices, text)) return text as keyof T;
  throw new Error(`${text} is none of ${Object.keys(choices).join(", ")}\n${usage}`);
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

const options = readOptions();
if (options.stateFolder) await checkAlone(options.stateFolder);
const { close, ...emulator } = await startCephEmulator(options);
const startedAt = new Date().toISOString();
const endpoint = options.stateFolder ? writeEndpoint(options.stateFolder, { pid, ...emulator, startedAt }) : undefined;
console.log(`embedded Ceph dashboards at ${emulator.urls.join(", ")}`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    if (endpoint) rmSync(endpoint, { force: true });
    void close().then(() => process.exit(0));
  });
}
