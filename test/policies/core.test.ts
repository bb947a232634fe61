import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { rules as catalogue } from "../../policies/catalogue.generated.ts";
import { readExceptions } from "../../policies/core/exceptions.ts";
import { Pack, type PackOptions } from "../../policies/core/pack.ts";
import { Ranges } from "../../policies/core/ranges.ts";
import { type ResourceRule, type Rule, resourceRule, stackRule } from "../../policies/core/rule.ts";
import { type Given, readSettings } from "../../policies/core/settings.ts";
import { type Description, type Subject, subjectOf, urnOf } from "../../policies/core/subject.ts";
import { lastLine, wordsOf } from "../../policies/core/words.ts";
import { noUsers, World } from "../../policies/core/world.ts";
import { unknown } from "./rule-test.ts";

const about = {
  title: { en: "Sizes", ko: "크기" },
  description: { en: "why", ko: "이유" },
  severity: "high",
  strength: "hard",
  requirements: ["P1"],
  frameworks: [],
  remediation: { en: ["make it smaller"], ko: ["작게"] },
  example: "",
  settings: z.strictObject({ max: z.number().default(10) }),
  grades: { "csap:high": { max: 5 }, "n2sf:C": { max: 2 } },
} as const satisfies Partial<ResourceRule<{ max: number }>>;

const size = resourceRule<{ max: number }, { size: number }>({
  ...about,
  id: "test-size",
  kind: "resource",
  types: ["test:x:Box"],
  check({ name, props }, { settings, report }) {
    if (props.size > settings.max) report({ en: `${name} is ${props.size}`, ko: `${name}: ${props.size}` });
  },
});
const sum = stackRule<{ max: number }>({
  ...about,
  id: "test-sum",
  strength: "advisory",
  kind: "stack",
  types: ["test:x:Box"],
  check(world, { settings, report }) {
    const total = world.ofType<{ size: number }>("test:x:Box").reduce((all, { props }) => all + props.size, 0);
    if (total > settings.max) report({ en: `${total} in all`, ko: `합계 ${total}` });
  },
});

function packOf(rules: readonly Rule[], given: Record<string, Given> = {}, options: Partial<PackOptions> = {}): Pack {
  const now = Date.parse("2026-11-21");
  const settings = readSettings(rules, new Map(Object.entries(given)), { now });
  return new Pack({ rules, settings, isPreview: true, now, ...options });
}

const box = (name: string, value: unknown, more: Partial<Description> = {}): Subject =>
  subjectOf({ type: "test:x:Box", name, props: { name, size: value }, ...more });
const boxUrn = (name: string) => urnOf("test:x:Box", name);

