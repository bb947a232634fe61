import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commentLimit, commentOf } from "../../cli/report/comment.ts";
import {
  exceptionStates,
  levels,
  operations,
  type RunReport,
  reportVersion,
  type StackReport,
  severities,
  steps,
} from "../../cli/report/model.ts";
import { lesser, normals } from "../../policies/core/weakened.ts";

/** Whatever strangers write into names and messages, the comment's own structure stays. */

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ..."|,\\|,\n,\r\n,\u2028,`,```,~~~,<details>,</details>,<!-- strata-report -->,<script>,<img src=x>,@team,@a/b,#1,GH-1,!5".split(
          ",",
        ),
        ..."https://x.example,www.x.example,[a](b),![a](b),# h,- x,> q,---,***,__x__,&lt;,&#60;,:+1:,1.,| --- |,$5,%1,~l,/close".split(
          ",",
        ),
        "\u202e",
        "\ud800",
        "a@b.example",
        " ",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

const change = fc.record({
  step: fc.constantFrom(...steps),
  layer: nasty,
  type: nasty,
  name: nasty,
  properties: fc.array(nasty, { maxLength: 3 }),
  holdsData: fc.boolean(),
  stopsMachine: fc.boolean(),
});
const text = fc.record({ en: nasty, ko: nasty });
const exception = fc.record(
  {
    rule: nasty,
    resource: nasty,
    reason: nasty,
    owner: nasty,
    expires: nasty,
    state: fc.constantFrom(...exceptionStates),
    covers: fc.nat(),
  },
  { requiredKeys: ["rule", "resource", "reason", "owner", "expires", "state"] },
);
const finding = fc.record(
  {
    rule: nasty,
    pack: nasty,
    level: fc.constantFrom(...levels),
    severity: fc.constantFrom(...severities),
    layer: nasty,
    resource: nasty,
    message: text,
    remedy: text,
  },
  { requiredKeys: ["rule", "pack", "level", "layer", "resource", "message", "remedy"] },
);
const weakened = fc.record({
  rule: nasty,
  severity: fc.constantFrom(...severities),
  normally: fc.constantFrom(...normals),
  here: fc.constantFrom(...lesser),
});
const stack = fc.record({
  stack: nasty,
  operation: fc.constantFrom(...operations),
  result: fc.constantFrom("succeeded" as const, "failed" as const, "incomplete" as const),
  unchanged: fc.nat(),
  changes: fc.array(change, { maxLength: 6 }),
  findings: fc.array(finding, { maxLength: 6 }),
  exceptions: fc.array(exception, { maxLength: 4 }),
  weakened: fc.array(weakened, { maxLength: 3 }),
  packs: fc.array(fc.record({ name: nasty, decisions: fc.nat(3) }), { maxLength: 3 }),
  errors: fc.array(nasty, { maxLength: 3 }),
});
const report = fc.array(stack, { maxLength: 3 }).map((stacks): RunReport => ({ version: reportVersion, stacks }));

/** The same report with harmless words: it must have exactly the same lines, tables and tags. */
function harmless({ stacks }: RunReport): RunReport {
  return JSON.parse(
    JSON.stringify({ version: reportVersion, stacks }, (key, value) =>
      typeof value === "string" &&
      !["step", "level", "severity", "operation", "result", "state", "normally", "here"].includes(key)
        ? "x"
        : value,
    ),
    (key, value) => (key === "properties" ? value.map(() => "x") : value),
  );
}

