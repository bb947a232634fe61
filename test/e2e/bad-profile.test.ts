import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Cloud } from "../support/cloud.ts";
import { EngineStack, type Run, type StackOptions } from "../support/engine.ts";

let cloud: Cloud;
const stacks: EngineStack[] = [];

beforeAll(async () => {
  cloud = await Cloud.start();
});

afterEach(() => {
  for (const stack of stacks.splice(0)) stack.remove();
});

afterAll(() => cloud.close());

/** A preview that must fail: without a call to the cloud, and without a word about our own code. */
async function refused(options: Partial<StackOptions>): Promise<Run> {
  const stack = new EngineStack({ env: cloud.env, ...options });
  stacks.push(stack);
  const run = await stack.preview();
  expect(run.code).not.toBe(0);
  expect(run.text).not.toMatch(/^\s+at .*\(?(file:|\/).*:\d+/m);
  expect(run.text).not.toContain("node_modules");
  expect(run.changes).toEqual([]);
  expect(await cloud.calls()).toEqual({ total: 0, byCommand: {} });
  return run;
}

const machine = { roles: ["data"], cpus: 2, memory: "4 GiB" };

/** What is laid over demo-cpu, and the place that each mistake must be reported at. */
const mistakes: [overrides: Record<string, unknown>, path: string][] = [
  [{ tennants: [] }, "tennants"],
  [{ platform: { colour: "red" } }, "platform.colour"],
  [{ platform: { owner: null } }, "platform.owner"],
  [{ platform: { protectData: "yes" } }, "platform.protectData"],
  [{ platform: { timezone: "+09:00" } }, "platform.timezone"],
  [{ network: { zones: { dmz: { vlan: 4095 } } } }, "network.zones[dmz].vlan"],
  [{ network: { zones: { management: { vlan: 700 } } } }, "network.zones[management].vlan"],
  [{ network: { zones: { ai: { publicLoadBalancing: true } } } }, "network.zones[ai].publicLoadBalancing"],
  [{ network: { zones: { lab: { vlan: 70, cidr: "10.1.0.0/24" } } } }, "network.zones[lab].cidr"],
  [{ network: { zones: { annex: { vlan: 71, cidr: "10.0.1.128/25" } } } }, "network.zones[annex].cidr"],
  [{ tenants: { a: { vlan: "20" } } }, "tenants[a].vlan"],
  [{ tenants: { a: { storage: "-1 GiB" } } }, "tenants[a].storage"],
  [{ tenants: { a: { machines: { "ai-a-data-01": { cpus: 0 } } } } }, "tenants[a].machines[ai-a-data-01].cpus"],
  [{ tenants: { a: { machines: { "ai-a-ml-01": { memory: "8 GB" } } } } }, "tenants[a].machines[ai-a-ml-01].memory"],
  [{ tenants: { b: { storage: "59 GiB" } } }, "tenants[b].storage"],
  [{ tenants: { b: { limits: { cpus: 3 } } } }, "tenants[b].limits.cpus"],
  [{ tenants: { b: { dataClass: "top" } } }, "tenants[b].dataClass"],
  [{ tenants: { c: { vlan: 21 } } }, "tenants[c].vlan"],
  [{ tenants: { c: { cidr: "10.0.22.1/24" } } }, "tenants[c].cidr"],
  [{ tenants: { c: { machines: { ["m".repeat(64)]: machine } } } }, `tenants[c].machines[${"m".repeat(64)}].name`],
  [{ gate: { machines: { "dqg-01": { data: { folders: ["data"] } } } } }, "gate.machines[dqg-01].data.folders[0]"],
  [{ gate: { machines: { "dqg-01": { zones: ["lan"] } } } }, "gate.machines[dqg-01].zones[0]"],
  [{ sharedAi: { machines: { "ai-registry-01": { disk: "20.5 GiB" } } } }, "sharedAi.machines[ai-registry-01].disk"],
  [{ edge: { machines: { "ai-gateway-01": { roles: ["serve"] } } } }, "edge.machines[ai-gateway-01].roles[0]"],
  [
    { edge: { machines: { "ai-router-01": { addresses: ["10.0.5.20"] } } } },
    "edge.machines[ai-router-01].addresses[0]",
  ],
  [{ infrastructure: { hypervisor: "Xen" } }, "infrastructure.hypervisor"],
  [{ infrastructure: { dynamicVlans: ["500-1000", "9-1"] } }, "infrastructure.dynamicVlans[1]"],
];

test("all mistakes of a profile are reported by one preview, each with its place, before any call to the cloud", async () => {
  const overrides = mistakes.map(([change]) => change).reduce(lay, {});
  const { text } = await refused({ overrides });
  const reported = [...text.matchAll(/^\s*\d+\. (\S+)/gm)].map(([, path]) => path);
  expect(reported.sort()).toEqual(mistakes.map(([, path]) => path).sort());
  expect(text).toContain(`Profile "demo-cpu" has ${mistakes.length} mistakes`);
  expect(text.match(/rule: /g)).toHaveLength(mistakes.length);
  expect(text).toContain("remedy: write tenants");
});

/** Lays one tree of maps over another. */
function lay(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const laid = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const under = base[key];
    laid[key] = isMap(under) && isMap(value) ? lay(under, value) : value;
  }
  return laid;
}

test("a profile that is no YAML is refused with its line", async () => {
  const folder = mkdtempSync(join(tmpdir(), "strata-profile-"));
  const profile = join(folder, "broken.yaml");
  writeFileSync(profile, "platform:\n  name: one\n  name: two\n");
  const { text } = await refused({ profile });
  rmSync(folder, { recursive: true });
  expect(text).toMatch(/broken\.yaml:3/);
  expect(text).toContain("Map keys must be unique");
});

test("a profile that does not exist is refused with the name that was probably meant", async () => {
  const { text } = await refused({ profile: "demo-cpv" });
  expect(text).toContain("set strata:profile to demo-cpu");
});
