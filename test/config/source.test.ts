import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";

/** Where configuration comes from: files wherever one stands, and YAML that people write. */

const folder = mkdtempSync(join(tmpdir(), "strata-source-"));
const root = join(import.meta.dirname, "../..");
const demo = loadProfile({ profile: "demo-cpu" });

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Something done in another folder. */
function within<T>(there: string, act: () => T): T {
  const here = process.cwd();
  process.chdir(there);
  try {
    return act();
  } finally {
    process.chdir(here);
  }
}

test("overrides in which everything is commented out change nothing", () => {
  for (const environment of ["# platform: { environment: prod }\n", "---\n", "null"]) {
    expect(loadProfile({ profile: "demo-cpu", environment })).toEqual(demo);
  }
  expect(loadProfile({ profile: "demo-cpu", overrides: null })).toEqual(demo);
});

test("overrides that are no map are told as a whole", () => {
  expect(() => loadProfile({ profile: "demo-cpu", environment: "- platform" })).toThrow(
    '1. the whole = ["platform"]  (STRATA_OVERRIDES)\n     rule: a map',
  );
});

test("a profile and its overrides are found from the folder that one stands in", () => {
  writeFileSync(join(folder, "site.yaml"), readFileSync(join(root, "profiles/demo-cpu.yaml")));
  writeFileSync(join(folder, "over.yaml"), "infrastructure: { zone: 수원 }\n");
  const load = () => loadProfile({ profile: "site.yaml", environment: "over.yaml" });
  expect(within(folder, load).infrastructure.zone).toBe("수원");
});

test("files of the work tree are found from its root wherever the program is started", () => {
  // The engine starts the program in the folder of its first file.
  const load = () => loadProfile({ profile: "profiles/demo-cpu.yaml", environment: "profiles/demo-cpu.yaml" });
  expect(within(join(root, "src"), load)).toEqual(demo);
});

test("a file that is not there is told with every place that was looked at", () => {
  const load = (options: { profile: string; environment?: string }) => () => within(folder, () => loadProfile(options));
  const places = (name: string) => new RegExp(`there is no \\S*strata-source-\\S*/${name} and no ${root}/${name}`);
  expect(load({ profile: "suwon.yaml" })).toThrow(places("suwon.yaml"));
  expect(load({ profile: "demo-cpu", environment: "suwon.yaml" })).toThrow(places("suwon.yaml"));
});

test("a text that is not in UTF-8 is refused, for its names would reach the server as something else", () => {
  const file = join(folder, "cp949.yaml");
  const suwon = [0xbc, 0xf6, 0xbf, 0xf8, 0xbd, 0xc3];
  writeFileSync(file, Buffer.from([...Buffer.from("tenants: { a: { name: "), ...suwon, ...Buffer.from(" } }\n")]));
  expect(() => loadProfile({ profile: "demo-cpu", environment: file })).toThrow(/a text in UTF-8\s+remedy: .*CP949/);
  expect(() => loadProfile({ profile: file })).toThrow("a text in UTF-8");
  const marked = "\uFEFFinfrastructure: { zone: 수원 }\r\n";
  writeFileSync(join(folder, "bom.yaml"), marked);
  const { infrastructure } = loadProfile({ profile: "demo-cpu", environment: join(folder, "bom.yaml") });
  expect(infrastructure.zone).toBe("수원");
});

test("what is there and is no file is a mistake, and no crash", () => {
  mkdirSync(join(folder, "folder.yaml"));
  expect(() => loadProfile({ profile: join(folder, "folder.yaml") })).toThrow(/a file that can be read: EISDIR/);
});

test("aliases of no anchor are told with their lines, all of them", () => {
  const environment = "platform: *none\nedge:\n  machines: *nothing\n";
  expect(() => loadProfile({ profile: "demo-cpu", environment })).toThrow(
    /2 mistakes[\s\S]*"\*none" {2}\(STRATA_OVERRIDES:1\)[\s\S]*"\*nothing" {2}\(STRATA_OVERRIDES:3\)/,
  );
});

test("aliases that grow without end are a mistake, and no crash", () => {
  const rows = ["a: &a [x,x,x,x,x,x,x,x,x,x]"];
  for (const [from, to] of ["ab", "bc", "cd"]) rows.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(",")}]`);
  expect(() => loadProfile({ profile: "demo-cpu", environment: rows.join("\n") })).toThrow("Excessive alias count");
});