describe("configuration", () => {
  const read = (given: Record<string, Given>, language?: string) => () =>
    readSettings([size, sum], new Map(Object.entries(given)), { language });

  test.each<[string, Record<string, Given>, RegExp]>([
    ["a rule that does not exist", { "test-siez": { enforcement: "mandatory" } }, /test-siez: there is no such rule/],
    ["a parameter that does not exist", { "test-size": { settings: { maximum: 1 } } }, /test-size: .*maximum/],
    ["a parameter of another kind", { "test-size": { settings: { max: "ten" } } }, /test-size\.max: .*number/],
    ["a hard rule switched off", { "test-size": { enforcement: "disabled" } }, /test-size: .*always mandatory/],
    ["a hard rule made advice", { "test-size": { enforcement: "advisory" } }, /test-size: .*always mandatory/],
    ["a remedy that there is not", { "test-sum": { enforcement: "remediate" } }, /test-sum: .*cannot remediate/],
    [
      "a bad regular expression",
      { "strata-pack": { settings: { tenantName: "(" } } },
      /tenantName: .*regular expression/,
    ],
    ["a grade that does not exist", { "strata-pack": { settings: { n2sf: "A" } } }, /strata-pack\.n2sf/],
    [
      "an unfinished exception",
      { "strata-pack": { settings: { exceptions: [{ rule: "x" }] } } },
      /exceptions\.0\.owner/,
    ],
  ])("refuses %s", (_, given, message) => {
    expect(read(given)).toThrow(message);
  });

  test("says all that is wrong at once", () => {
    const wrong = read({ nope: {}, "test-size": { enforcement: "disabled", settings: { max: "x" } } }, "fr");
    for (const part of [/nope/, /always mandatory/, /test-size\.max/, /STRATA_LANG/]) expect(wrong).toThrow(part);
  });

  test("parameters come from the defaults, the grade, and what is given, in this order", () => {
    const of = (pack: Record<string, unknown>, own: Record<string, unknown> = {}) =>
      readSettings(
        [size],
        new Map([
          ["strata-pack", { settings: pack }],
          ["test-size", { settings: own }],
        ]),
      ).of(size);
    expect(of({})).toEqual({ max: 10 });
    expect(of({ csap: "상" })).toEqual({ max: 5 });
    expect(of({ csap: "high" })).toEqual({ max: 5 });
    expect(of({ csap: "상", n2sf: "C" })).toEqual({ max: 2 });
    expect(of({ n2sf: "C" }, { max: 3 })).toEqual({ max: 3 });
  });

  test("every rule of the catalogue takes its own defaults, at every grade", () => {
    for (const n2sf of ["C", "S", "O"]) {
      for (const csap of ["하", "중", "상"]) {
        const settings = readSettings(catalogue, new Map([["strata-pack", { settings: { n2sf, csap } }]]));
        for (const rule of catalogue) expect(settings.of(rule)).toBeTypeOf("object");
      }
    }
  });
});

describe("the catalogue", () => {
  test.each(catalogue)("$id says everything in both languages, and where it comes from", (rule) => {
    for (const { en, ko } of [rule.title, rule.description]) {
      expect(en).toMatch(/[a-z]/);
      expect(ko).toMatch(/[가-힣]/);
    }
    expect(rule.remediation.en.length).toBeGreaterThan(0);
    expect(rule.remediation.ko).toHaveLength(rule.remediation.en.length);
    expect(rule.requirements.length).toBeGreaterThan(0);
    expect(rule.example.trim()).not.toBe("");
    expect(rule.types.length).toBeGreaterThan(0);
  });

  test("names no rule twice", () => {
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length);
  });
});

