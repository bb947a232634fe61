import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { policyConfig } from "../../cli/audit/engine.ts";
import { pulumiEnv } from "../pulumi.ts";
import { repoRoot } from "../toolchain/layout.ts";

/** The rules that every run in CI is held to, with the site's settings of them where it has some. */
export function policyWords(env: NodeJS.ProcessEnv = process.env): string[] {
  const config = env[policyConfig];
  return ["--policy-pack", "policies", ...(config ? ["--policy-pack-config", resolve(config)] : [])];
}

export interface Engine {
  /** Runs a command to its end, its output shown as it comes. @returns its exit code */
  run(...words: string[]): Promise<number>;
}

/**
 * The real engine, with `settings` on top of the caller's environment.
 * @param program the work tree whose program it runs; default: this one
 */
export async function engineWith(settings: Readonly<Record<string, string>>, program = repoRoot): Promise<Engine> {
  const { command, env, notes } = await pulumiEnv({
    ...process.env,
    // `--event-log` is one of the engine's debugging flags.
    PULUMI_DEBUG_COMMANDS: "true",
    ...settings,
  });
  for (const note of notes) say(note);
  return {
    async run(...words) {
      const child = spawn(command, ["--color", "never", "--non-interactive", ...words], {
        cwd: program,
        env,
        stdio: ["ignore", "inherit", "inherit"],
      });
      const [code] = await once(child, "close");
      return code ?? 1;
    },
  };
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
