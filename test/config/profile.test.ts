import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkProfile, loadProfile } from "../../src/config/profile.ts";
import { textSource, valueSource } from "../../src/config/source.ts";
import { type Mistake, MistakesError } from "../../src/kit/errors.ts";

const file = "profiles/demo-cpu.yaml";
const text = readFileSync(join(import.meta.dirname, "../..", file), "utf8");

/** Everything that is wrong with demo-cpu once something is laid over it. */
function mistakesWith(overrides: unknown): readonly Mistake[] {
  try {
    checkProfile("Profile", [textSource(file, text), valueSource("overrides", overrides)]);
    return [];
  } catch (error) {
    if (error instanceof MistakesError) return error.mistakes;
    throw error;
  }
}

const machine = { roles: ["data"], cpus: 2, memory: "4 GiB" };
const fourth = {
  key: "d",
  name: "Village D",
  dataClass: "open",
  vlan: 23,
  cidr: "10.0.23.0/24",
  storage: "10 GiB",
  machines: [{ ...machine, name: "ai-d-data-01" }],
};

/** What is laid over demo-cpu, and the one mistake that must come of it: its path and a part of its rule or remedy. */
const badProfiles: [what: string, overrides: unknown, path: string, says: string][] = [
  ["unknown key at the top", { tennants: [] }, "tennants", "write tenants"],
  ["unknown key deep down", { tenants: { a: { vlna: 1 } } }, "tenants[a].vlna", "write vlan"],
  ["unknown key near nothing", { platform: { colour: "red" } }, "platform.colour", "take it out"],
  ["missing key", { platform: { owner: null } }, "platform.owner", "required"],
  ["missing section", { edge: null }, "edge", "required: a map"],
  ["a list where a map belongs", { platform: [] }, "platform", "a map"],
  ["zero tenants", { tenants: { a: null, b: null, c: null } }, "tenants", "at least one tenant"],
  ["no machine", { gate: { machines: { "dqg-01": null } } }, "gate.machines", "at least one machine"],
  [
    "tenant key that ends in names at its hyphen",
    { tenants: [{ ...fourth, key: "suwon-a" }] },
    "tenants[suwon-a].key",
    "hyphen",
  ],
  ["platform name that reads as a tenant's", { platform: { name: "multi-tenant-ai" } }, "platform.name", "tenant"],
  ["platform name after which all are one tenant's", { platform: { name: "multi-tenant" } }, "platform.name", "tenant"],
  ["tenant key with capitals", { tenants: { A: { ...fourth, key: "A" } } }, "tenants[A].key", "lower-case letter"],
  [
    "tenant twice",
    { tenants: [fourth, { ...fourth, vlan: 24, cidr: "10.0.24.0/24", machines: [] }] },
    "tenants[d].key",
    "two tenants have this key",
  ],
  ["VLAN above 4094", { tenants: { a: { vlan: 5000 } } }, "tenants[a].vlan", "from 1 to 4094"],
  ["VLAN as text", { tenants: { a: { vlan: "20" } } }, "tenants[a].vlan", "whole number"],
  ["VLAN twice", { tenants: { b: { vlan: 20 } } }, "tenants[b].vlan", "tenant a has this one already"],
  ["VLAN of a zone at a tenant", { tenants: { a: { vlan: 50 } } }, "tenants[a].vlan", "zone ai has"],
  ["VLAN in the dynamic range", { network: { zones: { ai: { vlan: 600 } } } }, "network.zones[ai].vlan", "500-1000"],
  ["CIDR with host bits", { tenants: { a: { cidr: "10.0.20.1/24" } } }, "tenants[a].cidr", "host bits are zero"],
  ["CIDR that is none", { network: { cidr: "10.0.0.0" } }, "network.cidr", "an IPv4 network"],
  ["overlapping CIDR", { network: { zones: { dmz: { cidr: "10.0.5.0/25" } } } }, "network.zones[ai].cidr", "overlap"],
  ["tier outside the VPC", { network: { zones: { dmz: { cidr: "10.1.0.0/24" } } } }, "network.zones[dmz].cidr", "VPC"],
  ["tenant outside its block", { tenants: { a: { cidr: "10.0.40.0/24" } } }, "tenants[a].cidr", "10.0.16.0/20"],
  ["tenant zone of another size", { tenants: { a: { cidr: "10.0.20.0/25" } } }, "tenants[a].cidr", "a /24 inside"],
  [
    "platform zone in the tenants' block",
    { network: { zones: { dmz: { cidr: "10.0.30.0/24" } } } },
    "network.zones[dmz].cidr",
    "outside the tenants' block",
  ],
  [
    "tenant zones larger than their block",
    { network: { tenants: { zonePrefix: 18 } } },
    "network.tenants.zonePrefix",
    "from 20 to 28",
  ],
  ["VPC over the public range", { infrastructure: { publicRange: "10.0.0.0/8" } }, "network.cidr", "public range"],
  [
    "address that is none",
    { edge: { machines: { "ai-router-01": { addresses: ["10.0.5.999"] } } } },
    "edge.machines[ai-router-01].addresses[0]",
    "an IPv4 address",
  ],
  [
    "address outside its zone",
    { edge: { machines: { "ai-router-01": { addresses: ["10.0.5.20"] } } } },
    "edge.machines[ai-router-01].addresses[0]",
    "10.0.5.128/25",
  ],
  [
    "the router's own address",
    { edge: { machines: { "ai-router-01": { addresses: ["10.0.5.129"] } } } },
    "edge.machines[ai-router-01].addresses[0]",
    "are taken",
  ],
  [
    "gate address not in its zone",
    { gate: { machines: { "dqg-01": { addresses: ["10.0.1.9"] } } } },
    "gate.machines[dqg-01].addresses[0]",
    "10.0.5.0/25",
  ],
  [
    "address twice",
    { edge: { machines: { "ai-router-01": { addresses: ["10.0.5.131"] } } } },
    "edge.machines[ai-router-01].name",
    "ai-gateway-01 has the address 10.0.5.131 already",
  ],
  [
    "data machine in the serving range",
    { tenants: { a: { machines: { "ai-a-data-01": { addresses: ["10.0.20.9"] } } } } },
    "tenants[a].machines[ai-a-data-01].addresses[0]",
    "for serving machines",
  ],
  [
    "number with no address left",
    { gate: { machines: { "dqg-99": { ...machine, roles: ["process"], zones: ["ai"] } } } },
    "gate.machines[dqg-99].name",
    "fixed address",
  ],
  [
    "machine name twice",
    { gate: { machines: { "ai-a-ml-01": { ...machine, roles: ["process"], zones: ["ai"] } } } },
    "gate.machines[ai-a-ml-01].name",
    "two machines have this name",
  ],
  [
    "machine name that is no host name",
    { gate: { machines: { "1_dqg": { ...machine, roles: ["process"], zones: ["ai"] } } } },
    "gate.machines[1_dqg].name",
    "RFC 1123",
  ],
  [
    "machine name too long",
    { tenants: { a: { machines: { ["a".repeat(64)]: machine } } } },
    `tenants[a].machines[${"a".repeat(64)}].name`,
    "1 to 63",
  ],
  [
    "platform name too long",
    { platform: { name: "p".repeat(60) } },
    "platform.name",
    "at most 64 characters, this one 72",
  ],
  [
    "role of another layer",
    { tenants: { a: { machines: { "ai-a-ml-01": { roles: ["router"] } } } } },
    "tenants[a].machines[ai-a-ml-01].roles[0]",
    "one of serve, train, data",
  ],
  [
    "zone that is not there",
    { gate: { machines: { "dqg-01": { zones: ["lan"] } } } },
    "gate.machines[dqg-01].zones[0]",
    "dmz, ai",
  ],
  [
    "zone named twice",
    { gate: { machines: { "dqg-01": { zones: ["ai", "ai"] } } } },
    "gate.machines[dqg-01].zones[1]",
    "one card in a zone",
  ],
  [
    "layer-2 zone as the first one",
    { sharedAi: { machines: { "ai-storage-01": { zones: ["gpu-storage", "ai"] } } } },
    "sharedAi.machines[ai-storage-01].zones[0]",
    "is a tier",
  ],
  [
    "gateway away from the public zone",
    { edge: { machines: { "ai-gateway-01": { zones: ["service"] } } } },
    "edge.machines[ai-gateway-01].zones[0]",
    "publicLoadBalancing",
  ],
  [
    "two public zones",
    { network: { zones: { ai: { publicLoadBalancing: true } } } },
    "network.zones[ai].publicLoadBalancing",
    "in one tier of a VPC",
  ],
  [
    "a former name that a machine still has",
    { gate: { machines: { "dqg-01": { formerly: "ai-a-ml-01" } } } },
    "gate.machines[dqg-01].formerly",
    "a machine that is no more",
  ],
  [
    "data carried on from a machine that still has it",
    { gate: { machines: { "dqg-01": { data: { formerly: "ai-a-ml-01" } } } } },
    "gate.machines[dqg-01].data.formerly",
    "a machine that is no more",
  ],
  ["negative size", { tenants: { a: { storage: "-100 GiB" } } }, "tenants[a].storage", "a size above zero"],
  ["size of nothing", { tenants: { a: { storage: "0 GiB" } } }, "tenants[a].storage", "a size above zero"],
  ["unknown unit", { gate: { machines: { "dqg-01": { memory: "8 GB" } } } }, "gate.machines[dqg-01].memory", "GiB"],
  ["size without a unit", { gate: { machines: { "dqg-01": { memory: 8 } } } }, "gate.machines[dqg-01].memory", "unit"],
  [
    "half a GiB of disk",
    { gate: { machines: { "dqg-01": { disk: "20.5 GiB" } } } },
    "gate.machines[dqg-01].disk",
    "whole number of GiB",
  ],
  ["no vCPU", { gate: { machines: { "dqg-01": { cpus: 0 } } } }, "gate.machines[dqg-01].cpus", "from 1 to 256"],
  ["quota below the volumes", { tenants: { a: { storage: "59 GiB" } } }, "tenants[a].storage", "60 GiB together"],
  ["limit below the machines", { tenants: { a: { limits: { cpus: 3 } } } }, "tenants[a].limits.cpus", "need 4"],
  [
    "memory limit below",
    { tenants: { a: { limits: { memory: "11 GiB" } } } },
    "tenants[a].limits.memory",
    "need 12 GiB",
  ],
  [
    "folder that is no path",
    { gate: { machines: { "dqg-01": { data: { folders: ["data/raw"] } } } } },
    "gate.machines[dqg-01].data.folders[0]",
    "an absolute path",
  ],
  [
    "folder twice",
    { gate: { machines: { "dqg-01": { data: { folders: ["/data", "/data"] } } } } },
    "gate.machines[dqg-01].data.folders[1]",
    "named once",
  ],
  [
    "a tenant that shares a card by time",
    { tenants: { a: { machines: { "ai-a-ml-01": { gpu: { mode: "timeSlicing", memory: "4 GiB" } } } } } },
    "tenants[a].machines[ai-a-ml-01].gpu.mode",
    "is vgpu or mig: time slices do not keep memory apart (P5.1)",
  ],
  [
    "a tenant with a whole card",
    { tenants: { a: { machines: { "ai-a-ml-01": { gpu: { mode: "passthrough" } } } } } },
    "tenants[a].machines[ai-a-ml-01].gpu.mode",
    "is vgpu or mig: whole cards are the platform's (P5.1)",
  ],
  ["unknown hypervisor", { infrastructure: { hypervisor: "Xen" } }, "infrastructure.hypervisor", "one of KVM, VMware"],
  [
    "dynamic range upside down",
    { infrastructure: { dynamicVlans: ["900-500"] } },
    "infrastructure.dynamicVlans[0]",
    "a range of VLAN ids",
  ],
  ["time zone that is none", { platform: { timezone: "+09:00" } }, "platform.timezone", "tz database"],
];

