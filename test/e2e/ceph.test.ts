import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CephEmulator, startCephEmulator } from "../../emulator/ceph/server.ts";
import { resources } from "../../provider/ceph/registry.ts";
import { runUntil } from "../support/broken-off.ts";
import { EngineStack, type Run } from "../support/engine.ts";

const program = join(import.meta.dirname, "programs/ceph");
let cluster: CephEmulator;
let seeded: unknown;
let maker: EngineStack;
let importer: EngineStack;

beforeAll(async () => {
  cluster = await startCephEmulator({ seed: "enterprise", managers: 3 });
  await control("POST", "config", { name: "mon_allow_pool_delete", value: "true" });
  seeded = await removable();
  const env = {
    CEPH_DASHBOARD_URL: cluster.urls.join(","),
    CEPH_DASHBOARD_USERNAME: cluster.username,
    CEPH_DASHBOARD_PASSWORD: cluster.password,
  };
  maker = new EngineStack({ env, program });
  importer = new EngineStack({ env, program });
});

afterAll(async () => {
  maker.remove();
  importer.remove();
  await cluster.close();
});

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${cluster.controlUrl}/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return answer.json();
}

/** All that exists, but for placement targets and their classes: Squid keeps those for the next deployment. */
async function removable(): Promise<unknown> {
  const { rgwZonegroups, rgwZones, ...others } = (await control("GET", "inventory")) as Record<string, unknown>;
  expect([rgwZonegroups, rgwZones]).toMatchObject([[{ name: "default" }], [{ name: "default" }]]);
  return others;
}

function succeeded(run: Run): Run {
  expect(run.text).not.toContain("error:");
  expect(run.code).toBe(0);
  return run;
}

test("one resource of every kind is created, previews clean and refreshes without drift", async () => {
  const kinds = new Set(succeeded(await maker.up()).changes.map(({ type }) => type));
  expect([...kinds].sort()).toEqual(resources.map(({ token }) => token).sort());
  expect(succeeded(await maker.preview()).changes).toEqual([]);
  const refreshed = succeeded(await maker.refresh());
  expect([refreshed.drift, refreshed.changes]).toEqual([[], []]);
  const { text } = await maker.pulumi("stack", "output", "--stack", maker.name, "--json");
  expect(JSON.parse(text)).toMatchObject({
    path: expect.stringContaining("/volumes/tenant-a/home/"),
    storageUrl: "[secret]",
  });
});

test("no key and no password lies openly in the state", async () => {
  const { deployment } = await maker.exportState();
  const state = JSON.stringify(deployment);
  const { text } = await maker.pulumi("stack", "output", "storageUrl", "--stack", maker.name, "--show-secrets");
  const key = /:(AQ[^@]+)@/.exec(text)?.[1];
  expect(key).toMatch(/==$/);
  for (const secret of [key, cluster.password]) expect(state).not.toContain(secret);
});

test("a change is made in place while the active manager changes; a bucket from before placement targets stays", async () => {
  maker.env = { ...maker.env, QUOTA: "200", PLACED: "yes" };
  const changing = maker.up();
  await control("POST", "failover", { gapMs: 500 });
  expect(succeeded(await changing).changes.map(({ name, diff }) => [name, diff])).toEqual([
    ["tenant", { quotaGib: "update" }],
  ]);
  expect(succeeded(await maker.preview("--refresh")).changes).toEqual([]);
});

test("everything is imported into another stack and is quiet there", async () => {
  const { deployment } = await maker.exportState();
  const made = (deployment.resources ?? []).filter(({ type }) => type.startsWith("ceph:"));
  const ids = made.map(({ urn, id }) => [urn.slice(urn.lastIndexOf("::") + 2), id]);
  importer.env = { ...maker.env, ADOPT: JSON.stringify(Object.fromEntries(ids)) };
  const imported = succeeded(await importer.up());
  expect(new Set(imported.changes.map(({ op }) => op))).toEqual(new Set(["import"]));
  importer.env = { ...importer.env, ADOPT: "{}" };
  expect(succeeded(await importer.preview("--refresh")).changes).toEqual([]);
});

test("destroy leaves the cluster as it was, and says what it could not remove", async () => {
  const { text } = succeeded(await maker.destroy());
  expect(text).toMatch(/storage class SQUEEZED of placement target objects stays/);
  expect(text).toMatch(/placement target objects stays in zone default.*radosgw-admin zone placement rm/);
  expect(await removable()).toEqual(seeded);
});

test("an engine that was killed while pools were being made is followed by one that finishes them, once", async () => {
  await control("POST", "tasks", { durationMs: 20_000, waitMs: 0, applies: "start" });
  await control("DELETE", "calls");
  const { engine } = await runUntil(maker, "up", "pools are being made", async () => {
    const { byEndpoint } = (await control("GET", "calls")) as { byEndpoint: Record<string, number> };
    return (byEndpoint["POST /api/pool"] ?? 0) >= 2 && (byEndpoint["GET /api/task"] ?? 0) > 0;
  });
  engine.kill("SIGKILL");
  await once(engine, "exit");
  await control("POST", "tasks", { durationMs: 0, waitMs: 2000 });
  const finished = succeeded(await maker.up());
  expect(finished.text).toContain("carries this resource's mark");
  expect(succeeded(await maker.preview("--refresh")).changes).toEqual([]);
  succeeded(await maker.destroy());
  expect(await removable()).toEqual(seeded);
});

test("a program that makes nothing there does not start the provider", async () => {
  const trap = join(maker.folder, "started");
  const unused = join(import.meta.dirname, "programs/ceph-unused");
  const stack = new EngineStack({ env: { TRAP_FILE: trap }, program: unused });
  succeeded(await stack.preview());
  succeeded(await stack.up());
  expect(existsSync(trap)).toBe(false);
  // The trap works.
  stack.env = { ...stack.env, MAKE_POOL: "yes" };
  expect((await stack.preview()).code).not.toBe(0);
  expect(existsSync(trap)).toBe(true);
  rmSync(trap);
  stack.remove();
});
