import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { recordsShown } from "../../policies/core/record.ts";
import { pulumiEnv } from "../../tools/pulumi.ts";
import { repoRoot } from "../../tools/toolchain/layout.ts";

/** The file for `--policy-pack-config` that deployments of the site are held to, where it has one. */
export const policyConfig = "STRATA_POLICY_CONFIG";

/**
 * What the engine tells of a stack: its state, secrets encrypted, and what the policy pack says of it. The program does not
 * run, no provider is called, nothing changes.
 * @param base may name the pack's configuration, see `policyConfig`
 * @throws where the stack is not there
 */
export async function askEngine(
  stack: string,
  base: NodeJS.ProcessEnv,
): Promise<{ exported: string; analysis: string }> {
  const words = ["stack", "export", "--stack", stack];
  const { code, out, errors } = await pulumi(words, base);
  if (code !== 0) throw new Error(`the state of ${stack} could not be read: ${errors.trim()}`);
  const pack = join(repoRoot, "policies");
  // A violation is an exit code too, so it tells nothing: the pack itself says in its records whether it ran.
  const file = base[policyConfig];
  const config = file ? ["--policy-pack-config", resolve(file)] : [];
  const analysis = await pulumi(["policy", "analyze", "--stack", stack, "--policy-pack", pack, ...config, "--json"], {
    ...base,
    [recordsShown]: "shown",
  });
  return { exported: out, analysis: `${analysis.out}\n${analysis.errors}` };
}

async function pulumi(words: string[], base: NodeJS.ProcessEnv) {
  const { command, env } = await pulumiEnv(base, words);
  const child = spawn(command, ["--color", "never", "--non-interactive", ...words], {
    cwd: repoRoot,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const [code] = await once(child, "close");
  return { code: code as number | null, out, errors };
}