describe("one run", () => {
  test("judges before a change and says nothing twice at the end", async () => {
    const pack = packOf([size, sum]);
    expect(await pack.analyze(box("a", 3))).toEqual([]);
    const [finding] = await pack.analyze(box("b", 11));
    expect(finding).toMatchObject({ urn: boxUrn("b"), enforcement: "mandatory", message: { en: "b is 11" } });
    const { findings, summary } = await pack.analyzeStack([box("a", 3), box("b", 11)]);
    expect(findings.map(({ rule, enforcement, message }) => [rule?.id, enforcement, message.en])).toEqual([
      ["test-sum", "advisory", "14 in all"],
    ]);
    expect(summary).toMatchObject({ rules: 2, resources: 2, violations: 1, advisories: 1, undecided: 0 });
    expect(lastLine(summary, [], "en")).toContain("2 rules ran on 2 resources");
    expect(lastLine(summary, [], "ko")).toContain("규칙 2개, 리소스 2개");
  });

  test("judges at the end by inputs too, where no server gives them back", async () => {
    const pack = packOf([size]);
    await pack.analyze(box("a", unknown));
    const bare = subjectOf({ type: "test:x:Box", name: "a", props: { name: "a" } });
    expect((await pack.analyzeStack([bare])).summary.undecided).toBe(1);
    const other = packOf([size]);
    await other.analyze(box("a", 11));
    expect((await other.analyzeStack([bare])).findings).toEqual([]);
  });

  test("what is unknown in a preview is counted and never a pass; what is known then is judged", async () => {
    const pack = packOf([size, sum]);
    expect(await pack.analyze(box("a", unknown))).toEqual([]);
    const { findings, summary } = await pack.analyzeStack([box("a", unknown), box("b", 2)]);
    expect(findings.map(({ status, enforcement }) => `${status} ${enforcement}`)).toEqual([
      "undecided advisory",
      "undecided advisory",
    ]);
    expect(findings[0]?.message).toEqual({
      en: "undecided until apply for 1: a (size is known only after its creation)",
      ko: "적용 시점까지 미결정 1건: a (size 값은 생성된 뒤에야 알 수 있음)",
    });
    expect(summary).toMatchObject({ undecided: 2, violations: 0 });
  });

  test("an undecided part leaves the rest to be judged", async () => {
    const both = resourceRule<{ max: number }, { size: number; weight: number }>({
      ...about,
      id: "test-both",
      kind: "resource",
      types: ["test:x:Box"],
      async check({ props }, { report, part }) {
        await part(() => void props.size.toFixed());
        await part(() => {
          if (props.weight > 1) report({ en: "heavy", ko: "무거움" });
        });
      },
    });
    const heavy = subjectOf({ type: "test:x:Box", name: "a", props: { size: unknown, weight: 2 } });
    const { findings } = await packOf([both]).analyzeStack([heavy]);
    expect(findings.map(({ status }) => status).sort()).toEqual(["undecided", "violation"]);
  });

  test("when it is applied, a hard rule that cannot be decided refuses the resource", async () => {
    const pack = packOf([size], {}, { isPreview: false });
    const [finding] = await pack.analyze(box("a", unknown));
    expect(finding).toMatchObject({ enforcement: "mandatory", status: "violation" });
    expect(finding?.message.en).toContain("cannot be decided, and so is refused: size is known only after");
  });

  test("when it is applied, so does a rule on a resource whose violation is high, unless it only advises", async () => {
    const firm: Rule = { ...size, strength: "mandatory" };
    const refused = async (rule: Rule, given: Record<string, Given> = {}) => {
      const pack = packOf([rule], given, { isPreview: false });
      const before = await pack.analyze(box("a", unknown));
      const { findings } = await pack.analyzeStack([box("a", unknown)]);
      return [before, findings].map((some) => some.map(({ status }) => status));
    };
    expect(await refused(firm)).toEqual([["violation"], []]);
    expect(await refused({ ...firm, severity: "medium" })).toEqual([[], ["undecided"]]);
    expect(await refused(firm, { "test-size": { enforcement: "advisory" } })).toEqual([[], ["undecided"]]);
  });

  test("when it is applied, what stays undecided is not said to be decided then", async () => {
    const pack = packOf([{ ...sum, strength: "mandatory" } as Rule], {}, { isPreview: false });
    const { findings, summary } = await pack.analyzeStack([box("a", unknown)]);
    expect(findings.map(({ status, message }) => `${status} ${message.en}`)).toEqual([
      "undecided could not be decided for 1: stack (size is known only after its creation)",
    ]);
    expect(lastLine(summary, [], "en")).toMatch(/, 1 undecided$/);
    expect(lastLine(summary, [], "ko")).toMatch(/미결정 1$/);
  });

  test("a rule that breaks breaks the run, and says where", async () => {
    const throwing: Rule = { ...(size as ResourceRule), check: () => Promise.reject(new TypeError("no such thing")) };
    await expect(packOf([throwing]).analyze(box("a", 1))).rejects.toThrow(
      /rule test-size failed on .*a: .*no such thing/s,
    );
  });

  test("looking at nothing is an error", async () => {
    const none = await packOf([size]).analyzeStack([subjectOf({ type: "test:x:Other", name: "o" })]);
    expect(none.findings.map(({ enforcement, message }) => `${enforcement} ${message.en}`)).toEqual([
      "mandatory there is no resource that a rule looks at",
    ]);
    const { findings } = await packOf([sum], { "test-sum": { enforcement: "disabled" } }).analyzeStack([box("a", 1)]);
    expect(findings.map(({ message }) => message.en)).toContain("no rule is switched on");
  });
});

