import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const script = join(import.meta.dirname, "../../src/guests/mount-data.sh");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mount-data-"));
  mkdirSync(join(folder, "bin"));
  for (const command of ["mkfs.ext4", "mount", "resize2fs", "mkdir"]) stub(command, "");
  stub("mountpoint", "exit 1");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A command that notes how it was called. */
function stub(command: string, body: string): void {
  const file = join(folder, "bin", command);
  writeFileSync(file, `#!/bin/sh\necho "${command} $*" >>"${folder}/calls"\n${body}\n`);
  chmodSync(file, 0o755);
}

/** A guest with these disks: rows of lsblk for each, what stands on it, and its label. */
function disks(table: { name: string; rows?: number; signature?: string; label?: string; broken?: boolean }[]): void {
  const names = table.map(({ name }) => `echo "${name} disk"`).join("\n");
  const rows = table.map(({ name, rows = 1 }) => `*${name}) seq ${rows};;`).join(" ");
  stub("lsblk", `case "$*" in *--nodeps*) ${names || ":"};; ${rows} esac`.replaceAll("\n", "; "));
  stub(
    "wipefs",
    `case "$2" in ${table.map(({ name, signature = "", broken }) => `${name}) ${broken ? "exit 1" : `printf '%s' '${signature}'`};;`).join(" ")} esac`,
  );
  const labelled = table.find(({ label }) => label === "strata-data");
  stub("blkid", labelled === undefined ? "exit 2" : `echo ${labelled.name}`);
}

function run(): { status: number | null; calls: string[] } {
  const { status } = spawnSync("sh", [script, "/data/raw", "/models"], {
    env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin` },
  });
  const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  return { status, calls: calls.filter((call) => /^(mkfs|mount |resize)/.test(call)) };
}

const root = { name: "/dev/vda", rows: 3, signature: "gpt" };
const mounts = ["mount --bind /srv/data/data/raw /data/raw", "mount --bind /srv/data/models /models"];

test("a blank disk is formatted once and shown under every folder", () => {
  disks([root, { name: "/dev/vdb" }]);
  expect(run()).toEqual({
    status: 0,
    calls: ["mkfs.ext4 -q -L strata-data /dev/vdb", "mount /dev/vdb /srv/data", "resize2fs /dev/vdb", ...mounts],
  });
});

test("a volume that has been formatted before is only mounted, whatever else is attached", () => {
  disks([root, { name: "/dev/vdb" }, { name: "/dev/vdc", signature: "ext4", label: "strata-data" }]);
  expect(run().calls).toEqual(["mount /dev/vdc /srv/data", "resize2fs /dev/vdc", ...mounts]);
});

test.each([
  ["with a signature", { name: "/dev/vdb", signature: "xfs" }],
  ["that cannot be read", { name: "/dev/vdb", broken: true }],
  ["with partitions", { name: "/dev/vdb", rows: 2 }],
])("a disk %s is never touched", (_, disk) => {
  disks([root, disk]);
  expect(run()).toEqual({ status: 1, calls: [] });
});

test("without a volume it ends with 1, so that systemd tries again", () => {
  disks([root]);
  expect(run()).toEqual({ status: 1, calls: [] });
});