describe("a bad profile", () => {
  test.each(badProfiles)("%s", (_, overrides, path, says) => {
    const mistakes = mistakesWith(overrides);
    expect(mistakes.map((mistake) => mistake.path)).toEqual([path]);
    expect(`${mistakes[0]?.rule}; ${mistakes[0]?.remedy}`).toContain(says);
  });

  test("has all its mistakes reported in one run, plain ones and those across fields", () => {
    const mistakes = mistakesWith({
      platform: { nam: "x", protectData: "yes" },
      network: { zones: { management: { vlan: 700 } } },
      tenants: {
        a: { storage: "1 GB", machines: { "ai-a-data-01": { cpus: -1 } } },
        b: { vlan: 22 },
        d: { ...fourth, vlan: 4095, cidr: "10.0.22.0/24" },
      },
      infrastructure: { zone: 5 },
    });
    expect(mistakes.map(({ path }) => path).sort()).toEqual([
      "infrastructure.zone",
      "network.zones[management].vlan",
      "platform.nam",
      "platform.protectData",
      "tenants[a].machines[ai-a-data-01].cpus",
      "tenants[a].storage",
      "tenants[c].vlan",
      "tenants[d].cidr",
      "tenants[d].vlan",
    ]);
  });

  test("says of each mistake where it comes from", () => {
    const broken = text.replace("vlan: 21", "vlan: 9999");
    const line = broken.split("\n").findIndex((row) => row.includes("vlan: 9999")) + 1;
    const sources = [textSource(file, broken), valueSource("strata:overrides", { edge: { machine: [] } })];
    expect(() => checkProfile('Profile "x"', sources)).toThrow(
      `Profile "x" has 2 mistakes:
  1. tenants[b].vlan = 9999  (${file}:${line})
     rule: a VLAN id is a whole number from 1 to 4094
  2. edge.machine = []  (strata:overrides)
     rule: unknown key; the keys here are machines
     remedy: write machines`,
    );
  });

  test("which `pulumi config set` gave the text null say how to write a null", () => {
    const overrides = { infrastructure: { publicRange: "null" } };
    expect(() => loadProfile({ profile: "demo-cpu", overrides })).toThrow(
      /publicRange = "null"[\s\S]*write null without quotes/,
    );
  });

  test("of broken YAML says the line", () => {
    const load = () => loadProfile({ profile: "demo-cpu", environment: "a: 1\na: 2" });
    expect(load).toThrow(/Map keys must be unique[\s\S]*/);
    expect(load).toThrow("STRATA_OVERRIDES:2");
  });

  test("that does not exist is told from the ones that do", () => {
    expect(() => loadProfile({ profile: "demo-cpv" })).toThrow("set strata:profile to demo-cpu");
    expect(() => loadProfile({ profile: "demo-cpu", environment: "/nowhere/site.yaml" })).toThrow("STRATA_OVERRIDES");
  });
});

describe("a good profile", () => {
  test("may be given as a path", () => {
    expect(loadProfile({ profile: file })).toEqual(loadProfile({ profile: "demo-cpu" }));
  });

  test("takes overrides, and then the environment's", () => {
    const { infrastructure, tenants } = loadProfile({
      profile: "demo-cpu",
      overrides: { infrastructure: { zone: "site", cpuSpeedMhz: 500 }, tenants: [fourth] },
      environment: JSON.stringify({ infrastructure: { zone: "lab" }, tenants: { b: null } }),
    });
    expect(infrastructure).toMatchObject({ zone: "lab", cpuSpeedMhz: 500, hypervisor: "KVM" });
    expect(tenants.map(({ key }) => key)).toEqual(["a", "c", "d"]);
  });
});
