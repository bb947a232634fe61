/**
 * Writes the Python locks of the guests (src/guests/python/*.txt) anew from what they ask for (*.in): every package by
 * exact version and the hash of the one wheel that Ubuntu 22.04 on x86-64 takes. Not part of `npm run generate`, because
 * it asks the package index and the answer changes with the days. Needs Python 3.10, Ubuntu 22.04's own:
 *
 *   PYTHON=/path/to/python3.10 node tools/lock-python.ts
 */
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Report {
  install: { metadata: { name: string; version: string }; download_info: { archive_info: { hash: string } } }[];
}

const folder = join(import.meta.dirname, "../src/guests/python");
const python = process.env.PYTHON ?? "python3.10";

for (const file of readdirSync(folder).filter((name) => name.endsWith(".in"))) {
  const options = ["--dry-run", "--ignore-installed", "--only-binary", ":all:", "--quiet", "--report", "-"];
  const report = execFileSync(python, ["-m", "pip", "install", ...options, "--requirement", join(folder, file)], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const lines = (JSON.parse(report) as Report).install
    .map(({ metadata, download_info }) => {
      const name = metadata.name.toLowerCase().replaceAll(/[-_.]+/g, "-");
      return `${name}==${metadata.version} --hash=${download_info.archive_info.hash.replace("=", ":")}\n`;
    })
    .sort();
  writeFileSync(join(folder, file.replace(/in$/, "txt")), lines.join(""));
}
