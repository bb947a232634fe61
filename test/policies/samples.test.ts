import { describe, expect, test } from "vitest";
import { rules } from "../../policies/catalogue.generated.ts";
import type { Rule } from "../../policies/core/rule.ts";
import { type Description, urnOf } from "../../policies/core/subject.ts";
import { types } from "../../policies/model/types.ts";
import ceph from "../../provider/ceph/schema.json" with { type: "json" };
import cloudstack from "../../provider/cloudstack/schema.json" with { type: "json" };
import { type Sample, samplesOf } from "../support/policies.ts";
import { compliant } from "./capacity-compliant.ts";
import { settings, violations } from "./capacity-samples.ts";
import { violations as isolation } from "./isolation-samples.ts";
import { landscape } from "./landscape.ts";
import { judge } from "./rule-test.ts";

// test/e2e/policies.test.ts and policies-capacity.test.ts run all of these in the real engine, whatever is among them.

/** Looked at where others refer to them: a card's size by its profiles, a policy by its volume. */
const readOnly: readonly string[] = [types.gpuCard, types.snapshotPolicy];

interface Samples {
  compliant: Description[];
  violations: readonly Description[][];
}

const samples = new Map<string, Samples>([
  ...Object.entries(isolation).map(([name, cases]): [string, Samples] => [
    `isolation-${name}`,
    { compliant: landscape(), violations: cases.map(([, resources]) => resources) },
  ]),
  ...Object.entries(violations).map(([id, cases]): [string, Samples] => [
    id,
    { compliant: compliant[id] ?? [], violations: cases },
  ]),
]);

/** The parameters that its samples need. */
function optionsOf({ id }: Rule): { settings?: Record<string, unknown> } {
  const given = (settings as Record<string, unknown>)[id];
  return typeof given === "object" ? { settings: given as Record<string, unknown> } : {};
}

test("every resource type of both SDKs is looked at", () => {
  // Rules over whatever there is look at no type in particular.
  const particular = rules.filter((rule) => rule.types.length < Object.keys(types).length);
  const seen = new Set([...particular.flatMap((rule) => rule.types), ...readOnly]);
  const all = [...Object.keys(cloudstack.resources), ...Object.keys(ceph.resources)];
  expect(all.filter((type) => !seen.has(type))).toEqual([]);
});

test("samples are of rules that there are", () => {
  const ids = new Set(rules.map(({ id }) => id));
  expect([...samples.keys(), ...Object.keys(compliant)].filter((id) => !ids.has(id))).toEqual([]);
});

describe.each(rules)("$id", (rule) => {
  const own = samples.get(rule.id) ?? { compliant: [], violations: [] };
  const options = optionsOf(rule);

  test("has a sample as it should be, of a type that it looks at, and says nothing of it", async () => {
    expect(own.compliant.filter(({ type }) => rule.types.includes(type)).length).toBeGreaterThan(0);
    const { violations: found, undecided } = await judge(rule, own.compliant, options);
    expect([...found, ...undecided]).toEqual([]);
  });

  test("has two violations, and finds each", async () => {
    expect(own.violations.length).toBeGreaterThanOrEqual(2);
    for (const resources of own.violations) {
      const { violations: found, korean } = await judge(rule, resources, options);
      expect(found).not.toEqual([]);
      expect(korean.filter((text) => !/[가-힣]/.test(text))).toEqual([]);
    }
  });
});

describe.each(["first", "second"])("of the %s violations in one program", (which) => {
  const index = which === "first" ? 0 : 1;
  const programs = Object.entries(violations).map(([id, cases]) => ({
    id,
    samples: samplesOf(id, cases[index] ?? []),
  }));

  // So that what the real engine reports for the stack can be put down to the rule's own sample.
  test.each(rules.filter(({ id }) => violations[id] !== undefined))(
    "$id has nothing to say of the whole but for its own",
    async (rule) => {
      const saying = async (of: typeof programs) => {
        const resources = of.flatMap(({ samples: one }) => one).map(described);
        const { violations: found } = await judge(rule, resources, optionsOf(rule));
        return found.filter((one) => one.startsWith(`${rule.id}.`) || /^(stack|\S+\.Stack\.\S+): /.test(one));
      };
      expect(await saying(programs.filter(({ id }) => id !== rule.id))).toEqual([]);
      expect(await saying(programs)).not.toEqual([]);
    },
  );
});

/** What the program of the samples makes, as the engine tells it. */
function described(
  { key, type, props, secrets, dependencies }: Sample,
  _: number,
  all: readonly Sample[],
): Description {
  const typeOf = new Map(all.map((sample) => [sample.key, sample.type]));
  const urns = Object.entries(dependencies).map(([property, keys]) => [
    property,
    keys.map((other) => urnOf(typeOf.get(other) ?? "", other)),
  ]);
  return { type, name: key, props, secrets, dependencies: Object.fromEntries(urns) };
}