/** What a line is to Markdown: where it begins, its cells, its tags. */
function shapeOf(line: string): string {
  const start = /^(?:[#>|-]+ ?|<!--|<\/?details>)?/.exec(line)?.[0] ?? "";
  const cells = line.startsWith("|") ? line.split(/(?<!\\)\|/).length : 0;
  return `${start} ${cells} ${(line.match(/<[^>]*>/g) ?? []).join("")}`;
}

describe("no value breaks out of its place", () => {
  test("the comment has the same lines, cells and tags whatever the words in it", () => {
    fc.assert(
      fc.property(report, fc.constantFrom("en" as const, "ko" as const), (one, language) => {
        // Layers count by name: as harmless words they would fall together.
        const apart = { ...one, stacks: one.stacks.map((each) => ({ ...each, changes: each.changes.slice(0, 1) })) };
        // An empty resource is the whole stack, and no name.
        for (const { findings } of apart.stacks) for (const each of findings) each.resource ||= "x";
        const shapes = commentOf(apart, language).split("\n").map(shapeOf);
        expect(shapes).toEqual(commentOf(harmless(apart), language).split("\n").map(shapeOf));
      }),
      { numRuns: 400 },
    );
  });

  test("every table's rows have as many cells as its head", () => {
    fc.assert(
      fc.property(report, (one) => {
        const tables = commentOf(one)
          .split(/\n(?!\|)/)
          .map((part) => part.split("\n").filter((line) => line.startsWith("|")));
        for (const rows of tables)
          expect(new Set(rows.map((line) => line.split("|").length)).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });

  test("nobody is called, nothing is linked, no tag is anybody else's", () => {
    fc.assert(
      fc.property(report, (one) => {
        const text = commentOf(one);
        expect(text).not.toMatch(/@(?!\u200b)|:\/\/|\bwww\.|[\u202a-\u202e]|[\ud800-\udbff](?![\udc00-\udfff])/i);
        // As the reader's browser sees it, references to issues are torn apart, too.
        const shown = text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
        expect(shown).not.toMatch(/(?<![#\n])[#!$%~]\d|\bGH-\d/i);
        expect(text.match(/<!--/g)).toHaveLength(1);
        const tags = new Set(text.match(/<\/?[a-z!-]+/gi));
        expect(
          [...tags].filter(
            (tag) => !["<!--", "<code", "</code", "<details", "</details", "<summary", "</summary"].includes(tag),
          ),
        ).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});

describe("a report of any size", () => {
  const many = (count: number): StackReport => ({
    stack: "big",
    operation: "preview",
    result: "failed",
    unchanged: 0,
    changes: Array.from({ length: count }, (_, index) => ({
      step: index === count - 1 ? "delete" : "create",
      layer: `tenant-${index % 7}`,
      type: "cloudstack:storage:Volume",
      name: `volume-${index}`,
      properties: [],
      holdsData: true,
      stopsMachine: false,
    })),
    findings: Array.from({ length: count }, (_, index) => ({
      rule: index === 0 ? "the-one-that-blocks" : "advice",
      pack: "strata",
      level: index === 0 ? "mandatory" : "advisory",
      layer: "tenant-a",
      resource: `volume-${index}`,
      message: { en: "|".repeat(900), ko: "" },
      remedy: { en: "", ko: "" },
    })),
    exceptions: [],
    weakened: [],
    packs: [],
    errors: [],
  });

  test("fits into a comment, keeps what is dangerous and counts what is left out", () => {
    const count = 3000;
    const text = commentOf({ version: reportVersion, stacks: [many(count)] });
    expect(text.length).toBeLessThanOrEqual(commentLimit);
    expect(text).toContain("the-one-that-blocks");
    expect(text).toMatch(/\*\*delete\*\* <code>volume-2999/);
    const rows = text.split("\n").filter((line) => /^\| .*<code>/.test(line)).length;
    const [, leftOut] = /> (\d+) lines are left out/.exec(text) ?? [];
    expect(rows + Number(leftOut)).toBe(2 * count);
    const more = [...text.matchAll(/… and (\d+) more/g)].reduce((sum, [, rest]) => sum + Number(rest), 0);
    expect(more).toBe(Number(leftOut));
  });

  test("has a limit for stacks, too", () => {
    const text = commentOf({ version: reportVersion, stacks: Array.from({ length: 2000 }, () => many(3)) }, "ko");
    expect(text.length).toBeLessThanOrEqual(commentLimit);
    expect(text).toContain("스택 1960개");
  });

  test("never passes its limit", () => {
    fc.assert(
      fc.property(fc.array(stack, { maxLength: 60 }), fc.integer({ min: 40_000, max: 65_536 }), (stacks, limit) => {
        expect(commentOf({ version: reportVersion, stacks }, "en", limit).length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 40 },
    );
  });
});
