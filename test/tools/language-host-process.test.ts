import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import languageServices from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import structs, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { languageHostPath } from "../../tools/toolchain/language-host.ts";
import { nodeBinary } from "../../tools/toolchain/layout.ts";

/** Our language host without an engine, and with an SDK of ours: what it starts, how, and that it ends what it started. */

let folder: string;
let host: ChildProcess;
let ended: Promise<unknown[]>;
let client: languageServices.LanguageRuntimeClient;

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "strata-host-")));
  vi.stubEnv("PULUMI_NODEJS_TYPESCRIPT", "of the shell");
  host = spawn(languageHostPath(), ["--logtostderr", "engine:1"], {
    env: { ...process.env, STRATA_NODE: nodeBinary },
    stdio: ["pipe", "pipe", "inherit"],
  });
  ended = once(host, "exit");
  if (host.stdout === null) throw new Error("the host has no stdout");
  const [port] = (await once(createInterface(host.stdout), "line")) as [string];
  client = new languageServices.LanguageRuntimeClient(`127.0.0.1:${port}`, credentials.createInsecure());
});

afterEach(async () => {
  vi.unstubAllEnvs();
  client.close();
  host.kill("SIGKILL");
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** A module of the SDK that runs programs, policy packs or providers. */
const runner = (name: string, text: string, root = "") =>
  write(`${root}node_modules/@pulumi/pulumi/cmd/${name}/index.js`, text);

/** Notes how it was started. */
const note = `
  const { writeFileSync } = require("node:fs");
  const { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS, PULUMI_NODEJS_TYPESCRIPT, PULUMI_NODEJS_TSCONFIG_PATH, GIVEN } = process.env;
  const env = { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS, PULUMI_NODEJS_TYPESCRIPT, PULUMI_NODEJS_TSCONFIG_PATH, GIVEN };
  writeFileSync("noted", JSON.stringify({ argv: process.argv.slice(1), execArgv: process.execArgv, env }));`;
const noted = (where = "") => JSON.parse(readFileSync(join(folder, where, "noted"), "utf8"));

function info(program: string, options: Record<string, JavaScriptValue> = {}): language.ProgramInfo {
  return new messages.ProgramInfo()
    .setRootDirectory(folder)
    .setProgramDirectory(program)
    .setEntryPoint("index.ts")
    .setOptions(structs.Struct.fromJavaScript(options));
}

function run(request = new messages.RunRequest().setInfo(info(folder))): Promise<language.RunResponse.AsObject> {
  return new Promise((resolve, reject) => {
    client.run(request, (error, response) => (error === null ? resolve(response.toObject()) : reject(error)));
  });
}

/** Calls RunPlugin; what comes is put together by stream. */
function startPlugin(request: language.RunPluginRequest) {
  const came = { stdout: "", stderr: "", code: undefined as number | undefined };
  const call = client.runPlugin(request);
  call.on("data", (part: language.RunPluginResponse) => {
    came.stdout += Buffer.from(part.getStdout_asU8()).toString();
    came.stderr += Buffer.from(part.getStderr_asU8()).toString();
    if (part.hasExitcode()) came.code = part.getExitcode();
  });
  const finished = new Promise<ServiceError | undefined>((resolve) => {
    call.on("error", (error: ServiceError) => resolve(error)).on("end", () => resolve(undefined));
  });
  return { call, came, finished };
}

/** Waits for the process that wrote its id into `pid`. */
const started = () =>
  vi.waitFor(() => Number(readFileSync(join(folder, "pid"), "utf8")) || Promise.reject(), { timeout: 60_000 });

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Writes its id and waits; with `deaf` also through a signal that asks it to end. */
const waiting = (deaf = false) => `
  ${deaf ? 'process.on("SIGTERM", () => {}).on("SIGINT", () => {});' : ""}
  require("node:fs").writeFileSync("pid", String(process.pid));
  setInterval(() => {}, 1000);`;

describe.skipIf(!existsSync(languageHostPath()))("a program", () => {
  test("is told what the engine says, and where the engine is", async () => {
    runner("run", note);
    const program = dirname(write("program/index.ts", ""));
    const request = new messages.RunRequest()
      .setInfo(info(program, { typescript: false, nodeargs: " --no-warnings  --stack-size=900 " }))
      .setMonitorAddress("monitor:1")
      .setOrganization("us")
      .setProject("project")
      .setStack("stack")
      .setPwd(folder)
      .setParallel(32)
      .setDryrun(true)
      .setArgsList(["more"])
      .setConfigsecretkeysList(["a:password"]);
    request.getConfigMap().set("a:password", '<geheim> & "Zeile"\n2');
    expect(await run(request)).toEqual({ error: "", bail: false });
    const { argv, execArgv, env } = noted("program");
    const [started, ...words] = argv as string[];
    expect(started).toBe(join(folder, "node_modules/@pulumi/pulumi/cmd/run/index.js"));
    expect(words.join(" ")).toBe(
      `--monitor monitor:1 --engine engine:1 --organization us --project project --root-directory ${folder} ` +
        `--stack stack --pwd ${folder} --parallel 32 --dry-run index.ts more`,
    );
    expect(execArgv).toEqual(["--no-warnings", "--stack-size=900"]);
    expect(JSON.parse(env.PULUMI_CONFIG)).toEqual({ "a:password": '<geheim> & "Zeile"\n2' });
    expect(env).toMatchObject({ PULUMI_CONFIG_SECRET_KEYS: '["a:password"]' });
    expect(env.PULUMI_NODEJS_TYPESCRIPT).toBeUndefined();
  });

  test("without configuration gets an empty one, and ts-node unless it does without", async () => {
    runner("run", note);
    await run(new messages.RunRequest().setInfo(info(folder, { tsconfig: "other.json" })));
    expect(noted().env).toEqual({
      PULUMI_CONFIG: "{}",
      PULUMI_CONFIG_SECRET_KEYS: "[]",
      PULUMI_NODEJS_TYPESCRIPT: "true",
      PULUMI_NODEJS_TSCONFIG_PATH: "other.json",
    });
  });

  test.each([
    ["process.exit(0)", { error: "", bail: false }],
    ["process.exit(32)", { error: "", bail: true }],
    ["process.exit(7)", { error: "the program exited with code 7; its output is above", bail: false }],
    ["process.kill(process.pid, 'SIGKILL')", { error: "the program was ended by signal 9 (killed)", bail: false }],
  ])("that ends with %s", async (text, response) => {
    runner("run", text);
    expect(await run()).toEqual(response);
  });

  test("finds the SDK as Node does: in the nearest node_modules that has it, through links", async () => {
    runner("run", note, "elsewhere/");
    mkdirSync(join(folder, "node_modules/@pulumi"), { recursive: true });
    symlinkSync(join(folder, "elsewhere/node_modules/@pulumi/pulumi"), join(folder, "node_modules/@pulumi/pulumi"));
    mkdirSync(join(folder, "a/node_modules/other"), { recursive: true });
    mkdirSync(join(folder, "a/b"));
    await run(new messages.RunRequest().setInfo(info(join(folder, "a/b"))));
    expect(noted("a/b").argv[0]).toBe(join(folder, "elsewhere/node_modules/@pulumi/pulumi/cmd/run/index.js"));
  });

  test("without the SDK is told to install it", async () => {
    await expect(run()).rejects.toThrow(
      `@pulumi/pulumi/cmd/run was not found from ${folder}: the program's dependencies are not installed. ` +
        "Run `npm install` in the folder of its package.json.",
    );
  });

  test("ends when the engine cancels it", async () => {
    runner("run", waiting());
    const response = run();
    await started();
    await new Promise<void>((resolve, reject) => {
      client.cancel(new empty.Empty(), (error) => (error === null ? resolve() : reject(error)));
    });
    expect((await response).error).toBe("the program was ended by signal 15 (terminated)");
  });

  test.each([
    ["SIGINT", () => host.kill("SIGINT")],
    ["SIGTERM", () => host.kill("SIGTERM")],
    ["the end of the engine", () => host.stdin?.end()],
  ])("ends before the host does at %s, and is killed where it does not listen", async (name, end) => {
    runner("run", waiting(name === "SIGINT"));
    run().catch(() => {});
    const pid = await started();
    end();
    expect(await ended).toEqual([0, null]);
    expect(isRunning(pid)).toBe(false);
  });
});

describe.skipIf(!existsSync(languageHostPath()))("a plugin", () => {
  const talking = 'console.log("127"); console.error("a word"); process.exitCode = 3;';

  test("of policies runs in its folder, and its output and code come through", async () => {
    runner("run-policy-pack", note + talking);
    const pack = dirname(write("pack/index.ts", ""));
    const request = new messages.RunPluginRequest()
      .setInfo(info(pack, { typescript: "true" }))
      .setKind("analyzer")
      .setPwd(folder)
      .setArgsList(["engine:1"])
      .setEnvList(["GIVEN=a=b"]);
    const { came, finished } = startPlugin(request);
    expect(await finished).toBeUndefined();
    expect(came).toEqual({ stdout: "127\n", stderr: "a word\n", code: 3 });
    expect(noted("pack").argv.slice(1)).toEqual(["engine:1", pack]);
    expect(noted("pack").env).toMatchObject({ GIVEN: "a=b", PULUMI_NODEJS_TYPESCRIPT: "true" });
  });

  test("of resources runs where the engine runs", async () => {
    runner("run-plugin", note);
    const plugin = dirname(write("plugin/index.ts", ""));
    const request = new messages.RunPluginRequest()
      .setInfo(info(plugin))
      .setKind("resource")
      .setPwd(folder)
      .setArgsList(["engine:1"]);
    const { came, finished } = startPlugin(request);
    expect(await finished).toBeUndefined();
    expect(came).toEqual({ stdout: "", stderr: "", code: 0 });
    expect(noted().argv.slice(1)).toEqual([plugin, "engine:1"]);
  });

  test("ends when the engine lets go of it", async () => {
    runner("run-plugin", waiting());
    const { call, finished } = startPlugin(new messages.RunPluginRequest().setInfo(info(folder)).setPwd(folder));
    const pid = await started();
    call.cancel();
    await finished;
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 60_000 });
  });

  test("without the SDK is told to install it", async () => {
    const request = new messages.RunPluginRequest().setInfo(info(folder)).setKind("analyzer").setPwd(folder);
    const error = await startPlugin(request).finished;
    expect(error?.details).toContain(`@pulumi/pulumi/cmd/run-policy-pack was not found from ${folder}: `);
  });
});

