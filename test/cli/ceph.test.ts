import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const strata = join(import.meta.dirname, "../../cli/strata");
const folder = mkdtempSync(join(tmpdir(), "strata-cli-ceph-"));

function run(...words: string[]) {
  const env = { ...process.env, STRATA_RUN_FOLDER: folder };
  const { status, stdout, stderr } = spawnSync(strata, words, { env, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

const status = () => JSON.parse(run("emulator", "status", "--json").out);

afterAll(() => {
  run("emulator", "stop");
  rmSync(folder, { recursive: true, force: true });
});

// Each step is a process or two of its own.
test("starts the embedded Ceph only when asked, tells its settings, and keeps ports and password over a stop", {
  timeout: 60_000,
}, () => {
  expect(run("emulator", "start", "--latency", "none").code).toBe(0);
  expect(status()).not.toHaveProperty("ceph");
  expect(run("emulator", "env").out).not.toContain("CEPH");

  expect(run("emulator", "start", "--ceph-seed", "enterprise")).toMatchObject({ code: 0, err: "" });
  const { ceph } = status();
  expect(ceph).toMatchObject({
    running: true,
    urls: [expect.stringMatching(/^http:/), expect.stringMatching(/^http:/)],
  });
  const { out } = run("emulator", "env");
  expect(out).toContain(`export CEPH_DASHBOARD_URL='${ceph.urls.join(",")}'`);
  expect(out).toContain(`export CEPH_DASHBOARD_USERNAME='admin'\nexport CEPH_DASHBOARD_PASSWORD='${ceph.password}'`);
  expect(run("emulator", "status").out).toContain("the embedded Ceph runs since");
  expect(run("emulator", "reset").out).toContain("the embedded Ceph is as seeded");

  expect(run("emulator", "stop").out).toContain("the embedded Ceph is stopped; its state is kept");
  expect(status()).toEqual({ running: false });
  run("emulator", "start", "--latency", "none", "--ceph");
  expect(status().ceph).toMatchObject({ urls: ceph.urls, password: ceph.password });
});

test("says what is wrong with its seed", { timeout: 60_000 }, () => {
  run("emulator", "stop");
  const { code, err } = run("emulator", "start", "--fresh", "--ceph-seed", "huge");
  expect([code, err]).toEqual([1, expect.stringContaining("huge is none of default, enterprise")]);
});
