import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const source = readFileSync(join(import.meta.dirname, "../../src/guests/unlock-data.sh"), "utf8");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "unlock-data-"));
  for (const name of ["bin", "run/strata", "etc/strata/secrets"]) mkdirSync(join(folder, name), { recursive: true });
  // Opened is what the stub of `test -b` finds: the script asks with `[`, so the file stands for the block device.
  writeFileSync(
    join(folder, "unlock-data.sh"),
    source.replaceAll(/(?<=[= ])\/(run|etc|dev\/mapper)\//g, `${folder}/$1/`).replace("[ -b ", "[ -e "),
  );
  mkdirSync(join(folder, "dev/mapper"), { recursive: true });
  for (const command of ["cryptsetup", "mkfs.ext4"]) stub(command, "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A command that notes how it was called. */
function stub(command: string, body: string): void {
  const file = join(folder, "bin", command);
  writeFileSync(file, `#!/bin/sh\necho "${command} $*" >>"${folder}/calls"\n${body}\n`);
  chmodSync(file, 0o755);
}

/** A guest with one disk: what stands on it, its label, and what stands inside once it is open. */
function disk({ signature = "", label = "", inside = "", broken = false }): void {
  stub("lsblk", 'case "$*" in *--nodeps*) echo "/dev/vdb disk";; *) echo vdb;; esac');
  const opened = broken ? "exit 1" : `printf '%s' '${inside}'`;
  stub("wipefs", `case "$2" in /dev/vdb) printf '%s' '${signature}';; *) ${opened};; esac`);
  stub("blkid", label === "" ? "exit 2" : `[ "$2" = '${label}' ] && echo /dev/vdb`);
}

function key(path = "run/strata/data.key"): void {
  writeFileSync(join(folder, path), "0123456789abcdef");
}

function run() {
  const { status, stderr } = spawnSync("sh", [join(folder, "unlock-data.sh")], {
    env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin` },
    encoding: "utf8",
  });
  const calls = existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trim().split("\n") : [];
  const short = calls.map((call) => call.replaceAll(folder, "").replace(/--key-file \S+ /, ""));
  return { status, stderr, calls: short.filter((call) => /^(cryptsetup|mkfs)/.test(call)) };
}

const format =
  "cryptsetup luksFormat --batch-mode --type luks2 --cipher aes-xts-plain64 --key-size 512 --label strata-data-crypt /dev/vdb";
const open = ["cryptsetup open --type luks2 /dev/vdb strata-data", "cryptsetup resize strata-data"];
const make = "mkfs.ext4 -q -L strata-data /dev/mapper/strata-data";

test("a blank disk is encrypted and formatted once", () => {
  key();
  disk({});
  expect(run()).toMatchObject({ status: 0, calls: [format, ...open, make] });
});

test("a volume that has been encrypted before is only opened", () => {
  key();
  disk({ signature: "crypto_LUKS", label: "strata-data-crypt", inside: "ext4" });
  expect(run()).toMatchObject({ status: 0, calls: open });
});

test("one that was cut off before it had a file system gets it", () => {
  key();
  disk({ signature: "crypto_LUKS", label: "strata-data-crypt" });
  expect(run()).toMatchObject({ status: 0, calls: [...open, make] });
});

test("one that cannot be read once it is open is never formatted", () => {
  key();
  disk({ signature: "crypto_LUKS", label: "strata-data-crypt", broken: true });
  expect(run()).toMatchObject({ status: 1, calls: open });
});

test("an open one is not opened again", () => {
  key();
  writeFileSync(join(folder, "dev/mapper/strata-data"), "");
  disk({ signature: "crypto_LUKS", label: "strata-data-crypt", inside: "ext4" });
  expect(run()).toMatchObject({ status: 0, calls: ["cryptsetup resize strata-data"] });
});

test.each(["xfs", "crypto_LUKS"])("a disk with somebody else's %s is never touched", (signature) => {
  key();
  disk({ signature });
  expect(run()).toMatchObject({ status: 1, calls: [] });
});

test("without a key nothing is touched, and it says where the key goes", () => {
  disk({});
  expect(run()).toMatchObject({
    status: 1,
    calls: [],
    stderr: expect.stringMatching(/no key: put it into .*data\.key/),
  });
});

test("a key on the root disk opens it too", () => {
  key("etc/strata/secrets/data.key");
  disk({});
  expect(run()).toMatchObject({ status: 0 });
});
