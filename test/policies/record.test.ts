import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Finding } from "../../policies/core/finding.ts";
import { exceptionRecord, findingRecord, recordIn, recordLine } from "../../policies/core/record.ts";
import { resourceRule } from "../../policies/core/rule.ts";
import type { Weakened } from "../../policies/core/weakened.ts";

/** What tools read of the pack: the same on both sides, because it is one file. */

const text = (en: string) => ({ en, ko: `${en} (한)` });
const rule = resourceRule({
  id: "test-rule",
  title: text("Rule"),
  description: text("why"),
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5"],
  frameworks: [{ name: "N2SF", version: "1.0", reference: "SG-4", specification: "separation" }],
  remediation: { en: ["one", "two"], ko: ["하나", "둘"] },
  example: "",
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: ["test:x:Box"],
  check() {},
});
const entry = { rule: "test-rule", resource: "*", reason: "moved in spring", owner: "kim", expires: "2027-01-31" };
const finding: Finding = {
  rule,
  urn: "urn:a",
  message: text('100% "wrong"\n%s'),
  enforcement: "mandatory",
  status: "violation",
};

describe("a record", () => {
  test("is read as it was written, whatever is in the words", () => {
    const use = { entry, hasExpired: false, uses: 3, hasResource: true, isOpen: false };
    const summary = { rules: 1, resources: 2, checks: 3, violations: 1, advisories: 0, excepted: 1, undecided: 0 };
    const weakened: Weakened[] = [{ rule: "test-rule", severity: "high", normally: "mandatory", here: "disabled" }];
    for (const record of [
      { record: "start" as const, exceptions: [exceptionRecord(use, false)], weakened },
      { record: "findings" as const, findings: [findingRecord(finding)] },
      { record: "end" as const, summary, exceptions: [exceptionRecord(use, true)], weakened },
    ]) {
      const line = recordLine(record);
      expect(line).not.toContain("\n");
      expect(recordIn(line)).toEqual(record);
    }
  });

  test("has a finding in both languages, with the rule's severity whatever its status, what to do and references", () => {
    expect(findingRecord(finding)).toMatchObject({
      severity: "critical",
      message: finding.message,
      remedy: { en: "one → two", ko: "하나 → 둘" },
      requirements: ["P1.5"],
      references: ["N2SF SG-4"],
    });
    const excepted = findingRecord({ ...finding, enforcement: "advisory", status: "excepted", exception: entry });
    expect(excepted).toMatchObject({ status: "excepted", severity: "critical", exception: entry });
  });

  test("of an exception that has expired is high, and says who has to do what", () => {
    const notice: Finding = { ...finding, rule: undefined, urn: undefined, status: "notice", exception: entry };
    expect(findingRecord(notice)).toMatchObject({ rule: "strata-pack", urn: "", severity: "high" });
    expect(findingRecord(notice).remedy.en).toContain("its owner give a new reason and date");
    expect(exceptionRecord({ entry, hasExpired: true, uses: 0, hasResource: true, isOpen: false }, true)).toEqual({
      ...entry,
      state: "expired",
      covers: 0,
    });
  });

  test("is no other line, and a broken one is an error: what it said is not known", () => {
    expect(recordIn("strata policies: 61 rules ran on 55 resources")).toBeUndefined();
    const line = recordLine({ record: "findings", findings: [findingRecord(finding)] });
    expect(() => recordIn(line.slice(0, -5))).toThrow(/record of the policy pack cannot be read/);
    expect(() => recordIn(line.replace('"violation"', '"fine"'))).toThrow(/status/);
  });
});
