import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import { afterAll, describe, expect, test } from "vitest";
import { checks } from "../../cli/audit/checks.ts";
import type { AuditReport, Finding } from "../../cli/audit/finding.ts";
import { auditPage } from "../../cli/audit/html/page.ts";
import { sarifOf } from "../../cli/audit/sarif.ts";
import { auditText } from "../../cli/audit/text.ts";
import { repoRoot } from "../../tools/toolchain/layout.ts";
import { parseXml } from "./xml.ts";

/** What the audit writes, of a report with something in every place and names that would break out. */

const evil = `</td><script>alert(1)</script> | "'& \u001b[31m`;

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
  ...more,
});

const report: AuditReport = {
  version: 1,
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
  unasked: [{ check: "live-ceph-user", because: `answer of the dashboard ${evil}` }],
  looked: { resources: 137, live: 320, policyDecisions: 900 },
  checks: checks.map(({ id, title, requirements }) => ({ id, title, requirements })),
};
const clean: AuditReport = { ...report, findings: [], unasked: [] };

describe("SARIF", () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, "testdata/sarif-2.1.0-used.json"), "utf8"));
  const validate = new Ajv({ allErrors: true }).compile(schema);

  test.each([report, clean])("is a log of version 2.1.0", (one) => {
    for (const language of ["en", "ko"] as const) {
      expect(validate(JSON.parse(JSON.stringify(sarifOf(one, language)))), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  test("the schema sees what is wrong", () => {
    const [run] = sarifOf(report, "en").runs;
    for (const broken of [
      { version: "2.0.0", runs: [run] },
      { version: "2.1.0", runs: [{ ...run, results: [{ level: "bad", message: { text: "x" } }] }] },
      { version: "2.1.0", runs: [{ ...run, results: [{ message: "x" }] }] },
      { version: "2.1.0", runs: [{ ...run, tool: {} }] },
      { version: "2.1.0", runs: [{ ...run, invocations: [{}] }] },
    ]) {
      expect(validate(JSON.parse(JSON.stringify(broken)))).toBe(false);
    }
  });

  test("every result names its rule, and GitHub's severity follows ours", () => {
    const [run] = sarifOf(report, "en").runs;
    const { results = [], tool } = run ?? {};
    expect(results).toHaveLength(report.findings.length);
    for (const { ruleId, ruleIndex } of results) expect(tool?.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(results.map(({ level }) => level)).toEqual(["error", "error", "error", "warning", "note"]);
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
    expect(new Set(prints(report)).size).toBe(report.findings.length);
  });
});

describe("text", () => {
  test("says the worst first, with what to do and no control character of anybody's", () => {
    const text = auditText(report, "en");
    expect(text).toMatch(/CRITICAL {2}tenant-a: spy/);
    expect(text).toContain("Not everything could be asked:");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(auditText(report, "ko")).toMatch(/치명 {2}tenant-a/);
    expect(auditText(clean, "en")).toContain("Nothing is there that is not declared");
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
    expect(auditPage(clean, "en")).toContain('class="clean"');
    expect(auditPage({ ...clean, unasked: report.unasked }, "en")).not.toContain('class="clean"');
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
