import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JournalEntry, StateResource } from "../../tools/journal/deployment.ts";
import { startStateService } from "../../tools/journal/service.ts";
import { adviceOnState, journalFolder, startServiceProcess } from "../../tools/journal/start.ts";
import { cleanUpAfterKilled } from "../../tools/state-folder.ts";
import { eventually } from "../support/processes.ts";

/** The service without an engine, and what is left when one of the two is killed. */

let folder: string;
let engine: ChildProcess;
const backend = () => `file://${folder}?metadata=skip`;
const pulumi = () => join(folder, ".pulumi");
const state = () => join(pulumi(), "stacks/strata/site.json");
const journal = () => join(pulumi(), "journals/strata/site.jsonl");

const resource = (name: string): StateResource => ({ urn: `urn:pulumi:site::strata::a:b:C::${name}`, type: "a:b:C" });
const manifest = { time: "2026-11-21T00:00:00Z", magic: "m", version: "v3.255.0" };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "strata-journal-"));
  mkdirSync(join(pulumi(), "stacks/strata"), { recursive: true });
  const checkpoint = { stack: "organization/strata/site", latest: { manifest, resources: [resource("old")] } };
  writeFileSync(state(), JSON.stringify({ version: 3, checkpoint }));
  engine = spawn("sleep", ["60"], { stdio: "ignore" });
});

