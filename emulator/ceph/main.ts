import { parseArgs } from "node:util";
import { announce, checkAlone, serveOrSay } from "../endpoint.ts";
import { releases } from "./models/release.ts";
import { cephSeeds } from "./seed.ts";
import { type CephEmulatorOptions, startCephEmulator } from "./server.ts";

const usage =
  "usage: node emulator/ceph/main.ts [--state DIR] [--seed default|enterprise] [--managers N] [--port N,N…] [--control-port N] [--release reef|squid|tentacle] [--strict true|false]";

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

await serveOrSay(async () => {
  const options = readOptions();
  await checkAlone(options.stateFolder);
  const emulator = await startCephEmulator(options);
  announce(emulator, options.stateFolder);
  console.log(`embedded Ceph dashboards at ${emulator.urls.join(", ")}`);
});
