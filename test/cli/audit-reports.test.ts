import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { default as draft04 } from "ajv-draft-04";
import { afterAll, describe, expect, test } from "vitest";
import { checks } from "../../cli/audit/checks.ts";
import type { AuditReport, Finding } from "../../cli/audit/finding.ts";
import { auditPage } from "../../cli/audit/html/page.ts";
import { auditSummary } from "../../cli/audit/markdown.ts";
import { sarifOf } from "../../cli/audit/sarif.ts";
import { auditText } from "../../cli/audit/text.ts";
import type { Exception } from "../../cli/report/model.ts";
import { repoRoot } from "../../tools/toolchain/layout.ts";
import { parseXml } from "./xml.ts";

/** What the audit writes, of a report with something in every place and names that would break out. */

const evil = `</td><script>alert(1)</script> | "'& \u001b[31m`;

const exception = (more: Partial<Exception>): Exception => ({
  rule: "isolation-nic-own-zone",
  resource: "*",
  reason: `moved out in spring ${evil}`,
  owner: `kim ${evil}`,
  expires: "2027-12-31",
  state: "in force",
  ...more,
});

const finding = (more: Partial<Finding> = {}): Finding => ({
  rule: "live-foreign-machine",
  source: "live",
  severity: "critical",
  kind: "virtual machine",
  name: `spy ${evil}`,
  id: "2f1c1c3e-0000-4000-8000-000000000001",
  layer: "tenant-a",
  message: { en: `spy ${evil} has a network card in tenant-a-tier`, ko: `spy ${evil}이(가) tenant-a-tier에 있음` },
  remedy: { en: "Destroy it", ko: "삭제" },
  requirements: ["P1.5", "O4"],
  references: [],
  ...more,
});

/** In force and covering something, in force for nothing, soon over, expired. */
const exceptions = [
  exception({ resource: "*::ai-b-*", covers: 1 }),
  exception({ resource: "*::ai-z-*", covers: 0 }),
  exception({ resource: "*::ai-y-*", covers: 0, expires: "2026-11-30" }),
  exception({ resource: "*vm", state: "expired", expires: "2026-10-31", covers: 0 }),
];

const report: AuditReport = {
  version: 2,
  stack: `enterprise ${evil}`,
  at: "2026-11-21T00:00:00.000Z",
  findings: [
    finding(),
    finding({ rule: "live-acl-rule", layer: "tenant-b", kind: "access rule", name: "tenant-b-rules 1", id: "r1" }),
    finding({
      rule: "isolation-nic-own-zone",
      source: "policy",
      severity: "high",
      id: "vm",
      name: "vm",
      requirements: [],
      references: ["N2SF SG-4"],
      remedy: {
        en: "Remove it: cmk delete networkacl id=2f1c-1, or pulumi up, which does so",
        ko: "삭제: cmk delete networkacl id=2f1c-1 또는 pulumi up 실행",
      },
    }),
    finding({
      rule: "live-foreign-volume",
      severity: "medium",
      layer: "service-edge",
      kind: "volume",
      name: "take-away",
    }),
    finding({ rule: "hygiene", source: "policy", severity: "low", layer: "", name: "stack", id: "" }),
  ],
  excepted: [
    {
      ...finding({ source: "policy", rule: "isolation-nic-own-zone", name: "ai-b-ml-01" }),
      exception: exceptions[0] ?? exception({}),
    },
  ],
  exceptions,
  weakened: [
    { rule: "encryption-data-at-rest", severity: "high", normally: "mandatory", here: "disabled" },
    { rule: "quota-overcommit", severity: "medium", normally: "mandatory", here: "advisory" },
  ],
  unasked: [
    { check: "live-ceph-user", because: { en: `answer of the dashboard ${evil}`, ko: `대시보드 응답 ${evil}` } },
  ],
  looked: { resources: 137, live: 320, policyDecisions: 900 },
  checks: checks.map(({ id, title, requirements }) => ({ id, title, requirements })),
};
const clean: AuditReport = { ...report, findings: [], unasked: [], excepted: [], exceptions: [], weakened: [] };

