import { afterEach, beforeEach, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/cloudstack/server.ts";
import { type Caller, callerOf, jobOf, object, rows } from "./client.ts";

let emulator: Emulator;
let call: Caller;

beforeEach(async () => {
  emulator = await startEmulator({ latency: "none" });
  call = callerOf(emulator);
});

afterEach(() => emulator.close());

async function control(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const init = { method, ...(body ? { body: JSON.stringify(body) } : {}) };
  const response = await fetch(`${emulator.controlUrl}/${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

it("fails the next calls of a command with any status, code and text, as often as asked", async () => {
  const fault = {
    command: "listZones",
    kind: "error",
    status: 503,
    cserrorcode: 4250,
    text: "out for lunch",
    times: 2,
  };
  await control("POST", "faults", fault);
  const failed = await call("listZones");
  expect(failed.status).toBe(503);
  expect(failed.content).toMatchObject({ errorcode: 503, cserrorcode: 4250, errortext: "out for lunch" });
  expect((await call("listPods")).status).toBe(200);
  expect((await call("listZones")).status).toBe(503);
  expect((await call("listZones")).status).toBe(200);
});

it("cuts the connection before or after a call is executed", async () => {
  await control("POST", "faults", { command: "createDomain", kind: "drop-before" });
  await expect(call("createDomain", { name: "never" })).rejects.toThrow();
  await control("POST", "faults", { command: "createDomain", kind: "drop" });
  await expect(call("createDomain", { name: "made" })).rejects.toThrow();
  const names = rows(await call("listDomains"), "domain").map((domain) => domain.name);
  expect(names).toEqual(["ROOT", "made"]);
});

it("slows calls down, and forgets faults on request", async () => {
  await control("POST", "faults", { command: "*", kind: "slow", delayMs: 120 });
  const started = performance.now();
  await call("listZones");
  expect(performance.now() - started).toBeGreaterThan(100);
  await control("POST", "faults", { command: "listZones", kind: "error" });
  await control("DELETE", "faults");
  expect((await call("listZones")).status).toBe(200);
});

it("fails a job after its call was accepted", async () => {
  const { id } = object(await call("createDomain", { name: "d" }), "domain");
  await control("POST", "faults", { command: "deleteDomain", kind: "job-failure", text: "the disk is on fire" });
  const job = await jobOf(call, await call("deleteDomain", { id: String(id) }));
  expect(job).toMatchObject({
    jobstatus: 2,
    jobresultcode: 530,
    jobresult: { errorcode: 530, errortext: "the disk is on fire" },
  });
  expect((await jobOf(call, await call("deleteDomain", { id: String(id) }))).jobstatus).toBe(1);
});

it("moves the clock, so that signatures expire", async () => {
  const expires = new Date(Date.now() + 60_000).toISOString();
  await control("POST", "clock", { offsetSeconds: 3600 });
  expect((await call("listZones", { signatureversion: 3, expires })).status).toBe(401);
  await control("POST", "clock", { offsetSeconds: 0 });
  expect((await call("listZones", { signatureversion: 3, expires })).status).toBe(200);
});

it("counts calls by command, itself left out", async () => {
  await call("listZones");
  await call("listZones");
  await call("listPods");
  expect((await control("GET", "calls")).body).toEqual({ total: 3, byCommand: { listPods: 1, listZones: 2 } });
  await control("DELETE", "calls");
  expect((await control("GET", "calls")).body).toEqual({ total: 0, byCommand: {} });
});

it("keeps a log of jobs with what each waited for", async () => {
  await emulator.close();
  // As long as a job really takes: the second call comes while the first one's job runs.
  emulator = await startEmulator({ latency: "real" });
  call = callerOf(emulator);
  const id = String(object(await call("createDomain", { name: "d" }), "domain").id);
  const [first, second] = await Promise.all([call("deleteDomain", { id }), call("deleteDomain", { id })]);
  await jobOf(call, first);
  await jobOf(call, second);
  const log = (await control("GET", "jobs")).body as unknown as Record<string, unknown>[];
  expect(log).toHaveLength(2);
  const [one, two] = log;
  expect(one).toMatchObject({ command: "deleteDomain", status: 1, instanceId: id, entity: "Domain", waitedFor: [] });
  expect(two).toMatchObject({ status: 2, waitedFor: [one?.id] });
  expect(Number(two?.started)).toBeGreaterThanOrEqual(Number(one?.completed));
});

it("takes hosts down and up", async () => {
  const state = async () => rows(await call("listHosts", { name: "host1" }), "host")[0]?.state;
  await control("POST", "hosts", { name: "host1", state: "Down" });
  expect(await state()).toBe("Down");
  await control("POST", "hosts", { name: "host1", state: "Up" });
  expect(await state()).toBe("Up");
  expect((await control("POST", "hosts", { name: "nobody", state: "Up" })).status).toBe(400);
});

it("resets to exactly what was seeded, and keeps the keys", async () => {
  const seeded = (await control("GET", "inventory")).body;
  await call("createDomain", { name: "d" });
  await call("createServiceOffering", { name: "o", cpunumber: 1, cpuspeed: 500, memory: 512 });
  await call("updateConfiguration", { name: "vpc.max.networks", value: "8" });
  expect((await control("GET", "inventory")).body).not.toEqual(seeded);
  await control("POST", "reset");
  expect((await control("GET", "inventory")).body).toEqual(seeded);
  expect((await call("listZones")).status).toBe(200);
});

it("says what it does not understand", async () => {
  expect((await control("GET", "nowhere")).status).toBe(404);
  expect((await control("POST", "faults", { command: "x", kind: "meteor" })).body.error).toContain("kind is one of");
  expect((await control("POST", "clock", { offsetSeconds: "soon" })).body.error).toBe("offsetSeconds must be a number");
});
