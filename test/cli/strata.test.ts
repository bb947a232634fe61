import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { call } from "../parity/api.ts";

const strata = join(import.meta.dirname, "../../cli/strata");
const folder = mkdtempSync(join(tmpdir(), "strata-cli-"));

/** Runs the CLI as a user does, with a run folder of its own. */
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
describe("strata emulator", { timeout: 60_000 }, () => {
  test("starts once, answers with the keys it tells, and keeps its port and state over a stop", async () => {
    expect(run("emulator", "status")).toMatchObject({ code: 3, out: "the embedded cloud is not running\n" });
    expect(run("emulator", "start", "--latency", "none")).toMatchObject({ code: 0, err: "" });
    const first = status();
    expect(first).toMatchObject({
      running: true,
      apiUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/client\/api$/),
    });
    expect((await call(first, "createDomain", { name: "kept" })).status).toBe(200);
    expect(run("emulator", "start", "--latency", "none").out).toContain("was running already");
    for (const words of [["--fresh"], ["--port", "1"], ["--latency", "fast"]]) {
      const { code, err } = run("emulator", "start", ...words);
      expect([code, err]).toEqual([
        1,
        expect.stringContaining(`${words.join(" ")} has no effect: \`strata emulator stop`),
      ]);
    }

    expect(run("emulator", "stop")).toMatchObject({ code: 0 });
    expect(status()).toEqual({ running: false });
    expect(run("emulator", "stop").out).toContain("was not running");

    run("emulator", "start", "--latency", "none");
    const again = status();
    expect([again.apiUrl, again.apiKey]).toEqual([first.apiUrl, first.apiKey]);
    const domains = async () => JSON.stringify((await call(again, "listDomains")).body);
    expect(await domains()).toContain("kept");
    expect(run("emulator", "reset").code).toBe(0);
    expect(await domains()).not.toContain("kept");
    expect(run("emulator", "env").out).toContain(`export CLOUDSTACK_API_URL='${first.apiUrl}'`);
  });

  test("does not pass off a state of one seed as another's", () => {
    run("emulator", "stop");
    const { code, err } = run("emulator", "start", "--seed", "demo-gpu");
    expect([code, err]).toEqual([1, expect.stringMatching(/made with --seed default, not demo-gpu.*--fresh/)]);
    expect(run("emulator", "start", "--seed", "demo-gpu", "--fresh").code).toBe(0);
    expect(run("emulator", "start", "--seed", "enterprise").code).toBe(1);
    run("emulator", "stop");
    // Without a word it goes on with what it has.
    expect(run("emulator", "start").code).toBe(0);
    expect(run("emulator", "start", "--seed", "demo-gpu").out).toContain("was running already");
  });

  test("says why it cannot start, in a line; what it was to start with is what the state is then of", async () => {
    run("emulator", "stop");
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const taken = String((other.address() as AddressInfo).port);
    for (const [words, reason] of [
      [["--port", "70000"], "--port 70000: a port is a number"],
      [["--latency", "slow"], "--latency slow: it may be real, fast or none"],
      [["--seed", "demo-gpu", "--port", taken], `address already in use 127.0.0.1:${taken}`],
    ] as const) {
      const { code, err } = run("emulator", "start", "--fresh", ...words);
      expect([code, err.split("\n")[1]]).toEqual([1, expect.stringContaining(reason)]);
      expect(err).not.toContain("    at ");
    }
    other.close();
    expect(run("emulator", "start", "--seed", "demo-gpu", "--port", "0")).toMatchObject({ code: 0, err: "" });
  });

  test("is found past a proxy that the environment tells Node to use", () => {
    run("emulator", "start");
    const nowhere = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://127.0.0.1:9", NO_PROXY: "" };
    const env = { ...process.env, STRATA_RUN_FOLDER: folder, ...nowhere };
    expect(spawnSync(strata, ["emulator", "status"], { env, encoding: "utf8" })).toMatchObject({ status: 0 });
  });

  test("says what is wrong with a call, and with a seed", () => {
    expect(run("emulator", "dance")).toMatchObject({ code: 2, err: expect.stringContaining('got "dance"') });
    expect(run("emulator", "start", "--speed", "9")).toMatchObject({ code: 2 });
    run("emulator", "stop");
    const env = { ...process.env, STRATA_RUN_FOLDER: folder };
    const words = ["emulator", "start", "--fresh", "--seed", "no-such-seed.yaml"];
    // A path from where one stands.
    const { status: code, stderr } = spawnSync(strata, words, { cwd: folder, env, encoding: "utf8" });
    expect([code, stderr]).toEqual([1, expect.stringContaining(join(folder, "no-such-seed.yaml"))]);
    // What a command would not hear.
    for (const deaf of [
      ["stop", "--json"],
      ["status", "--seed", "enterprise"],
      ["reset", "--fresh"],
    ]) {
      expect(run("emulator", ...deaf)).toMatchObject({ code: 2, err: expect.stringContaining(`does not take`) });
    }
  });
});

describe("strata totals", { timeout: 60_000 }, () => {
  test("adds up a profile, for people and for programs", () => {
    expect(JSON.parse(run("totals", "demo-cpu", "--json").out)).toEqual({
      vms: 11,
      vcpus: 24,
      memoryGiB: 76,
      gpuCards: 0,
    });
    expect(run("totals", "demo-cpu").out).toMatch(/vms.*vcpus.*memoryGiB.*gpuCards/);
  });

  test("says which profiles there are, and how it is called", () => {
    expect(run("totals", "demo-cp")).toMatchObject({ code: 1, err: expect.stringContaining("demo-cpu") });
    expect(run("totals")).toMatchObject({ code: 2, err: expect.stringContaining("strata totals <profile>") });
    for (const words of [["--help"], ["totals", "--help"], ["emulator", "start", "-h"]]) {
      expect(run(...words)).toMatchObject({
        code: 0,
        out: expect.stringContaining("strata totals <profile>"),
        err: "",
      });
    }
    for (const word of ["bogus", "constructor"]) {
      expect(run(word)).toMatchObject({ code: 2, err: expect.stringContaining(`no command "${word}"`) });
    }
  });
});

test("ends as it would have ended where nobody reads on, and says that a disk is full", () => {
  const shell = (line: string) => {
    const { status, stderr } = spawnSync("bash", ["-c", line], { encoding: "utf8" });
    return [status, stderr];
  };
  const unread = (words: string) => `'${strata}' ${words} | true; exit "\${PIPESTATUS[0]}"`;
  expect(shell(unread("plan enterprise --json"))).toEqual([0, ""]);
  expect(shell(unread("plan enterprize --json"))).toEqual([1, ""]);
  const full = shell(`'${strata}' totals demo-cpu > /dev/full`);
  if (existsSync("/dev/full")) expect(full).toEqual([1, expect.stringMatching(/^strata: the output could not .*\n$/)]);
});

test("refuses an option that is there twice, of which one would go unheard", () => {
  const words = ["totals", "demo-cpu", "--overrides", "a: 1", "--overrides", "b: 1"];
  expect(run(...words)).toMatchObject({ code: 2, out: "", err: expect.stringContaining("--overrides is there twice") });
});

test("says what to do where nothing is set up yet", () => {
  const there = join(folder, "cli");
  mkdirSync(there, { recursive: true });
  cpSync(strata, join(there, "strata"));
  const { status: code, stderr } = spawnSync(join(there, "strata"), ["totals", "demo-cpu"], { encoding: "utf8" });
  expect([code, stderr]).toEqual([1, "Not set up yet: run `npm run setup` in the work tree first.\n"]);
});
