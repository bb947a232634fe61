import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

test("npx before the set-up fetches no stranger's package of our commands' names", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "strata-npx-"));
  for (const file of [".npmrc", "package.json"]) cpSync(join(root, file), join(folder, file));
  const asked: string[] = [];
  const registry = createServer(({ url = "" }, response) => {
    asked.push(url);
    const { port } = registry.address() as AddressInfo;
    const dist = { tarball: `http://127.0.0.1:${port}/tarball`, shasum: "0".repeat(40) };
    const version = { name: "pulumi", version: "9.9.9", bin: { pulumi: "run.js" }, dist };
    response.end(JSON.stringify({ name: "pulumi", "dist-tags": { latest: "9.9.9" }, versions: { "9.9.9": version } }));
  }).listen(0, "127.0.0.1");
  try {
    await once(registry, "listening");
    const { port } = registry.address() as AddressInfo;
    const settings = {
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_cache: join(folder, "cache"),
      // A user's own settings may be as careful.
      npm_config_userconfig: join(folder, "no-user"),
      npm_config_globalconfig: join(folder, "no-global"),
    };
    // Without a terminal npx asks nobody: it installs what it finds.
    const child = spawn("npx", ["pulumi", "version"], {
      cwd: folder,
      env: { ...process.env, ...settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
    const [code] = await once(child, "close");
    expect(code).not.toBe(0);
    expect(said).toContain("canceled due to missing packages");
    expect(asked).not.toContain("/tarball");
  } finally {
    registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
