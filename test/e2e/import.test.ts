import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resources } from "../../provider/cloudstack/registry.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack, type Run } from "../support/engine.ts";

const program = join(import.meta.dirname, "programs/every-resource");
let cloud: Cloud;
let seeded: Awaited<ReturnType<Cloud["inventory"]>>;
let maker: EngineStack;
let adopter: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start();
  seeded = await cloud.inventory();
  maker = new EngineStack({ env: cloud.env, program, stack: "maker" });
  adopter = new EngineStack({ env: cloud.env, program, stack: "adopter" });
});

afterAll(async () => {
  maker.remove();
  adopter.remove();
  await cloud.close();
});

function succeeded(run: Run): Run {
  expect(run.text).not.toContain("error:");
  expect(run.code).toBe(0);
  return run;
}

test("one resource of every kind is created, previews clean and refreshes without drift", async () => {
  const kinds = new Set(succeeded(await maker.up()).changes.map(({ type }) => type));
  expect([...kinds].sort()).toEqual(
    resources
      .map(({ token }) => token)
      // The emulator's server fetches no images.
      .filter((token) => token !== "cloudstack:compute:Template")
      .sort(),
  );
  expect(succeeded(await maker.preview("--refresh")).changes).toEqual([]);
});

test("all of them are imported by another stack, whose preview is clean without a word of adjustment", async () => {
  const { deployment } = await maker.exportState();
  const made = (deployment.resources ?? [])
    .filter(({ type }) => type.startsWith("cloudstack:"))
    .map(({ urn, type, id }) => ({ type, id, name: urn.slice(urn.lastIndexOf("::") + 2) }));
  const file = join(adopter.folder, "import.json");
  writeFileSync(file, JSON.stringify({ resources: made }));
  await adopter.init();
  const words = ["--yes", "--skip-preview", "--generate-code=false", "--protect=false", "--file", file];
  const { code, text } = await adopter.pulumi(...adopter.words("import"), ...words);
  expect(text).not.toContain("error:");
  expect(code).toBe(0);
  expect(succeeded(await adopter.preview("--refresh")).changes).toEqual([]);
});

test("destroyed by the stack that took them over, they leave nothing behind", async () => {
  // An import knows ids, not who needs whom; the first `up` learns that from the program, and changes nothing else.
  expect(succeeded(await adopter.up()).changes).toEqual([]);
  succeeded(await adopter.destroy());
  const { settings, ...left } = await cloud.inventory();
  expect(left).toEqual(seeded);
  // What it was before nobody can know who did not change it: an adopted setting stays as it is.
  expect(settings).toMatchObject([{ name: "vpc.max.networks", value: "7" }]);
});