describe("exceptions", () => {
  const entry = (more: object = {}) => ({
    rule: "test-size",
    resource: "*::big",
    reason: "moved out by spring",
    owner: "kim",
    expires: "2026-12-31",
    ...more,
  });
  const run = async (exceptions: object[], now = "2026-11-21") => {
    const pack = packOf([size], { "strata-pack": { settings: { exceptions } } }, { now: Date.parse(now) });
    const first = await pack.analyze(box("big", 11));
    const { findings, summary } = await pack.analyzeStack([box("big", 11)]);
    return { findings: [...first, ...findings], summary };
  };

  test("one in force turns a violation into a listed exception", async () => {
    const { findings, summary } = await run([entry()]);
    expect(findings.map(({ status, enforcement }) => `${status} ${enforcement}`)).toEqual(["excepted advisory"]);
    expect(summary).toMatchObject({ excepted: 1, violations: 0 });
    const [finding] = findings;
    if (finding === undefined) throw new Error("no finding");
    expect(wordsOf(finding, "en")).toBe("excepted: big is 11\nmoved out by spring (kim, 2026-12-31)");
    expect(wordsOf(finding, "ko")).toContain("예외 적용");
  });

  test("it holds through its last day and is a violation by itself afterwards", async () => {
    expect((await run([entry()], "2026-12-31T23:00:00Z")).summary.violations).toBe(0);
    const { findings, summary } = await run([entry()], "2027-01-01");
    expect(findings.map(({ message }) => message.en)).toEqual([
      "big is 11",
      "exception test-size / *::big (kim, 2026-12-31): has expired",
    ]);
    expect(summary.violations).toBe(2);
  });

  test.each([
    ["a rule that does not exist", { rule: "test-siez" }, "there is no such rule"],
    ["a resource that does not exist", { resource: "*::small" }, "fits no resource"],
  ])("one for %s is told", async (_, more, text) => {
    const { findings, summary } = await run([entry(more)]);
    const notices = findings.filter(({ status }) => status === "notice").map(({ message }) => message.en);
    expect(notices).toEqual([expect.stringContaining(text)]);
    expect(summary).toMatchObject({ excepted: 0, violations: 1 });
  });

  test("are read from a file, and a file that is wrong says what", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "strata-exceptions-")), "exceptions.yaml");
    writeFileSync(
      file,
      "exceptions:\n  - {rule: r, resource: x, reason: because of it, owner: kim, expires: 2027-01-01}\n",
    );
    expect(await readExceptions(file)).toEqual([
      { rule: "r", resource: "x", reason: "because of it", owner: "kim", expires: "2027-01-01" },
    ]);
    writeFileSync(file, "exceptions:\n  - {rule: r, resource: x, reason: short, expires: soon}\n");
    await expect(readExceptions(file)).rejects.toThrow(
      /exceptions\.0\.reason[\s\S]*exceptions\.0\.owner[\s\S]*expires/,
    );
    expect(await readExceptions(join(file, "../none.yaml"))).toEqual([]);
  });
});

