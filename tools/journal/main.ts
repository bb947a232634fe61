/** `main.ts FOLDER PID`: the state service of one engine, as a process of its own that ends after that engine. */
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../state-folder.ts";
import { startStateService } from "./service.ts";

const checkEveryMs = 100;

const [folder = "", engine = ""] = process.argv.slice(2);
const service = await startStateService(folder);
// The one line that the engine's starter waits for; from then on nobody listens.
process.stdout.write(`${JSON.stringify(service.env)}\n`);
while (await isAlive(Number(engine))) await sleep(checkEveryMs);
await service.close();
