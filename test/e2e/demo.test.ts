import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { cacheFolder } from "../../tools/toolchain/layout.ts";
import { runMarker } from "../support/broken-off.ts";
import { cloneInto } from "../support/clone.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { processesWith } from "../support/processes.ts";
import { machines } from "./demo-cpu.ts";

/** What a newcomer does first, in a clone and with a home of its own: `npm run demo`, again, and `npm run demo:down`. */

const folder = realpathSync(mkdtempSync(join(tmpdir(), "strata-demo-")));
const clone = join(folder, "clone");
const home = join(folder, "home");
/** Temporary files are nobody's installation, but they must not stay either. */
const temporary = join(folder, "tmp");

beforeAll(() => {
  for (const path of [home, temporary]) mkdirSync(path);
  cloneInto(clone);
});

afterAll(async () => {
  await run("demo:down");
  for (const pid of processesWith(runMarker, folder)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A script of package.json. */
const run = (script: keyof typeof manifest.scripts) => shell(manifest.scripts[script]);

/**
 * A line of a newcomer's shell, whatever this run's own environment says of clouds and state. Without npm, which writes its logs
 * where it always does: what is left in the home is ours.
 */
async function shell(line: string): Promise<{ code: number | null; text: string }> {
  const foreign = /^(CLOUDSTACK|CEPH|PULUMI|STRATA|XDG)_/;
  const others = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const child = spawn("sh", ["-c", line], {
    cwd: clone,
    env: {
      ...Object.fromEntries(others),
      HOME: home,
      TMPDIR: temporary,
      STRATA_CACHE: cacheFolder(),
      // Entries are kept by path: those of this clone would stay in the cache for ever.
      NODE_COMPILE_CACHE: join(folder, "compile"),
      [runMarker]: folder,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const [code] = await once(child, "close");
  return { code, text };
}

interface Endpoint {
  apiUrl: string;
  controlUrl: string;
  apiKey: string;
  secretKey: string;
}

const endpointFile = join(clone, ".strata/emulator/endpoint.json");
const endpoint = () => JSON.parse(readFileSync(endpointFile, "utf8")) as Endpoint;
const cloud = () => Cloud.at({ ...endpoint(), close: async () => {} });

/** The row of a printed table that begins with these cells. */
function rowOf(text: string, ...cells: string[]): string | undefined {
  const lines = text.split("\n").map((line) => line.replaceAll(/\s*│\s*/g, "|"));
  return lines.find((line) => line.startsWith(`|${cells.join("|")}|`));
}

let inventory: Record<string, Row[]>;

test("`npm run demo:down` stops an embedded cloud on which nothing was deployed", async () => {
  expect(await shell("cli/strata emulator start")).toMatchObject({ code: 0 });
  expect(await run("demo:down")).toMatchObject({ code: 0, text: expect.stringContaining("is stopped") });
  expect(existsSync(endpointFile)).toBe(false);
});

test("`npm run demo` deploys, shows as tables where to knock and who has what, and leaves it up", async () => {
  const { code, text } = await run("demo");
  expect(text).not.toMatch(/error:|warning:/);
  expect(code).toBe(0);
  expect(text).toContain(`embedded cloud started at ${endpoint().apiUrl}`);

  inventory = await cloud().inventory();
  const rows = await cloud().list("listVirtualMachines");
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(machines).sort());
  const [address] = (await cloud().list("listPublicIpAddresses")).filter(({ issourcenat }) => issourcenat !== true);
  expect(rowOf(text, "public API")).toContain(`|${address?.ipaddress}|`);
  for (const [name, { nics, memoryGib, vcpus }] of Object.entries(machines)) {
    expect(rowOf(text, name)).toMatch(new RegExp(`\\|${nics[0]?.[1]} .*\\|${memoryGib} GiB\\|${vcpus}\\|$`));
  }
  expect(rowOf(text, "totals", "gpuCards", "memoryGiB", "vcpus", "vms")).toBeDefined();
  expect(rowOf(text, "in all", "0", "76", "24", "11")).toBeDefined();
  expect(text).toContain("npm run demo:down");
  for (const key of ["apiKey", "secretKey"] as const) expect(text).not.toContain(endpoint()[key]);
});

test("a second time it finds everything there, changes nothing and shows the same", async () => {
  const { code, text } = await run("demo");
  expect(code).toBe(0);
  expect(text).toContain(`embedded cloud running at ${endpoint().apiUrl}`);
  expect(text).toMatch(/Resources:\n +\d+ unchanged\n/);
  expect(rowOf(text, "in all", "0", "76", "24", "11")).toBeDefined();
  expect(await cloud().inventory()).toEqual(inventory);
});

test("`npm run demo:down` leaves nothing in the state and nothing running, and then has nothing to do", async () => {
  const { code, text } = await run("demo:down");
  expect(text).toContain("everything is gone and the embedded cloud is stopped");
  expect(code).toBe(0);
  expect(existsSync(endpointFile)).toBe(false);
  expect(processesWith(runMarker, folder)).toEqual([]);
  const state = readFileSync(join(clone, ".strata/state/.pulumi/stacks/strata/demo-cpu.json"), "utf8");
  expect(JSON.parse(state).checkpoint.latest.resources ?? []).toEqual([]);

  expect(await run("demo:down")).toMatchObject({ code: 0, text: expect.stringContaining("nothing to take down") });
});

test("all of it wrote nothing but into the work tree and the cache folder", () => {
  const left = (path: string) => readdirSync(path, { recursive: true });
  expect({ home: left(home), temporary: left(temporary) }).toEqual({ home: [], temporary: [] });
});
