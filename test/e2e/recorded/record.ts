/** Records a deployed demo-cpu: the stack's state and the embedded cloud's. README.md says when to run it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../../emulator/cloudstack/server.ts";
import { Cloud } from "../../support/cloud.ts";
import { EngineStack } from "../../support/engine.ts";
import { cloudStateFile, stackName, writeRecorded } from "./files.ts";

const stateDir = mkdtempSync(join(tmpdir(), "strata-recording-"));
const emulator = await startEmulator({ latency: "none", stateDir });
const stack = new EngineStack({ env: Cloud.at(emulator).env, stack: stackName, passphrase: true });
try {
  const { code, text } = await stack.up();
  if (code !== 0) throw new Error(`demo-cpu could not be deployed:\n${text}`);
  writeRecorded("stack", withoutPlaces(await stack.exportState()));
} finally {
  await emulator.close();
}
writeRecorded("cloud", readFileSync(join(stateDir, cloudStateFile), "utf8"));
rmSync(stateDir, { recursive: true });
stack.remove();

/** Without what tells where the recording machine keeps the program. */
function withoutPlaces(state: unknown): string {
  const places = new Set(["sourcePosition", "stackTrace"]);
  return JSON.stringify(state, (key, value) => (places.has(key) ? undefined : value));
}