describe("SARIF", () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, "testdata/sarif-2.1.0-rtm.5.json"), "utf8"));
  // A pattern of the schema is none with the flag "u".
  const ajv = new draft04.default({ allErrors: true, strict: false, unicodeRegExp: false });
  // What the schema asks for of texts besides their type; ajv leaves formats to its user.
  ajv.addFormat("uri", (text: string) => URL.canParse(text));
  ajv.addFormat("uri-reference", (text: string) => URL.canParse(text, "https://base.example/"));
  ajv.addFormat("date-time", (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text));
  const validate = ajv.compile(schema);
  const written = (one: AuditReport, language: "en" | "ko") => JSON.parse(JSON.stringify(sarifOf(one, language)));

  test.each([report, clean])("is a log by the schema of the standard", (one) => {
    for (const language of ["en", "ko"] as const) {
      expect(validate(written(one, language)), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  test("the schema sees what is wrong", () => {
    const { runs } = written(report, "en");
    const [run] = runs;
    const [result] = run.results;
    const withResult = (more: object) => ({ ...run, results: [{ ...result, ...more }] });
    for (const broken of [
      { version: "2.0.0", runs },
      { version: "2.1.0", runs: [{ ...run, tool: {} }] },
      { version: "2.1.0", runs: [{ ...run, invocations: [{}] }] },
      { version: "2.1.0", runs: [{ ...run, invocations: [{ ...run.invocations[0], endTimeUtc: "today" }] }] },
      { version: "2.1.0", runs: [withResult({ level: "bad" })] },
      { version: "2.1.0", runs: [withResult({ message: "x" })] },
      { version: "2.1.0", runs: [withResult({ ruleIndex: -2 })] },
      { version: "2.1.0", runs: [withResult({ suppressions: [{ kind: "elsewhere" }] })] },
      { version: "2.1.0", runs: [withResult({ suppressions: [{ kind: "external", owner: "kim" }] })] },
    ]) {
      expect(validate(broken), JSON.stringify(broken).slice(0, 200)).toBe(false);
    }
  });

  test("what an exception covers is a suppressed result, and every exception is listed", () => {
    const [run] = sarifOf(report, "en").runs;
    const suppressed = run?.results.filter(({ suppressions }) => suppressions.length > 0);
    expect(suppressed).toMatchObject([
      {
        ruleId: "isolation-nic-own-zone",
        suppressions: [
          {
            kind: "external",
            status: "accepted",
            justification: expect.stringMatching(/^moved out in spring .*2027-12-31\)$/s),
          },
        ],
      },
    ]);
    // By the standard all results of a run have the property as soon as one has it.
    for (const { suppressions } of run?.results ?? []) expect(suppressions).toBeDefined();
    expect(run?.properties.exceptions).toEqual(report.exceptions);
  });

  test("a rule that the site has switched off is overridden by the standard's means, and listed", () => {
    const [run] = sarifOf(report, "en").runs;
    const overrides = run?.invocations[0]?.ruleConfigurationOverrides ?? [];
    expect(overrides.map(({ descriptor, configuration }) => [descriptor.id, configuration])).toEqual([
      ["encryption-data-at-rest", { enabled: false }],
      ["quota-overcommit", { level: "note" }],
    ]);
    for (const { descriptor } of overrides) expect(run?.tool.driver.rules[descriptor.index]?.id).toBe(descriptor.id);
    expect(run?.properties.weakened).toEqual(report.weakened);
  });

  test("every result names its rule, and GitHub's severity follows ours", () => {
    const [run] = sarifOf(report, "en").runs;
    const { results = [], tool } = run ?? {};
    expect(results).toHaveLength(report.findings.length + report.excepted.length);
    for (const { ruleId, ruleIndex } of results) expect(tool?.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(results.map(({ level }) => level)).toEqual(["error", "error", "error", "warning", "note", "error"]);
    const score = (id: string) => tool?.driver.rules.find((rule) => rule.id === id)?.properties["security-severity"];
    expect([score("live-foreign-machine"), score("isolation-nic-own-zone"), score("hygiene")]).toEqual([
      "9.5",
      "8.0",
      "2.0",
    ]);
  });

  test("a finding keeps its fingerprint from one day to the next, and no other has it", () => {
    const prints = (one: AuditReport) =>
      sarifOf(one, "en").runs[0]?.results.map((result) => result.partialFingerprints["strataThing/v1"]);
    expect(prints({ ...report, at: "2027-01-01T00:00:00.000Z" })).toEqual(prints(report));
    expect(new Set(prints(report)).size).toBe(report.findings.length + report.excepted.length);
  });
});

describe("text", () => {
  test("says the worst first, with what to do and no control character of anybody's", () => {
    const text = auditText(report, "en");
    expect(text).toMatch(/CRITICAL {2}tenant-a: spy/);
    expect(text).toContain("Act now: 2 critical findings.");
    expect(text).toContain("Not everything could be asked or decided:");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(auditText(report, "ko")).toMatch(/치명 {2}tenant-a/);
    expect(auditText(clean, "en")).toContain("Nothing is there that is not declared");
  });

  test("lists the exceptions: what has expired first, then what ends next, and what each lets through", () => {
    const [, listed = ""] = auditText(report, "en").split("Exceptions from the policies:\n");
    expect(listed.match(/^ {2}\S.*?\)$/gm)).toEqual([
      expect.stringMatching(/^ {2}EXPIRED .* 2026-10-31 \(21 days ago\)$/),
      "  IN FORCE  isolation-nic-own-zone  *::ai-y-*  2026-11-30 (9 more days)",
      "  IN FORCE  isolation-nic-own-zone  *::ai-b-*  2027-12-31 (405 more days)",
      "  IN FORCE  isolation-nic-own-zone  *::ai-z-*  2027-12-31 (405 more days)",
    ]);
    expect(listed).toContain("Covers: ai-b-ml-01: spy");
    expect(listed).toContain("No longer covers: vm: spy");
    expect(listed.match(/nothing: take it out/g)).toHaveLength(2);
    expect(auditText(report, "ko")).toMatch(/만료 {2}.*21일 지남/);
  });
});

test("every form for people says which rules the site's configuration asks less of, and how bad that is", () => {
  expect(auditText(report, "en")).toContain(
    "asks less:\n  HIGH  encryption-data-at-rest: stops → nothing: switched off\n  MEDIUM  quota-overcommit: stops → advises\n",
  );
  expect(auditText(report, "ko")).toContain("설정으로 약화된 정책:\n  높음  encryption-data-at-rest: 차단 → 비활성화");
  expect(auditSummary(report, "en")).toContain("| <code>quota-overcommit</code> | medium | stops | advises |");
  expect(auditPage(report, "ko")).toMatch(/약화된 정책[\s\S]*encryption-data-at-rest<\/td><td>차단<\/td><td>비활성화/);
  for (const text of [auditText(clean, "en"), auditSummary(clean, "en"), auditPage(clean, "en")]) {
    expect(text).not.toContain("asks less");
  }
});

describe("the job's summary", () => {
  test("says how bad it is before anything else, in tables that no name breaks out of", () => {
    for (const language of ["en", "ko"] as const) {
      const text = auditSummary(report, language);
      expect(text).toMatch(/^## ⛔ /);
      expect(text).not.toMatch(/<script|<\/td>/);
      const tables = text.split(/\n(?!\|)/).map((part) => part.split("\n").filter((line) => line.startsWith("|")));
      const widths = tables.map((rows) => new Set(rows.map((line) => line.split("|").length)));
      for (const one of widths) expect(one.size).toBeLessThanOrEqual(1);
    }
    const [first, , second] = auditSummary(report, "en").split("\n");
    expect(first).toContain("Audit of enterprise");
    expect(second).toBe(
      "**Act now: 2 critical findings. Tenants may not be isolated. Not a clean bill: 1 question could not be answered.**",
    );
    expect(auditSummary(report, "en")).toMatch(/\| ⛔ expired \| .*vm.*2026-10-31 21 days ago.*\| vm \|/);
    expect(auditSummary(clean, "ko")).toMatch(/^## ✅ [\s\S]*정책 예외 \(0\)\n\n없음\./);
  });

  test("keeps below what a page takes, by leaving out the last lines and saying so", () => {
    const findings = Array.from({ length: 3000 }, (_, index) => finding({ name: `${index} ${evil.repeat(4)}` }));
    const text = auditSummary({ ...report, findings }, "en");
    expect(text.length).toBeLessThan(310_000);
    expect(text).toMatch(/> \d+ lines are left out here/);
    expect(text).toContain("Act now: 3000 critical findings");
  });
});

describe("the page", () => {
  test.each(["en", "ko"] as const)("is well-formed, stands alone and escapes every name (%s)", (language) => {
    const page = auditPage(report, language);
    expect(() => parseXml(page.replace("<!DOCTYPE html>\n", ""))).not.toThrow();
    expect(page).not.toMatch(/<script|<link|<img|https?:(?!\/\/www\.w3\.org)|url\(|@import/);
    expect(page).toContain("&lt;script&gt;");
  });

  test("says what is clean, and never so when something could not be asked", () => {
    expect(auditPage(clean, "en")).toContain('class="verdict clean"');
    const open = auditPage({ ...clean, unasked: report.unasked }, "en");
    expect(open).toContain('class="verdict open"');
    expect(open).toContain("Not a clean bill: 1 question could not be answered.");
    expect(open).toContain("<b>?</b>");
  });

  test("begins with how bad it is and what to do first, commands to be copied whole", () => {
    const page = auditPage(report, "en");
    expect(page.indexOf("Act now: 2 critical findings")).toBeLessThan(page.indexOf('class="tiles"'));
    expect(page).toContain("<code>cmk delete networkacl id=2f1c-1</code>, or <code>pulumi up</code>");
    expect(auditPage(report, "ko")).toContain("<code>cmk delete networkacl id=2f1c-1</code> 또는");
    expect(auditPage(report, "ko")).toContain("2026-11-21 09:00 KST (2026-11-21 00:00 UTC)");
  });

  test("shows what has expired, what ends soon and what holds apart, and says so where there is none", () => {
    const looks = [...auditPage(report, "en").matchAll(/class="severity (expired|soon|holds)"/g)].map(
      ([, look]) => look,
    );
    expect(looks).toEqual(["expired", "soon", "holds", "holds"]);
    expect(auditPage(clean, "ko")).toMatch(/정책 예외[\s\S]*없음\./);
  });
});

const browser = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((path) => join(path, name)))
  .find((file) => existsSync(file));
const folder = mkdtempSync(join(tmpdir(), "strata-audit-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(browser === undefined)(
  "in a real browser (skipped where no Chromium is on PATH)",
  { timeout: 180_000 },
  () => {
    test.each(["en", "ko"] as const)("nothing is wider than the window (%s)", (language) => {
      const artifacts = join(repoRoot, ".strata/artifacts");
      mkdirSync(artifacts, { recursive: true });
      const file = join(artifacts, `audit-${language}.html`);
      const page = auditPage(report, language);
      writeFileSync(file, page);
      const probe = join(folder, `${language}.html`);
      const script = "document.body.dataset.width = document.documentElement.scrollWidth + ' ' + innerWidth";
      writeFileSync(probe, page.replace("</body>", `<script>${script}</script></body>`));
      const dom = chromium("--dump-dom", "--window-size=1100,1600", pathToFileURL(probe).href);
      const [, inner, window] = /data-width="(\d+) (\d+)"/.exec(dom) ?? [];
      expect(Number(inner)).toBeGreaterThan(0);
      expect(Number(inner)).toBeLessThanOrEqual(Number(window));
      chromium(
        `--screenshot=${join(artifacts, `audit-${language}.png`)}`,
        "--window-size=1100,1600",
        pathToFileURL(file).href,
      );
    });

    function chromium(...words: string[]): string {
      const quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--hide-scrollbars",
      ];
      return execFileSync(browser ?? "", [...quiet, `--user-data-dir=${join(folder, "profile")}`, ...words], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    }
  },
);
