import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
/** A package with a dependency, for what looks at packages. */
const folder = mkdtempSync(join(tmpdir(), "strata-lean-"));
mkdirSync(join(folder, "node_modules/part"), { recursive: true });
const manifest = (name: string, more: object = {}) => JSON.stringify({ name, version: "1.0.0", ...more });
writeFileSync(join(folder, "package.json"), manifest("whole", { dependencies: { part: "1.0.0" } }));
writeFileSync(join(folder, "node_modules/part/package.json"), manifest("part"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a program prints that was loaded as the engine's programs are: with `tools/lean-sdk.cjs` before it. */
function printed(program: string, env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(
    join(root, "node_modules/.bin/node"),
    ["--no-warnings", "--require", join(root, "tools/lean-sdk.cjs"), "--input-type=module", "--eval", program],
    { cwd: root, encoding: "utf8", env: { ...process.env, ...env } },
  ).trim();
}

// What lies behind a lazily loaded module must be all of it, however the SDK asks for it.
test("what the SDK loads only at its first use is there when it is used", () => {
  const program = `
    import { runtime } from "@pulumi/pulumi";
    const { text } = await runtime.serializeFunction(() => "a function in the cloud");
    process.chdir(${JSON.stringify(folder)});
    const paths = await runtime.computeCodePaths();
    console.log(text.includes("a function in the cloud"), [...paths.keys()].join());
  `;
  expect(printed(program)).toBe("true node_modules/part");
});

test("nothing of it is loaded before", () => {
  const program = `
    import { createRequire } from "node:module";
    import "@pulumi/pulumi";
    const loaded = Object.keys(createRequire(import.meta.url).cache).join();
    console.log(/typescript.js|@npmcli|normalize-package-data|@opentelemetry/.test(loaded));
  `;
  expect(printed(program)).toBe("false");
  expect(printed(program, { TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" })).toBe("true");
});

test("zod still says in English what is wrong", () => {
  const program = `
    import { z } from "zod";
    console.log(z.number().safeParse("two").error.issues[0].message);
  `;
  expect(printed(program)).toMatch(/expected number, received string/);
});
