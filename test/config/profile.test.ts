import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkProfile, loadProfile } from "../../src/config/profile.ts";
import { textSource, valueSource } from "../../src/config/source.ts";
import { type Mistake, MistakesError } from "../../src/kit/errors.ts";
import { badProfiles, fourth } from "./bad-profiles.ts";
import { unheardWishes } from "./unheard-wishes.ts";

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

describe("a bad profile", () => {
  test.each([...badProfiles, ...unheardWishes])("%s", (_, overrides, path, says) => {
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

  test("may have one of two factors changed", () => {
    const overrides = { infrastructure: { overcommit: { cpu: 3 } } };
    const { infrastructure } = loadProfile({ profile: "demo-cpu", overrides });
    expect(infrastructure.overcommit).toEqual({ cpu: 3, memory: 1 });
  });

  test("may have taken away what is not there by itself, such as a site's Ceph", () => {
    const overrides = { infrastructure: { ceph: null } };
    expect(loadProfile({ profile: "demo-cpu", overrides })).toEqual(loadProfile({ profile: "demo-cpu" }));
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
