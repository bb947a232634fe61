import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { defaultSeed } from "../../emulator/cloudstack/seed.ts";
import { readSeed } from "../../emulator/cloudstack/seed-file.ts";
import { cloudSeeds } from "../../emulator/cloudstack/seeds/seeds.ts";

const folder = mkdtempSync(join(tmpdir(), "seed-"));
const path = join(folder, "seed.yaml");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(seed: object): string {
  writeFileSync(path, stringify(seed, { aliasDuplicateObjects: false }));
  return path;
}

it.each(Object.entries(cloudSeeds))("reads back what the seed %s says", (_name, seed) => {
  expect(readSeed(written(seed))).toEqual(seed);
});

it("names every mistake with its place", () => {
  const wrong = { ...defaultSeed, hosts: [], colour: "blue", physicalNetwork: { name: "p", vlans: "5" } };
  expect(() => readSeed(written(wrong))).toThrow(
    /hosts: .*\n {2}physicalNetwork\.vlans: must be like 500-1000\n {2}\(whole file\): .*colour/,
  );
});