test.skipIf(!existsSync(languageHostPath()))("packages with a plugin say so in their manifests", async () => {
  const manifest = (name: string, fields: unknown) =>
    write(`node_modules/${name}/package.json`, JSON.stringify(fields));
  manifest("@pulumi/cloud", { name: "@pulumi/cloud", version: "1.2.3", pulumi: { resource: true } });
  manifest("own", {
    name: "own",
    version: "1.0.0",
    pulumi: { resource: true, name: "mine", version: "2.0.0", server: "https://plugins.example" },
  });
  manifest("@pulumi/library", { name: "@pulumi/library", version: "1.0.0", pulumi: { resource: false } });
  manifest("odd", { name: "odd", version: "1.0.0", dependencies: [], pulumi: { resource: true } });
  write("node_modules/broken/package.json", "{");
  write("node_modules/.package-lock.json", "{}");
  const program = dirname(write("program/package.json", '{ "dependencies": { "own": "1" } }'));
  const plugins = await new Promise<language.GetRequiredPackagesResponse>((resolve, reject) => {
    const request = new messages.GetRequiredPackagesRequest().setInfo(info(program));
    client.getRequiredPackages(request, (error, response) => (error === null ? resolve(response) : reject(error)));
  });
  const found = plugins.toObject().packagesList.map(({ name, version, server, kind }) => [kind, name, version, server]);
  expect(found).toEqual([
    ["resource", "cloud", "1.2.3", ""],
    ["resource", "odd", "1.0.0", ""],
    ["resource", "mine", "2.0.0", "https://plugins.example"],
  ]);
  const named = await new Promise<language.GetProgramDependenciesResponse>((resolve, reject) => {
    const request = new messages.GetProgramDependenciesRequest().setInfo(info(program));
    client.getProgramDependencies(request, (error, response) => (error === null ? resolve(response) : reject(error)));
  });
  expect(named.toObject().dependenciesList).toEqual([{ name: "own", version: "1.0.0" }]);
});
