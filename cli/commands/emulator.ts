import { parseArgs } from "node:util";
import { cloudEnvironment, findCloud, resetCloud, type StartOptions, startCloud, stopCloud } from "../cloud.ts";
import { UsageError } from "../usage.ts";

/** `strata emulator start|stop|status|reset|env`: the embedded cloud of this work tree. */
export async function emulator(words: string[]): Promise<number> {
  const { values, positionals } = parse(words);
  const [action, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`"emulator ${action}" takes no further words, got "${more.join(" ")}"`);
  const { json, ...options } = values;
  switch (action) {
    case "start":
      return await start(options);
    case "stop":
      say(
        (await stopCloud()) ? "the embedded cloud is stopped; its state is kept" : "the embedded cloud was not running",
      );
      return 0;
    case "status":
      return await status(json === true);
    case "reset":
      await resetCloud();
      say("the embedded cloud is as seeded");
      return 0;
    case "env":
      return await env();
    default:
      throw new UsageError(`"emulator" takes start, stop, status, reset or env, got "${action ?? ""}"`);
  }
}

function parse(words: string[]) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        json: { type: "boolean" },
        latency: { type: "string" },
        seed: { type: "string" },
        port: { type: "string" },
        flavor: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function start(options: StartOptions): Promise<number> {
  const { endpoint, started } = await startCloud(options);
  say(`the embedded cloud ${started ? "answers" : "was running already"} at ${endpoint.apiUrl}`);
  return 0;
}

/** Exit code 0 when it runs, 3 when not, as `systemctl status` has it. */
async function status(json: boolean): Promise<number> {
  const endpoint = await findCloud();
  if (json) say(JSON.stringify({ running: endpoint !== undefined, ...endpoint }, undefined, 2));
  else if (endpoint === undefined) say("the embedded cloud is not running");
  else say(`the embedded cloud runs since ${endpoint.startedAt} (process ${endpoint.pid}) at ${endpoint.apiUrl}`);
  return endpoint === undefined ? 3 : 0;
}

/** For `eval "$(npx strata emulator env)"`: every tool of that shell then talks to the embedded cloud. */
async function env(): Promise<number> {
  const endpoint = await findCloud();
  if (endpoint === undefined)
    throw new Error("the embedded cloud is not running: start it with `strata emulator start`");
  for (const [name, value] of Object.entries(cloudEnvironment(endpoint))) say(`export ${name}='${value}'`);
  return 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