describe("the world", () => {
  const settings = readSettings([], new Map()).pack;
  const network = "cloudstack:network:Network";
  const asker = (networkId: unknown, dependencies?: Description["dependencies"]) =>
    subjectOf({ type: "t", name: "asker", props: { networkId }, dependencies });

  test("takes what an unknown id was made from", async () => {
    const world = new World(settings);
    world.add(subjectOf({ type: network, name: "n" }));
    world.add(subjectOf({ type: "other", name: "n" }));
    const from = asker(unknown, { networkId: [urnOf("other", "n"), urnOf(network, "n")] });
    expect((await world.referents(from, "networkId", network, [unknown])).map(({ type }) => type)).toEqual([network]);
    await expect(world.referents(asker(unknown), "networkId", network, [unknown])).rejects.toThrow("only after");
  });

  test("learns ids at the end, for those who wrote the id by hand", async () => {
    const world = new World(settings);
    world.add(subjectOf({ type: network, name: "n" }));
    world.add(asker("42", { networkId: [urnOf(network, "n")] }));
    world.link();
    expect((await world.referents(asker("42"), "networkId", network, ["42"])).map(({ name }) => name)).toEqual(["n"]);
    await expect(world.referents(asker("43"), "networkId", network, ["43"])).rejects.toThrow("nobody who knows");
  });

  test("asks the live API, and completes its answer by the program's inputs of the same thing", async () => {
    const live = (props: object) => subjectOf({ type: network, name: "live", props: { ...props } });
    const find = vi.fn(async () => live({ name: "n", vlan: 20, account: "x" }));
    const world = new World(settings, { find, users: async () => noUsers });
    world.add(subjectOf({ type: network, name: "mine", props: { name: "n", vlan: 20, aclId: "7" } }));
    const [found] = await world.referents<{ aclId: string; account: string }>(asker("1"), "networkId", network, ["1"]);
    expect(found?.urn).toBe(urnOf(network, "mine"));
    expect([found?.props.aclId, found?.props.account]).toEqual(["7", "x"]);
    await world.referents(asker("1"), "networkId", network, ["1"]);
    expect(find).toHaveBeenCalledTimes(1);
  });

  test("does not believe that an id is of what else the property was made from", async () => {
    const tenants = subjectOf({ type: network, name: "tenant-b", props: { name: "b" } });
    const find = async (_: string, id: string) => (id === "42" ? tenants : undefined);
    const world = new World(settings, { find, users: async () => noUsers });
    const urn = urnOf(network, "a");
    world.add(subjectOf({ type: network, name: "a" }));
    const both = [{ networkId: unknown }, { networkId: "42" }];
    world.add(subjectOf({ type: "t", name: "own", props: { networkId: "1" }, dependencies: { networkId: [urn] } }));
    world.add(asker("42", { networkId: [urn] }));
    world.link();
    const asking = subjectOf({ type: "t", name: "spy", props: { nics: both }, dependencies: { nics: [urn] } });
    const names = async (ids: unknown[]) =>
      (await world.referents(asking, "nics", network, ids)).map(({ name }) => name);
    expect(await names([unknown, "42"])).toEqual(["a", "tenant-b"]);
    await expect(names([unknown, "43"])).rejects.toThrow("does not know it");
  });

  test("does not take a thing of the same name for the same thing", async () => {
    const answer = subjectOf({ type: network, name: "live", props: { name: "n", vlan: 21 } });
    const world = new World(settings, { find: async () => answer, users: async () => noUsers });
    world.add(subjectOf({ type: network, name: "mine", props: { name: "n", vlan: 20 } }));
    expect(await world.referents(asker("1"), "networkId", network, ["1"])).toEqual([answer]);
  });

  test("an API that cannot be asked leaves it undecided, with the reason", async () => {
    const world = new World(settings, {
      find: () => Promise.reject(new Error("connection refused")),
      users: async () => noUsers,
    });
    await expect(world.referents(asker("1"), "networkId", network, ["1"])).rejects.toThrow("connection refused");
  });
});

test("ranges: whoever overlaps is told with whom", () => {
  const ranges = new Ranges();
  expect(ranges.claim({ first: 10, last: 19 }, "a")).toBeUndefined();
  expect(ranges.claim({ first: 30, last: 39 }, "b")).toBeUndefined();
  expect(ranges.claim({ first: 20, last: 29 }, "c")).toBeUndefined();
  expect(ranges.claim({ first: 10, last: 19 }, "a")).toBeUndefined();
  for (const [first, last, holder] of [
    [0, 10, "a"],
    [15, 16, "a"],
    [19, 22, "a"],
    [39, 50, "b"],
  ] as const) {
    expect(ranges.claim({ first, last }, "x")).toBe(holder);
  }
});
