import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SharedFilesPlan } from "../../src/plan/shared-files.ts";
import { type Config, contentOf, context, guest, installed, twoCards } from "./support.ts";

/** What is kept for some days only: checkpoints (P6.1) and the gate's unapproved data (P2.6). */
const tree: SharedFilesPlan = {
  name: "ai-checkpoints",
  user: "client.ai-checkpoints",
  monitors: ["10.0.6.201", "10.0.6.202"],
  folder: "/data/checkpoints",
  retentionDays: 7,
  machines: ["ai-storage-01", "ai-train-01"],
  sweeper: "ai-storage-01",
};
const surroundings = { ...context, files: [tree], unapprovedDays: 30 };
const storage = guest(["storage"], { data: { folders: ["/data/training", "/data/checkpoints"] } }, surroundings);
const train = guest(["train"], { gpu: twoCards }, surroundings);
const gate = guest(
  ["validate", "process"],
  { data: { folders: ["/data/staging", "/data/pending", "/data/approved"] } },
  surroundings,
);
const rulesOf = (config: Config) => contentOf(config, "/etc/strata/retention.conf");
const paths = ({ write_files }: Config) => write_files.map(({ path }) => path);

test("one machine clears checkpoints away, the others mount them", () => {
  expect(rulesOf(storage)).toBe("e /data/checkpoints - - - 7d\n");
  expect(paths(train)).not.toContain("/etc/strata/retention.conf");
  for (const config of [storage, train]) {
    expect(contentOf(config, "/etc/systemd/system/strata-files-ai-checkpoints.service")).toContain(
      "ExecStart=/usr/bin/mount -t ceph 10.0.6.201:3300,10.0.6.202:3300:/volumes/data /data/checkpoints -o name=ai-checkpoints,secretfile=/etc/strata/secrets/ceph-ai-checkpoints.key,fs=ai-checkpoints,ms_mode=secure,nosuid,nodev,noexec,noatime\n",
    );
    expect(config.packages).toContainEqual(["ceph-common", "17.2.*"]);
    expect(config.runcmd).toContainEqual(["systemctl", "enable", "strata-files-ai-checkpoints.service"]);
  }
  expect(paths(guest(["infer"], {}, surroundings)).join()).not.toContain("strata-files");
});

test("a folder that CephFS brings is not the data volume's as well", () => {
  expect(contentOf(storage, "/etc/systemd/system/mount-data.service")).toMatch(/mount-data \/data\/training\n/);
  const all = guest(["storage"], { data: { folders: ["/data/checkpoints"] } }, surroundings);
  expect(contentOf(all, "/etc/systemd/system/mount-data.service")).toMatch(/mount-data\n/);
});

test("the gate clears what is unapproved, and nothing of what is approved", () => {
  expect(rulesOf(gate)).toBe("e /data/staging - - - 30d\ne /data/pending - - - 30d\n");
});

test("nothing is cleared where the volume is not mounted, and nothing else can be written", () => {
  const unit = contentOf(gate, "/etc/systemd/system/strata-retention.service");
  for (const folder of ["/data/staging", "/data/pending"]) {
    expect(unit).toContain(`ExecCondition=/usr/bin/mountpoint -q ${folder}\n`);
    expect(unit).toContain(`ReadWritePaths=-${folder}\n`);
  }
  expect(unit).toContain("ProtectSystem=strict\n");
  expect(unit).not.toContain("approved");
});

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "retention-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A file that was written `days` days from now. */
function written(path: string, days = 0): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  const time = Date.now() / 1000 + days * 86_400;
  if (days > 0) utimesSync(file, time, time);
}

/** Runs systemd-tmpfiles as it will run in so many days: nobody can make a file that has been there for long. */
function clear(rules: string, days: number) {
  const conf = join(root, "retention.conf");
  writeFileSync(conf, rules);
  const env = { ...process.env, SYSTEMD_LOG_LEVEL: "debug" };
  const args = ["-f", `+${days}d`, "systemd-tmpfiles", `--root=${root}`, "--clean", conf];
  const { status, stderr } = spawnSync("faketime", args, { encoding: "utf8", env });
  return { status, removed: [...stderr.matchAll(/Removing (?:directory )?"(.*)"/g)].map(([, path]) => path) };
}

const runs = installed("systemd-tmpfiles") && installed("faketime") && process.getuid?.() === 0;

test.skipIf(!runs)("old files go, young ones and all others stay, and no link leads out", () => {
  for (const path of ["run-1/old", "run-1/deep/old", "old"]) written(`data/checkpoints/${path}`);
  written("data/checkpoints/run-2/young", 3);
  written("data/training/old");
  written("outside/file");
  symlinkSync(join(root, "outside"), join(root, "data/checkpoints/folder"));
  symlinkSync(join(root, "outside/file"), join(root, "data/checkpoints/file"));
  const { status, removed } = clear(rulesOf(storage), 8);
  expect(status).toBe(0);
  expect(removed).toContain(join(root, "data/checkpoints/run-1/deep/old"));
  expect(readdirSync(join(root, "data/checkpoints"))).toEqual(["run-2"]);
  for (const path of ["data/checkpoints/run-2/young", "data/training/old", "outside/file"]) {
    expect(existsSync(join(root, path)), path).toBe(true);
  }
});

test.skipIf(!runs)("a day before its time nothing goes", () => {
  written("data/checkpoints/run-1/old");
  expect(clear(rulesOf(storage), 6)).toEqual({ status: 0, removed: [] });
  expect(existsSync(join(root, "data/checkpoints/run-1/old"))).toBe(true);
});

test.skipIf(!runs)("where the folder itself is a link, what it leads to stays", () => {
  written("elsewhere/file");
  mkdirSync(join(root, "data"));
  symlinkSync(join(root, "elsewhere"), join(root, "data/checkpoints"));
  clear(rulesOf(storage), 8);
  expect(existsSync(join(root, "elsewhere/file"))).toBe(true);
});

test.skipIf(!runs)("the gate's areas go after 30 days, and approved data stays", () => {
  for (const area of ["staging", "pending", "approved"]) written(`data/${area}/batch/part.csv`);
  clear(rulesOf(gate), 31);
  expect(["staging", "pending", "approved"].map((area) => readdirSync(join(root, "data", area)).length)).toEqual([
    0, 0, 1,
  ]);
});

test.skipIf(!installed("systemd-analyze"))("systemd has nothing against any unit that guests are given", () => {
  const folder = join(root, "units");
  mkdirSync(folder);
  const program = join(root, "program");
  writeFileSync(program, "#!/bin/sh\n");
  chmodSync(program, 0o755);
  const units = [storage, train, gate].flatMap(({ write_files }) =>
    write_files.filter(({ path }) => /^\/etc\/systemd\/system\/[^/@]+$/.test(path)),
  );
  const files = units.map(({ path, content }) => {
    const file = join(folder, path.replace(/.*\//, ""));
    // Their programs and users need not be here.
    writeFileSync(
      file,
      content.replaceAll(/^(Exec\w+=[+-]?)\/\S+/gm, `$1${program}`).replaceAll(/^(User|Environment.*)=.*\n/gm, ""),
    );
    return file;
  });
  const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...new Set(files)], { encoding: "utf8" });
  expect(stderr.split("\n").filter((line) => line.includes(folder))).toEqual([]);
});
