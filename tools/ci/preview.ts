import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startCephEmulator } from "../../emulator/ceph/server.ts";
import { isSeedName } from "../../emulator/cloudstack/seeds/seeds.ts";
import { startEmulator } from "../../emulator/cloudstack/server.ts";
import { repoRoot } from "../toolchain/layout.ts";
import type { Base } from "./base.ts";
import { engineWith, policyWords, say } from "./engine.ts";

/** Every profile that comes with the program. */
export function builtInProfiles(): string[] {
  const files = readdirSync(join(repoRoot, "profiles")).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => file.slice(0, -".yaml".length)).sort();
}

/**
 * Previews profiles, each against an embedded cloud and Ceph of its own, held to the policy pack. State and passphrase are
 * thrown away. Needs no secret and no network.
 * @param folder where the engine's event logs go
 * @param base what is deployed before, so that replacements and deletions show; nothing where absent
 * @returns the event logs, in the order of the profiles
 */
export async function previewProfiles(profiles: readonly string[], folder: string, base?: Base): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const logs: string[] = [];
  for (const profile of profiles) logs.push(await previewProfile(profile, folder, base));
  return logs;
}

async function previewProfile(profile: string, folder: string, base: Base | undefined): Promise<string> {
  say(`── ${profile}`);
  const log = join(folder, `${profile}.jsonl`);
  const scratch = mkdtempSync(join(tmpdir(), "strata-preview-"));
  const cloud = await startEmulator({ latency: "none", seed: isSeedName(profile) ? profile : "default" });
  const ceph = await startCephEmulator({ seed: "enterprise" });
  const settings = {
    ...ceph.env,
    CLOUDSTACK_API_URL: cloud.apiUrl,
    CLOUDSTACK_API_KEY: cloud.apiKey,
    CLOUDSTACK_SECRET_KEY: cloud.secretKey,
    PULUMI_BACKEND_URL: pathToFileURL(scratch).href,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(scratch, "passphrase"),
  };
  try {
    writeFileSync(join(scratch, "passphrase"), "of a preview only");
    const stack = `preview-${profile}`;
    const config = join(scratch, `Pulumi.${stack}.yaml`);
    writeFileSync(config, JSON.stringify({ config: { "strata:profile": profile } }));
    const words = ["--stack", stack, "--config-file", config, "--suppress-outputs"];
    const engine = await engineWith(settings);
    await engine.run("stack", "init", "--stack", stack, "--no-select");
    // `init` takes no --config-file and leaves one in the program's folder.
    rmSync(join(repoRoot, `Pulumi.${stack}.yaml`), { force: true });
    if (base?.has(profile)) {
      const before = await engineWith(settings, base.folder);
      const code = await before.run("up", "--yes", "--skip-preview", ...words);
      if (code !== 0) say(`${profile} of the base could not be deployed: what follows starts from what was`);
    }
    await engine.run("preview", ...words, ...policyWords(), "--event-log", log);
    return log;
  } finally {
    await cloud.close();
    await ceph.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}
