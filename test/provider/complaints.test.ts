/** docs/complaints.md promises a test with the number of each complaint: this compares it with the names of the tests. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const issues = /\b(?:T|xanzy|hashicorp)#\d+/g;
/** The name of a test, or of a group of them; of `each` after the rows. */
const names = /^\s*(?:test|describe|[\])}]).*?\(\s*(["'`])(.*?)\1/gm;

const numbersIn = (text: string): string[] => text.match(issues) ?? [];

const folder = join(import.meta.dirname, "..");

/** The numbers of each test file, by its path in the document. */
const shown = new Map(
  globSync("{provider,e2e}/**/*.test.ts", { cwd: folder }).map((path) => {
    const found = readFileSync(join(folder, path), "utf8").matchAll(names);
    return [path.replace("provider/", ""), [...found].flatMap(([, , name = ""]) => numbersIn(name))] as const;
  }),
);

/** Issues and files of each row of the document's table. */
const rows = readFileSync(join(import.meta.dirname, "../../docs/complaints.md"), "utf8")
  .split("\n")
  .map((line) => line.split("|").slice(1, -1))
  .filter(([, issue = ""]) => numbersIn(issue).length > 0)
  .map(([, issue = "", , , proof = ""]) => ({
    numbers: numbersIn(issue),
    files: [...proof.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, path = ""]) => path),
  }));

test("every complaint of the document has a test of its number in the files that its row names", () => {
  expect(rows.length).toBeGreaterThan(20);
  const missing = rows.flatMap(({ numbers, files }) => {
    const inFiles = new Set(files.flatMap((path) => shown.get(path) ?? [`no such file: ${path}`]));
    const strange = [...inFiles].filter((text) => text.startsWith("no such file"));
    return [...strange, ...numbers.filter((number) => !inFiles.has(number))];
  });
  expect(missing).toEqual([]);
});

test("every file that a row names shows one of its complaints", () => {
  const idle = rows.flatMap(({ numbers, files }) =>
    files.filter((path) => !shown.get(path)?.some((number) => numbers.includes(number))).map((path) => [path, numbers]),
  );
  expect(idle).toEqual([]);
});

test("every number in the name of a test is in the document", () => {
  const known = new Set(rows.flatMap(({ numbers }) => numbers));
  const unknown = [...shown].flatMap(([path, numbers]) =>
    numbers.filter((number) => !known.has(number)).map((number) => `${path} ${number}`),
  );
  expect(unknown).toEqual([]);
});
