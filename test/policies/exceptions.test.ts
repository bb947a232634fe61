import { describe, expect, test } from "vitest";
import { Pack } from "../../policies/core/pack.ts";
import { type Rule, resourceRule } from "../../policies/core/rule.ts";
import { readSettings } from "../../policies/core/settings.ts";
import { subjectOf, urnOf } from "../../policies/core/subject.ts";
import { Undecided } from "../../policies/core/unknown.ts";
import { plainRule } from "./plain-rule.ts";

/** An exception is for one resource or a few of a name, and for a while: not a way to switch off a rule. */

const rule = (check: (name: string) => string | undefined): Rule =>
  resourceRule({
    ...plainRule,
    id: "test-rule",
    title: { en: "Rule", ko: "규칙" },
    strength: "hard",
    check({ name }, { report }) {
      const wrong = check(name);
      if (wrong !== undefined) report({ en: wrong, ko: wrong });
    },
  });
const now = Date.parse("2026-11-21T12:00:00Z");
const entry = {
  rule: "test-rule",
  resource: "*::ai-router-01",
  reason: "moved out by spring",
  owner: "kim",
  expires: "2027-01-31",
};

const settingsWith = (more: Partial<typeof entry>, one = rule(() => undefined)) =>
  readSettings([one], new Map(), { exceptions: [{ ...entry, ...more }], now });

describe("what an exception may name", () => {
  test.each(["*::ai-router-01", "*::ai-*", "urn:pulumi:prod::strata::test:x:Box::vm", "*::*router*", "*Box::a"])(
    "%s is a resource, or some of a name",
    (resource) => {
      expect(settingsWith({ resource }).exceptions).toHaveLength(1);
    },
  );

  test.each(["*", "**", "*::*", "*::", "urn:pulumi:prod::strata::test:x:Box::*", "*::*-*", "ai-router-01", "*Box*"])(
    "%s is everything, or nothing",
    (resource) => {
      expect(() => settingsWith({ resource })).toThrow(
        `exception test-rule / ${resource} (kim): resource must end in "::" and a resource's name`,
      );
    },
  );

  test("a star in a name stands for a part of the name, never for more of the urn", async () => {
    const wrong = rule((name) => `${name} is wrong`);
    const pack = new Pack({
      rules: [wrong],
      settings: settingsWith({ resource: "*::stra*" }, wrong),
      isPreview: true,
      now,
    });
    const boxes = ["strange", "other"].map((name) => subjectOf({ type: "test:x:Box", name }));
    // Each urn has "::strata::" in it.
    for (const { urn } of boxes) expect(urn).toContain("::stra");
    const { findings } = await pack.analyzeStack(boxes);
    expect(findings.map(({ urn, status }) => [urn, status])).toEqual([
      [urnOf("test:x:Box", "strange"), "excepted"],
      [urnOf("test:x:Box", "other"), "violation"],
    ]);
  });
});

test("an exception is given anew each year", () => {
  expect(settingsWith({ expires: "2027-11-21" }).exceptions).toHaveLength(1);
  expect(settingsWith({ expires: "2020-01-31" }).exceptions).toHaveLength(1);
  for (const expires of ["2027-11-23", "2999-12-31"]) {
    expect(() => settingsWith({ expires })).toThrow(
      /test-rule \/ \*::ai-router-01 \(kim\): expires = .*: at most 366 days ahead, 2027-11-22 today/,
    );
  }
});

test("all exceptions that are wrong are named at once, wherever they were given", () => {
  const given = new Map([["strata-pack", { settings: { exceptions: [{ ...entry, resource: "*" }] } }]]);
  const read = () =>
    readSettings([rule(() => undefined)], given, { exceptions: [{ ...entry, expires: "2999-12-31" }], now });
  expect(read).toThrow(/expires = 2999-12-31/);
  expect(read).toThrow(/test-rule \/ \* \(kim\): resource must/);
});

describe("an exception in force that covers nothing is told", () => {
  const notices = async (check: (name: string) => string | undefined) => {
    const one = rule(check);
    const pack = new Pack({ rules: [one], settings: settingsWith({}, one), isPreview: true, now });
    const { findings } = await pack.analyzeStack([subjectOf({ type: "test:x:Box", name: "ai-router-01" })]);
    return findings.filter(({ status }) => status === "notice").map(({ message }) => message.en);
  };

  test("where the resource is as it should be", async () => {
    expect(await notices(() => undefined)).toEqual([
      "exception test-rule / *::ai-router-01 (kim, 2027-01-31): covers nothing: take it out",
    ]);
  });

  test("not where it covers something, or nobody can tell yet", async () => {
    expect(await notices(() => "wrong")).toEqual([]);
    const open = () => {
      throw new Undecided({ en: "not known yet", ko: "미정" });
    };
    expect(await notices(open)).toEqual([]);
  });
});
