import { describe, expect, test } from "vitest";
import { rules } from "../../policies/catalogue.generated.ts";
import type { Rule } from "../../policies/core/rule.ts";
import { readSettings } from "../../policies/core/settings.ts";
import type { Description } from "../../policies/core/subject.ts";
import { urnOf } from "../../policies/core/subject.ts";
import { types } from "../../policies/model/types.ts";
import { balancer, machine, made, plain, setting, size, volume } from "./capacity-parts.ts";
import { judge } from "./rule-test.ts";

// What grades ask for, of every rule that knows them: each row by itself, and both frameworks together.

/** From the least that is asked to the most. */
const n2sf = ["O", "S", "C"] as const;
const csap = ["하", "중", "상"] as const;
const csapNames = { 하: "low", 중: "mid", 상: "high" } as const;

type Compare = (one: never, other: never) => boolean;

/** Whether one value of a parameter asks for at least as much as another: of every parameter that a grade sets. */
const asksAsMuch: Record<string, Record<string, Compare>> = {
  "availability-edge-members": { members: more },
  "availability-ha-offering": { layers: covers },
  "availability-protect-data": { require: (one, other) => protections.indexOf(one) >= protections.indexOf(other) },
  "availability-snapshots": { dataClasses: covers, keep: more },
  "encryption-data-at-rest": { environments: covers },
  "quota-overcommit": { cpu: (one: number, other: number) => one <= other },
};
const protections: readonly string[] = ["never", "consistent", "always"];

function more(one: number, other: number): boolean {
  return one >= other;
}

function covers(one: readonly string[], other: readonly string[]): boolean {
  return one.includes("*") || other.every((name) => one.includes(name));
}

const classified = volume("db", { tags: { "data-class": "classified" } });
const policy = (maxSnapshots: number) =>
  made("snapshotPolicy", "daily", { name: undefined, maxSnapshots }, { volumeId: ["volume", "db"] });

/** What is well without a grade, and by which grades it is not. */
const asked: [rule: string, what: string, resources: Description[], grades: string[]][] = [
  ["availability-edge-members", "one gateway", [oneMember()], ["n2sf:C", "csap:mid", "csap:high"]],
  [
    "availability-ha-offering",
    "a machine of no layer in particular, without HA",
    [size("fixed", { offerHa: false }), machine("m-01", "fixed", { tags: { layer: "scratch" } })],
    ["csap:high"],
  ],
  [
    "availability-protect-data",
    "a volume without protection",
    [plain, volume("free", {})],
    ["n2sf:C", "n2sf:S", "csap:mid", "csap:high"],
  ],
  [
    "availability-snapshots",
    "no snapshots of classified data",
    [plain, classified],
    ["n2sf:C", "csap:mid", "csap:high"],
  ],
  ["availability-snapshots", "no snapshots of open data", [plain, volume("x", {})], ["n2sf:C", "csap:high"]],
  ["availability-snapshots", "six snapshots", [plain, classified, policy(6)], ["csap:high"]],
  ["availability-snapshots", "seven snapshots", [plain, classified, policy(7)], []],
  [
    "encryption-data-at-rest",
    "a demonstration's data, unencrypted",
    [plain, volume("x", { tags: { env: "demo" } })],
    ["n2sf:C", "n2sf:S", "csap:high"],
  ],
  ["quota-overcommit", "CPU promised twice", [setting("cpu.overprovisioning.factor", "2")], ["csap:high"]],
  ["quota-overcommit", "CPU promised once", [setting("cpu.overprovisioning.factor", "1")], []],
];

function oneMember(): Description {
  const dependencies = { instanceIds: [urnOf(types.instance, "m-01")] };
  return { ...balancer({ instanceIds: ["m-01 (id)"] }), dependencies };
}

const graded = rules.filter(({ grades }) => Object.keys(grades).length > 0);
const levels = [...n2sf.map((name) => ({ n2sf: name })), ...csap.map((name) => ({ csap: name }))];

function keyOf(pack: { n2sf?: string; csap?: keyof typeof csapNames }): string {
  return pack.csap === undefined ? `n2sf:${pack.n2sf}` : `csap:${csapNames[pack.csap]}`;
}

function settingsOf(rule: Rule, pack: Record<string, unknown>): Record<string, never> {
  return readSettings([rule], new Map([["strata-pack", { settings: pack }]])).of(rule) as Record<string, never>;
}

/** Of each parameter that a grade sets. */
function expectAsMuch(rule: Rule, pack: Record<string, unknown>, than: Record<string, unknown>): void {
  const [one, other] = [settingsOf(rule, pack), settingsOf(rule, than)];
  for (const [name, compare] of Object.entries(asksAsMuch[rule.id] ?? {})) {
    expect(compare(one[name] as never, other[name] as never), `${name}: ${one[name]}, and not ${other[name]}`).toBe(
      true,
    );
  }
}

test("every parameter that a grade sets is compared here, and every grade of a rule is seen to ask for something", () => {
  const set = graded.map(({ id, grades }) => [id, [...new Set(Object.values(grades).flatMap(Object.keys))].sort()]);
  const compared = Object.entries(asksAsMuch).map(([id, compare]) => [id, Object.keys(compare).sort()]);
  expect(Object.fromEntries(compared)).toEqual(Object.fromEntries(set));
  for (const { id, grades } of graded) {
    const seen = new Set(asked.filter(([rule]) => rule === id).flatMap(([, , , by]) => by));
    expect([...seen].sort(), id).toEqual(Object.keys(grades).sort());
  }
});

describe.each(asked)("%s: %s", (id, _, resources, by) => {
  const rule = rules.find((one) => one.id === id) as Rule;
  const isRefused = async (pack: object) =>
    (await judge(rule, resources, { pack: pack as Record<string, unknown> })).violations.length > 0;

  test("is well without a grade", async () => expect(await isRefused({})).toBe(false));

  test.each(levels)("with %j", async (pack) => {
    expect(await isRefused(pack)).toBe(by.includes(keyOf(pack)));
  });

  test("with both frameworks it is refused where one of them does", async () => {
    for (const one of n2sf) {
      for (const other of csap) {
        const each = [keyOf({ n2sf: one }), keyOf({ csap: other })];
        expect(await isRefused({ n2sf: one, csap: other }), each.join()).toBe(each.some((key) => by.includes(key)));
      }
    }
  });
});

describe.each(graded)("$id", (rule) => {
  test("a higher grade asks for no less, and none for less than there is without", () => {
    for (const [key, order] of Object.entries({ n2sf, csap })) {
      for (const [index, grade] of order.entries()) {
        const below = index === 0 ? {} : { [key]: order[index - 1] };
        expectAsMuch(rule, { [key]: grade }, below);
      }
    }
  });

  test("both frameworks together ask for no less than either", () => {
    for (const one of n2sf) {
      for (const other of csap) {
        expectAsMuch(rule, { n2sf: one, csap: other }, { n2sf: one });
        expectAsMuch(rule, { n2sf: one, csap: other }, { csap: other });
      }
    }
  });
});
