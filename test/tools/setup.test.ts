import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cacheFolder, repoRoot } from "../../tools/toolchain/layout.ts";
import { cloneInto } from "../support/clone.ts";

/** Set-up as a process, on machines that lack something: their `npm` and `go` are scripts of ours. */

const root = mkdtempSync(join(tmpdir(), "strata-setup-"));
/** Nothing is installed in it yet. */
const clone = join(root, "clone");
let machine: Machine;

/** What a machine has. */
interface Machine {
  home: string;
  cache: string;
  /** Its only folder on PATH. */
  bin: string;
  /** Lists, a line each, who tried to use the network. */
  attempts: string;
}

beforeAll(() => cloneInto(clone, { setUp: false }));
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeEach(() => {
  const folder = mkdtempSync(join(root, "machine-"));
  machine = { ...of(folder, "home", "cache", "bin"), attempts: join(folder, "attempts") };
  for (const path of [machine.home, machine.bin]) mkdirSync(path);
  writeFileSync(machine.attempts, "");
});

function of<K extends string>(folder: string, ...names: K[]): Record<K, string> {
  return Object.fromEntries(names.map((name) => [name, join(folder, name)])) as Record<K, string>;
}

function has(command: string, script: string): void {
  const path = join(machine.bin, command);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Lines of steps that take longer than a second, as any may on a busy machine. */
const progress = /^(.* … \d+ s( .*)?|[✓✗] .* \(\d+ s\))\n/gm;

/** Runs set-up in a work tree; none of it may reach the network. */
async function setUp(tree: string, preload = "no-network.cjs", env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(tree, "tools/setup.mjs")], {
    env: {
      HOME: machine.home,
      STRATA_CACHE: machine.cache,
      PATH: machine.bin,
      NODE_OPTIONS: `--require ${join(import.meta.dirname, "preload", preload)}`,
      STRATA_TEST_ATTEMPTS: machine.attempts,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const [code] = await once(child, "close");
  return { code, text, said: text.replaceAll(progress, "") };
}

test("an old Node is told which one to install, in words that it understands itself", async () => {
  const said = "Node 18.20.8 is too old: install Node 20 or newer (https://nodejs.org).\n";
  expect(await setUp(clone, "old-node.cjs")).toMatchObject({ code: 1, said });
  // Node 12 is what Ubuntu 22.04 has: it knows none of these.
  const entry = readFileSync(join(repoRoot, "tools/setup.mjs"), "utf8");
  expect(entry).not.toMatch(/\bawait\b|\?\.|\?\?|^import /m);
});

describe("the npm packages", () => {
  /** An npm that tells where its cache is and notes how it is asked to install. */
  const npm = (install: string) =>
    has("npm", `if [ "$1" = config ]; then echo "$HOME/.npm"; else echo "$*" >> "$HOME/asked"; ${install}; fi`);
  const asked = () => readFileSync(join(machine.home, "asked"), "utf8");

  test("where npm is missing, say what to install", async () => {
    const said = "npm is missing: install it with Node (https://nodejs.org).\n";
    expect(await setUp(clone)).toMatchObject({ code: 1, said });
  });

  test("are seen to be installed, and why they cannot be", async () => {
    npm("/bin/sleep 1.5; echo 'no such host' >&2; exit 1");
    const { code, text } = await setUp(clone);
    expect(code).toBe(1);
    expect(text).toMatch(
      /^(Installing the npm packages … \d+ s\n)+✗ Installing the npm packages \(\d+ s\)\nnpm ci failed:\nno such host\n$/,
    );
  });

  test("come through the cache that npm has, or else through ours: none is begun in the home", async () => {
    npm("true");
    const nothingForThisMachine = expect.stringMatching(/^There is no Node 24 package for .*: use Linux or macOS on /);
    expect(await setUp(clone)).toMatchObject({ code: 1, said: nothingForThisMachine });
    expect(asked()).toContain(`ci --include=dev --include=optional`);
    expect(asked()).toContain(`--cache ${machine.cache}/npm\n`);

    const own = join(machine.home, ".npm");
    mkdirSync(join(own, "_cacache"), { recursive: true });
    rmSync(join(machine.home, "asked"));
    await setUp(clone);
    expect(asked()).toContain(`--cache ${own}\n`);
  });
});

describe("without the official engine, Go", () => {
  const install = "install Go 1.25.11 or newer (https://go.dev/dl/). It builds the Pulumi CLI; or put a `pulumi` ≥ ";

  test.each([
    ["that is missing", undefined, `Go is missing: ${install}`],
    ["that is old", 'echo "/modules\ngo1.22.2"', `Go is too old (go1.22.2): ${install}`],
    ["that refuses our module", "exit 1", `Go is too old: ${install}`],
  ])("%s is asked for in one sentence", async (_, go, sentence) => {
    if (go !== undefined) has("go", go);
    const { code, said } = await setUp(repoRoot);
    const [download, missing, ...more] = said.trimEnd().split("\n");
    expect(code).toBe(1);
    expect(download).toMatch(/^The official Pulumi download was not used: .*\.$/);
    expect(missing).toMatch(/ on PATH\.$/);
    expect(missing?.startsWith(sentence), missing).toBe(true);
    expect(more).toEqual([]);
  });

  test("is asked for by an engine on PATH that lacks its language host", async () => {
    has("pulumi", "echo v3.300.0");
    const said = `Go is missing: install Go 1.25.11 or newer (https://go.dev/dl/). It builds the Node language host; or put Pulumi's own pulumi-language-nodejs on PATH.\n`;
    expect(await setUp(repoRoot)).toMatchObject({ code: 1, said });
  });

  test("builds the engine and its language host from one download, which is then gone, and only once", async () => {
    // `go build -ldflags … -o OUTPUT PACKAGE`, with what it downloads for one package there for the next.
    const build = 'echo "$6" >> "$GOMODCACHE/packages"; /bin/cp "$GOMODCACHE/packages" "$HOME/asked"; echo > "$5"';
    const settings = "printf '/modules\\ngo1.26.0\\n'";
    has("go", `if [ "$1" = env ]; then ${settings}; else /bin/mkdir -p "$GOMODCACHE"; ${build}; fi`);
    expect(await setUp(repoRoot)).toMatchObject({ code: 0 });
    const built = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi\n./language-host\n";
    expect(readFileSync(join(machine.home, "asked"), "utf8")).toBe(built);
    const made = readdirSync(machine.cache, { recursive: true }).map(String).sort();
    expect(made).toEqual([
      expect.stringMatching(/^language-host-[0-9a-f]{16}-[^/]*$/),
      `${made[0]}/pulumi-language-nodejs`,
      expect.stringMatching(/^pulumi-[^/]*-built$/),
      `${made[2]}/pulumi`,
      `${made[2]}/pulumi-language-nodejs`,
    ]);
    has("go", "exit 1");
    expect(await setUp(repoRoot)).toMatchObject({ code: 0, said: "" });
  });

  test("is seen to build, and why it cannot", async () => {
    const build = "echo 'go: downloading a v1.0.0' >&2; /bin/sleep 1.5; echo 'no space left' >&2; exit 1";
    has("go", `if [ "$1" = env ]; then printf '/modules\\ngo1.26.0\\n'; else ${build}; fi`);
    const { code, text } = await setUp(repoRoot);
    expect(code).toBe(1);
    expect(text).toMatch(/^Building Pulumi .* \(once, about 4 minutes\) … \d+ s {2}modules downloaded: 1$/m);
    expect(text).toMatch(/failed:\n(.*\n)*no space left\n$/);
    // So the last test is not blind: what set-up wants of the network is noted.
    const downloads = !text.includes("no pinned checksum");
    if (downloads) expect(readFileSync(machine.attempts, "utf8")).toContain("get.pulumi.com");
  });
});

test("an official engine without its random plugin is told of once, and what failed is not called done", async () => {
  const install = "/bin/sleep 1.5; echo 'no such host' >&2; exit 1";
  has("pulumi", `if [ "$1" = version ]; then echo v3.300.0; else ${install}; fi`);
  has("pulumi-language-nodejs", "");
  const first = await setUp(repoRoot);
  expect(first.text).toMatch(/^✗ Installing the official random plugin \(\d+ s\)$/m);
  expect(first).toMatchObject({ code: 0, said: "The official random plugin cannot be had (no such host).\n" });
  expect(await setUp(repoRoot)).toMatchObject({ code: 0, said: "" });
});

test("a second set-up finds everything done, says nothing, and asks neither the network nor npm nor Go", async () => {
  for (const command of ["npm", "go", "curl", "wget", "tar"])
    has(command, `echo "${command} $*" >> "${machine.attempts}"; exit 1`);
  const dead = "http://127.0.0.1:9";
  const env = {
    HTTP_PROXY: dead,
    HTTPS_PROXY: dead,
    http_proxy: dead,
    https_proxy: dead,
    GOPROXY: "off",
    npm_config_offline: "true",
    HOME: process.env.HOME,
    STRATA_CACHE: cacheFolder(),
    PATH: [machine.bin, process.env.PATH].join(delimiter),
  };
  // The first: somebody may have changed an SDK's sources since the tests' own.
  await setUp(repoRoot, "no-network.cjs", env);
  expect(await setUp(repoRoot, "no-network.cjs", env)).toMatchObject({ code: 0, text: "" });
  expect(readFileSync(machine.attempts, "utf8")).toBe("");
});
