import { describe, expect, test } from "vitest";
import { rules } from "../../policies/catalogue.generated.ts";
import { violations } from "./isolation-samples.ts";
import { landscape } from "./landscape.ts";
import { judge } from "./rule-test.ts";

const isolation = rules.filter(({ id }) => id.startsWith("isolation-"));

test("every rule has violations here", () => {
  expect(
    Object.keys(violations)
      .map((name) => `isolation-${name}`)
      .sort(),
  ).toEqual(isolation.map(({ id }) => id).sort());
});

describe.each(isolation)("$id", (rule) => {
  test("has nothing to say of what is as it should be", async () => {
    const { violations: found, undecided } = await judge(rule, landscape());
    expect([...found, ...undecided]).toEqual([]);
  });

  test.each(violations[rule.id.slice("isolation-".length)] ?? [])("finds: %s", async (_, resources, named) => {
    const { violations: found, korean } = await judge(rule, resources);
    expect(found.map((text) => text.slice(0, text.indexOf(":")))).toContain(named);
    expect(korean.every((text) => /[가-힣]/.test(text))).toBe(true);
  });
});
