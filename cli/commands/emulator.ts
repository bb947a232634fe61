import { resolve } from "node:path";
import { ceph } from "../ceph.ts";
import { cloudEnvironment, findCloud, resetCloud, type StartOptions, startCloud, stopCloud } from "../cloud.ts";
import { parseWords, UsageError } from "../usage.ts";

const known = {
  json: { type: "boolean" },
  latency: { type: "string" },
  seed: { type: "string" },
  port: { type: "string" },
  flavor: { type: "string" },
  fresh: { type: "boolean" },
  ceph: { type: "boolean" },
  "ceph-seed": { type: "string" },
} as const;

/** `strata emulator start|stop|status|reset|env`: the embedded cloud of this work tree, and its Ceph where that is asked for. */
export async function emulator(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, known);
  const [action, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`"emulator ${action}" takes no further words, got "${more.join(" ")}"`);
  const { json, ceph: withCeph, "ceph-seed": cephSeed, ...options } = values;
  const deaf = Object.keys(values).find((option) => (option === "json" ? action !== "status" : action !== "start"));
  if (deaf !== undefined) throw new UsageError(`"emulator ${action ?? ""}" does not take --${deaf}`);
  switch (action) {
    case "start":
      await start(options);
      if (withCeph || cephSeed !== undefined) await startCeph(cephSeed, options.fresh);
      return 0;
    case "stop":
      say(
        (await stopCloud()) ? "the embedded cloud is stopped; its state is kept" : "the embedded cloud was not running",
      );
      if (await ceph.stop()) say("the embedded Ceph is stopped; its state is kept");
      return 0;
    case "status":
      return await status(json === true);
    case "reset":
      await resetCloud();
      say("the embedded cloud is as seeded");
      if (await ceph.reset()) say("the embedded Ceph is as seeded");
      say("stacks that stood on it see that with: npx pulumi up --refresh -s <stack>");
      return 0;
    case "env":
      return await env();
    default:
      throw new UsageError(`"emulator" takes start, stop, status, reset or env, got "${action ?? ""}"`);
  }
}

async function start({ seed, ...options }: StartOptions): Promise<void> {
  const { endpoint, started } = await startCloud({ ...options, ...(seed !== undefined && { seed: fileOrName(seed) }) });
  say(`the embedded cloud ${started ? "answers" : "was running already"} at ${endpoint.apiUrl}`);
}

/** The emulator runs in a folder of its own, where a path from here leads elsewhere. */
function fileOrName(seed: string): string {
  return /[./\\]/.test(seed) ? resolve(seed) : seed;
}

async function startCeph(seed: string | undefined, fresh: boolean | undefined): Promise<void> {
  const { endpoint, started } = await ceph.start({ seed }, fresh);
  say(`the embedded Ceph ${started ? "answers" : "was running already"} at ${endpoint.urls.join(", ")}`);
}

/** Exit code 0 when it runs, 3 when not, as `systemctl status` has it. */
async function status(json: boolean): Promise<number> {
  const endpoint = await findCloud();
  const storage = await ceph.find();
  const beside = storage === undefined ? {} : { ceph: { running: true, ...storage } };
  if (json) say(JSON.stringify({ running: endpoint !== undefined, ...endpoint, ...beside }, undefined, 2));
  else if (endpoint === undefined) say("the embedded cloud is not running");
  else say(`the embedded cloud runs since ${endpoint.startedAt} (process ${endpoint.pid}) at ${endpoint.apiUrl}`);
  if (storage !== undefined && !json) {
    say(`the embedded Ceph runs since ${storage.startedAt} (process ${storage.pid}) at ${storage.urls.join(", ")}`);
  }
  return endpoint === undefined ? 3 : 0;
}

/** For `eval "$(npx strata emulator env)"`: every tool of that shell then talks to the embedded cloud. */
async function env(): Promise<number> {
  const endpoint = await findCloud();
  if (endpoint === undefined)
    throw new Error("the embedded cloud is not running: start it with `strata emulator start`");
  const settings = { ...cloudEnvironment(endpoint), ...(await ceph.find())?.env };
  for (const [name, value] of Object.entries(settings)) say(`export ${name}='${value}'`);
  return 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
