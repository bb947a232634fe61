import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pulumiEnv } from "../../tools/pulumi.ts";

const root = join(import.meta.dirname, "../..");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "strata-surroundings-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An official installation that says its version, and to any other words what it is told to. @returns its folder */
function installation(answer = 'echo "$PULUMI_BACKEND_URL"'): string {
  const bin = join(folder, "official");
  const scripts = {
    pulumi: `[ "$1" = version ] && echo v3.300.0 || ${answer}`,
    "pulumi-language-nodejs": "",
  };
  mkdirSync(bin, { recursive: true });
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

test("a proxy in the environment is not asked for what is on this machine", async () => {
  const server = new Server();
  const port = await promisify<string, ServerCredentials, number>(server.bindAsync.bind(server))(
    "127.0.0.1:0",
    ServerCredentials.createInsecure(),
  );
  const call = `import { Client, credentials } from "@grpc/grpc-js";
      const client = new Client("127.0.0.1:${port}", credentials.createInsecure());
      client.waitForReady(Date.now() + 5_000, (error) => process.exit(error === undefined ? 0 : 1));`;
  const nowhere = { http_proxy: "http://127.0.0.1:9", https_proxy: "http://127.0.0.1:9", no_proxy: "city.example" };
  try {
    const { env } = await pulumiEnv({ PATH: installation(), HOME: folder, PULUMI_CONFIG_PASSPHRASE: "", ...nowhere });
    expect(env).toMatchObject(nowhere);
    const child = spawn(process.execPath, ["--input-type=module", "--eval", call], { cwd: root, env });
    expect((await once(child, "exit"))[0]).toBe(0);
  } finally {
    server.forceShutdown();
  }
});

test("the state may lie in a folder of any name", () => {
  const runFolder = join(folder, "수원 시 #1, 100%25?");
  const env = {
    ...process.env,
    PATH: `${installation()}${delimiter}${process.env.PATH}`,
    STRATA_RUN_FOLDER: runFolder,
  };
  const { stdout, stderr } = spawnSync(join(root, "tools/bin/pulumi"), ["stack"], { env, encoding: "utf8" });
  expect(stderr).toBe("");
  const url = new URL(stdout);
  expect([fileURLToPath(url), url.searchParams.get("metadata")]).toEqual([join(runFolder, "state"), "skip"]);
});

test("an import asks for no code where only our language host could write it", () => {
  const bin = installation('echo "$@"');
  const said = (...words: string[]) => {
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, STRATA_RUN_FOLDER: folder };
    return spawnSync(join(root, "tools/bin/pulumi"), words, { env, encoding: "utf8" }).stdout.trim();
  };
  expect(said("import", "type", "name", "id")).toBe("import type name id");
  rmSync(join(bin, "pulumi-language-nodejs"));
  expect(said("-s", "site", "import", "type", "name", "id")).toBe("-s site import type name id --generate-code=false");
  expect(said("import", "--out", "code.ts")).toBe("import --out code.ts");
  expect(said("stack", "import")).toBe("stack import");
});

test("the SDKs are compiled by `npx pulumi` where their sources have changed since", { timeout: 60_000 }, () => {
  const tree = join(folder, "tree");
  const sdk = join(tree, "sdks/small");
  cpSync(join(root, "tools"), join(tree, "tools"), { recursive: true });
  for (const file of ["package.json", "Pulumi.yaml"]) cpSync(join(root, file), join(tree, file));
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  mkdirSync(sdk, { recursive: true });
  writeFileSync(join(sdk, "package.json"), "{}");
  const compilerOptions = { types: [], lib: ["es5"], skipLibCheck: true };
  writeFileSync(join(sdk, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  writeFileSync(join(sdk, "index.ts"), "export const version = 2;");
  const env = { ...process.env, PATH: `${installation()}${delimiter}${process.env.PATH}` };
  mkdirSync(join(sdk, "bin"));
  writeFileSync(join(sdk, "bin/index.js"), "export const version = 1;");
  const compiled = (...words: string[]) => {
    const settings = { ...env, STRATA_RUN_FOLDER: join(tree, ".strata") };
    const run = spawnSync(join(tree, "tools/bin/pulumi"), words, { cwd: tree, env: settings, encoding: "utf8" });
    expect(run.status, run.stderr).toBe(0);
    return readFileSync(join(sdk, "bin/index.js"), "utf8");
  };
  expect(compiled("stack", "ls")).toContain("version = 1");
  expect(compiled("preview")).toContain("version = 2");
});
