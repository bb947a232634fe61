import { describe, expect, test } from "vitest";
import { rules as catalogue } from "../../policies/catalogue.generated.ts";
import { Pack } from "../../policies/core/pack.ts";
import { type Rule, resourceRule } from "../../policies/core/rule.ts";
import { type Given, readSettings } from "../../policies/core/settings.ts";
import { subjectOf } from "../../policies/core/subject.ts";
import { lastLine } from "../../policies/core/words.ts";
import { plainRule } from "./plain-rule.ts";

/** A site may ask less of its program than the pack does by itself, where a rule lets it; never without saying so. */

const rule = (id: string, strength: Rule["strength"]): Rule =>
  resourceRule({
    ...plainRule,
    id,
    title: { en: id, ko: id },
    strength,
    check() {},
    remediate: () => undefined,
  });
const rules = [rule("a", "mandatory"), rule("b", "mandatory"), rule("c", "remediate"), rule("d", "advisory")];

const weakened = (given: Record<string, Given["enforcement"]>) => {
  const entries = Object.entries(given).map(([id, enforcement]) => [id, { enforcement }] as const);
  return readSettings(rules, new Map(entries)).weakened;
};

describe("what a configuration asks less of", () => {
  test("are rules that are switched off, and rules that advise where they would stop or put right", () => {
    expect(weakened({ a: "disabled", b: "advisory", c: "disabled", d: "disabled" })).toEqual([
      { rule: "a", severity: "high", normally: "mandatory", here: "disabled" },
      { rule: "b", severity: "high", normally: "mandatory", here: "advisory" },
      { rule: "c", severity: "high", normally: "remediate", here: "disabled" },
      { rule: "d", severity: "high", normally: "advisory", here: "disabled" },
    ]);
    expect(weakened({ c: "advisory" })).toMatchObject([{ rule: "c", here: "advisory" }]);
  });

  test("are none where it asks as much, or more", () => {
    expect(weakened({})).toEqual([]);
    expect(weakened({ a: "mandatory", c: "mandatory", d: "mandatory" })).toEqual([]);
    expect(weakened({ c: "remediate", d: "advisory" })).toEqual([]);
  });

  test("are named in the last line", async () => {
    const settings = readSettings(
      rules,
      new Map<string, Given>([
        ["a", { enforcement: "disabled" }],
        ["b", { enforcement: "advisory" }],
        ["d", { enforcement: "disabled" }],
      ]),
    );
    const pack = new Pack({ rules, settings, isPreview: true });
    const { summary } = await pack.analyzeStack([subjectOf({ type: "test:x:Box", name: "a" })]);
    expect(lastLine(summary, settings.weakened, "en")).toMatch(
      /: 2 rules ran on 1 resources .* undecided; 2 switched off: a, d; 1 made advice: b$/,
    );
    expect(lastLine(summary, settings.weakened, "ko")).toMatch(/비활성화 2개: a, d; 권고로 낮춤 1개: b$/);
    expect(lastLine(summary, [], "en")).toMatch(/undecided$/);
  });
});

test("what is critical is nobody's to switch off", () => {
  expect(catalogue.filter(({ severity, strength }) => severity === "critical" && strength !== "hard")).toEqual([]);
});
