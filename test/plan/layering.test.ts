import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../../src");

function importsOf(folder: string): [file: string, imported: string][] {
  return readdirSync(join(src, folder))
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const text = readFileSync(join(src, folder, name), "utf8");
      return [...text.matchAll(/from "(.+)"/g)].map(([, imported = ""]): [string, string] => [
        `${folder}/${name}`,
        imported,
      ]);
    });
}

test("what decides knows nothing of Pulumi; only config/load.ts reads its configuration", () => {
  const pulumi = ["config", "plan", "guests", "kit"]
    .flatMap(importsOf)
    .filter(([, imported]) => imported.startsWith("@pulumi/"));
  expect(pulumi.map(([file]) => file)).toEqual(["config/load.ts"]);
});

test("what builds reads no configuration: it is told everything by the plan", () => {
  const config = ["layers", "parts"].flatMap(importsOf).filter(([, imported]) => imported.includes("/config/"));
  expect(config).toEqual([]);
});
