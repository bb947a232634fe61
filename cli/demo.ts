/**
 * `npm run demo` and `npm run demo:down`: the demo-cpu profile on the embedded cloud, with the real engine.
 * `up` leaves both the cloud and the stack up, so that a second run finds nothing to do.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { pulumiEnv } from "../tools/pulumi.ts";
import { repoRoot } from "../tools/toolchain/layout.ts";
import { cloudEnvironment, findCloud, startCloud, stopCloud } from "./cloud.ts";
import { mindOutput } from "./output.ts";
import { printOutputs } from "./outputs.ts";

const stack = "demo-cpu";

async function up(): Promise<void> {
  const { endpoint, started } = await startCloud();
  say(`embedded cloud ${started ? "started" : "running"} at ${endpoint.apiUrl}`);
  const engine = await pulumi(cloudEnvironment(endpoint));
  await engine(["stack", "select", "--create", stack], "quiet");
  // The cloud may have been reset since: the state alone does not know of it.
  await engine(["up", "--stack", stack, "--yes", "--skip-preview", "--refresh", "--suppress-outputs"]);
  printOutputs(JSON.parse(await engine(["stack", "output", "--stack", stack, "--json"], "quiet")));
  say(`
Both stay up. To look around in this shell:  eval "$(npx strata emulator env)" && npx pulumi preview -s ${stack}
To take it all down:                         npm run demo:down`);
}

async function down(): Promise<void> {
  const endpoint = await findCloud();
  if (endpoint === undefined) return say("the embedded cloud is not running: nothing to take down");
  const engine = await pulumi(cloudEnvironment(endpoint));
  // The cloud may have been started by hand, with nothing deployed on it yet.
  await engine(["stack", "select", "--create", stack], "quiet");
  await engine(["destroy", "--stack", stack, "--yes", "--skip-preview"]);
  await stopCloud();
  say("everything is gone and the embedded cloud is stopped");
}

/** Runs the real engine in the project; resolves to what it printed where asked to be quiet, else shows it live. */
async function pulumi(settings: Record<string, string>) {
  const { command, env, notes } = await pulumiEnv({ ...process.env, ...settings });
  for (const note of notes) say(note);
  return async (words: string[], mode: "live" | "quiet" = "live"): Promise<string> => {
    const child = spawn(command, words, {
      cwd: repoRoot,
      env,
      stdio: ["inherit", mode === "quiet" ? "pipe" : "inherit", "inherit"],
    });
    let printed = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`pulumi ${words[0]} ended with exit code ${code}${printed && `:\n${printed}`}`);
    return printed;
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

mindOutput();
const actions: Record<string, () => Promise<void>> = { up, down };
try {
  const action = actions[process.argv[2] ?? ""];
  if (action === undefined) throw new Error(`demo takes up or down, got "${process.argv[2] ?? ""}"`);
  await action();
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
