import { describe, expect, test } from "vitest";
import { policyResult } from "../../cli/audit/policies.ts";
import { State } from "../../cli/audit/state.ts";
import { type FindingRecord, recordLine } from "../../policies/core/record.ts";
import { readRecorded } from "../e2e/recorded/files.ts";

describe("what the policy pack says of the state", () => {
  const urn =
    "urn:pulumi:recorded::strata::strata:layer:TenantEnclave$strata:part:Machines$cloudstack:compute:Instance";
  const text = (en: string) => ({ en, ko: `${en} (한)` });
  const exception = {
    rule: "r-two",
    resource: "*::ai-c-*",
    reason: "moved in spring",
    owner: "kim",
    expires: "2027-01-31",
  };
  const finding = (more: Partial<FindingRecord>): FindingRecord => ({
    rule: "r-one",
    urn: `${urn}::ai-a-ml-01`,
    status: "violation",
    enforcement: "mandatory",
    severity: "critical",
    message: text("wrong"),
    remedy: text("take it out"),
    requirements: ["P1.5"],
    references: ["N2SF SG-4"],
    ...more,
  });
  const findings = [
    finding({}),
    finding({ rule: "r-two", urn: `${urn}::ai-c-ml-01`, status: "excepted", enforcement: "advisory", exception }),
    finding({ rule: "r-late", urn: "", status: "undecided", enforcement: "advisory", message: text("not yet") }),
  ];
  const summary = { rules: 61, resources: 55, checks: 950, violations: 1, advisories: 0, excepted: 1, undecided: 1 };
  const listed = { ...exception, state: "in force", covers: 1 } as const;
  const weakened = [{ rule: "r-off", severity: "high", normally: "mandatory", here: "disabled" } as const];
  const lines = [
    recordLine({ record: "start", exceptions: [{ ...exception, state: "in force" }], weakened }),
    recordLine({ record: "findings", findings }),
    recordLine({ record: "end", summary, exceptions: [listed], weakened }),
  ];
  const state = new State(readRecorded("stack"));
  const said = (printed: string[], scrub = (words: string) => words) => policyResult(printed.join("\n"), state, scrub);

  test("comes in by records, in both languages, with its layer; the words for people are not read", () => {
    const result = said(["strata 정책: 무엇이든", ...lines, '{"summaryEvent":{}}']);
    expect(result.findings).toEqual([
      {
        rule: "r-one",
        source: "policy",
        severity: "critical",
        kind: "cloudstack:compute:Instance",
        name: "ai-a-ml-01",
        id: `${urn}::ai-a-ml-01`,
        layer: "tenant-a",
        message: text("wrong"),
        remedy: text("take it out"),
        requirements: ["P1.5"],
        references: ["N2SF SG-4"],
      },
    ]);
    expect(result.excepted).toMatchObject([{ rule: "r-two", layer: "tenant-c", exception: { owner: "kim" } }]);
    expect(result.exceptions).toEqual([listed]);
    expect(result.weakened).toEqual(weakened);
    expect(result.unasked).toEqual([{ check: "r-late", because: text("not yet") }]);
    expect(result.decisions).toBe(950);
  });

  test("silence is no consent: a pack that did not come to its end has cleared nothing", () => {
    for (const printed of [[], ["error: rule r failed on x"], lines.slice(0, 2)]) {
      expect(said(printed).unasked.map(({ check }) => check)).toContain("policies");
    }
    const { unasked } = said(["error: the key is s3cret"], (words) => words.replaceAll("s3cret", "[secret]"));
    expect(unasked[0]?.because.en).toMatch(/ran to the end: the key is \[secret\]$/);
    const mistaken = said([
      "error: the configuration is wrong:",
      "  - r.size: too small",
      "  - r.name: unknown",
      "end",
    ]);
    expect(mistaken.unasked[0]?.because.en).toMatch(
      /end: the configuration is wrong: r\.size: too small; r\.name: unknown$/,
    );
  });
});