afterEach(() => {
  engine.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

type Env = Record<string, string>;

async function ask(env: Env, method: string, path: string, body?: unknown): Promise<{ status: number; answer: Env }> {
  const response = await fetch(`${env.PULUMI_BACKEND_URL}/api/${path}`, {
    method,
    headers: { authorization: `token ${env.PULUMI_ACCESS_TOKEN}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: (await response.json()) as Env };
}

const stack = "stacks/organization/strata/site";

/** As the engine does before its first step. @returns the path of the run */
async function begin(env: Env): Promise<string> {
  await ask(env, "GET", `${stack}/export`);
  const { answer } = await ask(env, "POST", `${stack}/update`, { config: {}, metadata: {} });
  const run = `${stack}/update/${answer.updateID}`;
  const started = await ask(env, "POST", run, { journalVersion: 2 });
  expect(started.answer.message).toBeUndefined();
  expect(started.answer.journalVersion).toBe(1);
  return run;
}

const begun = (operationID: number, name: string): JournalEntry => ({
  version: 1,
  kind: 0,
  sequenceID: 2 * operationID,
  operationID,
  operation: { type: "creating", resource: resource(name) },
});

const made = (operationID: number, name: string): JournalEntry => ({
  version: 1,
  kind: 1,
  sequenceID: 2 * operationID + 1,
  operationID,
  state: resource(name),
});

function known(): { names: string[]; pending: string[] } {
  const { latest } = JSON.parse(readFileSync(state(), "utf8")).checkpoint as {
    latest: { resources: StateResource[]; pending_operations?: { resource: StateResource }[] };
  };
  const name = ({ urn }: StateResource) => urn.slice(urn.lastIndexOf("::") + 2);
  return {
    names: latest.resources.map(name),
    pending: (latest.pending_operations ?? []).map((one) => name(one.resource)),
  };
}

const locks = () => readdirSync(join(pulumi(), "locks/organization/strata/site"));

async function entriesOfAProcess(): Promise<Env> {
  const env = await startServiceProcess(pulumi(), engine.pid ?? 0, process.env);
  const run = await begin(env);
  const entries = [begun(1, "a"), made(1, "a"), begun(2, "b")];
  expect((await ask(env, "PATCH", `${run}/journalentries`, { entries })).status).toBe(200);
  return env;
}

test("when the engine is killed, its service makes the state whole and ends", async () => {
  await entriesOfAProcess();
  engine.kill("SIGKILL");
  await eventually("the journal has become the state", () => !existsSync(journal()) && locks().length === 0);
  expect(known()).toEqual({ names: ["a", "old"], pending: ["b"] });
  expect(await cleanUpAfterKilled(backend())).toEqual([]);
});

test("when both are killed, the next run makes the state whole, whatever was only half written", async () => {
  await entriesOfAProcess();
  const [lock = ""] = locks();
  const { pid } = JSON.parse(readFileSync(join(pulumi(), "locks/organization/strata/site", lock), "utf8"));
  // Nobody else may touch it while it is written.
  expect(await cleanUpAfterKilled(backend())).toEqual([]);
  process.kill(pid, "SIGKILL");
  writeFileSync(journal(), '\n{"version":1,"kind":1,"sequen', { flag: "a" });
  await eventually("the state is whole", async () => (await cleanUpAfterKilled(backend())).length > 1);
  expect(known()).toEqual({ names: ["a", "old"], pending: ["b"] });
  expect([existsSync(journal()), locks()]).toEqual([false, []]);
});

test("a merge that was killed just before its end is only finished", async () => {
  const service = await startStateService(pulumi());
  const run = await begin(service.env);
  await ask(service.env, "PATCH", `${run}/journalentries`, { entries: [begun(1, "a"), made(1, "a")] });
  const before = readFileSync(journal(), "utf8");
  await ask(service.env, "POST", `${run}/complete`, { status: "succeeded" });
  await service.close();
  const after = readFileSync(state(), "utf8");
  const { createHash } = await import("node:crypto");
  const merged = createHash("sha256").update(after).digest("hex");
  writeFileSync(journal(), `${before}\n${JSON.stringify({ merged })}`);
  await cleanUpAfterKilled(backend());
  expect([existsSync(journal()), readFileSync(state(), "utf8")]).toEqual([false, after]);
});

test("a journal of another state is kept and said, not applied", async () => {
  const service = await startStateService(pulumi());
  const run = await begin(service.env);
  await ask(service.env, "PATCH", `${run}/journalentries`, { entries: [made(1, "a")] });
  const text = readFileSync(journal(), "utf8");
  await service.close();
  writeFileSync(journal(), text);
  await expect(cleanUpAfterKilled(backend())).rejects.toThrow(/was changed after a run that was killed, whose journal/);
  expect(readFileSync(journal(), "utf8")).toBe(text);
});

test("nobody without the token, no second run beside the first, no run on a state that has moved on", async () => {
  const service = await startStateService(pulumi());
  const stranger = { ...service.env, PULUMI_ACCESS_TOKEN: "guessed" };
  expect(await ask(stranger, "GET", `${stack}/export`)).toMatchObject({ status: 401 });
  const run = await begin(service.env);
  await expect(begin(service.env)).rejects.toThrow(/currently locked/);
  await ask(service.env, "POST", `${run}/complete`, { status: "failed" });
  const { answer } = await ask(service.env, "POST", `${stack}/update`, {});
  writeFileSync(state(), readFileSync(state(), "utf8").replace('"old"', '"new"').replace("::old", "::new"));
  const late = await ask(service.env, "POST", `${stack}/update/${answer.updateID}`, { journalVersion: 1 });
  expect(late).toMatchObject({ status: 409, answer: { message: expect.stringContaining("start again") } });
  const old = await ask(service.env, "POST", `${stack}/update/${answer.updateID}`, {});
  expect(old).toMatchObject({ status: 400, answer: { message: expect.stringContaining("keeps no journal") } });
  await service.close();
});

test("entries that are not understood fail the run and stay in the journal", async () => {
  const service = await startStateService(pulumi());
  const run = await begin(service.env);
  await ask(service.env, "PATCH", `${run}/journalentries`, { entries: [{ ...made(1, "a"), kind: 17 }] });
  const end = await ask(service.env, "POST", `${run}/complete`, { status: "succeeded" });
  expect(end).toMatchObject({ status: 500, answer: { message: expect.stringContaining("of kind 17") } });
  expect([existsSync(journal()), known().names]).toEqual([true, ["old"]]);
  await expect(service.close()).rejects.toThrow("of kind 17");
});

test.each([
  ["journal", ["up", "-s", "x"], true],
  ["journal", ["-s", "x", "--non-interactive", "up"], true],
  ["journal", ["preview"], false],
  ["journal", ["stack", "import"], false],
  ["folder", ["up"], false],
] as const)("STRATA_STATE=%s and %j: journal %s", (wish, words, expected) => {
  const env = { STRATA_STATE: wish, PULUMI_BACKEND_URL: "file:///state?metadata=skip" };
  expect(journalFolder(env, words)).toBe(expected ? "/state/.pulumi" : undefined);
});

test.each([
  [{ STRATA_STATE: "jurnal" }, /it may be "folder" \(the default\) or "journal"/],
  [{ STRATA_STATE: "journal", PULUMI_BACKEND_URL: "s3://bucket" }, /needs a state folder/],
  [{ STRATA_STATE: "journal", PULUMI_BACKEND_URL: "file:///s", PULUMI_DIY_BACKEND_GZIP: "1" }, /without compression/],
])("%j is refused", (env, message) => {
  expect(() => journalFolder(env, ["up"])).toThrow(message);
});

test("who waits for a large state is told of the journal, nobody else", async () => {
  const env = { PULUMI_BACKEND_URL: backend() };
  expect(await adviceOnState(env, ["up"])).toEqual([]);
  writeFileSync(state(), " ".repeat(1_400_000));
  expect(await adviceOnState(env, ["up"])).toEqual([expect.stringMatching(/1\.4 MB each time: STRATA_STATE=journal/)]);
  expect(await adviceOnState(env, ["preview"])).toEqual([]);
  expect(await adviceOnState({ ...env, STRATA_STATE: "folder" }, ["up"])).toEqual([]);
  expect(await adviceOnState({ PULUMI_BACKEND_URL: "s3://bucket" }, ["up"])).toEqual([]);
  expect(await adviceOnState({ ...env, PULUMI_DIY_BACKEND_GZIP: "1" }, ["up"])).toEqual([]);
});

test("the service ends when its engine has", async () => {
  const env = await startServiceProcess(pulumi(), engine.pid ?? 0, process.env);
  engine.kill("SIGKILL");
  await once(engine, "exit");
  const gone = () =>
    ask(env, "GET", stack).then(
      () => false,
      () => true,
    );
  await eventually("nobody answers", gone);
  await eventually("its token is gone, too", () => !existsSync(env.PULUMI_CREDENTIALS_PATH ?? ""));
});
