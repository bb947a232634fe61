import type { Language } from "../../policies/core/text.ts";
import type { AuditReport, Excepted, Finding, Severity } from "./finding.ts";

/** Of the OASIS standard with its errata. */
const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

const levels: Record<Severity, "error" | "warning" | "note"> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
};

/** The scale of GitHub's code scanning (`security-severity`): above 9 critical, from 7 high, from 4 medium. */
const scores: Record<Severity, string> = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" };

/**
 * The report as a SARIF 2.1.0 log (OASIS standard). Findings are about things of a server and not of files, so their place
 * is a logical one; the physical one, which GitHub asks for, is the program's file of the stack.
 */
export function sarifOf(report: AuditReport, language: Language) {
  const all: readonly (Finding | Excepted)[] = [...report.findings, ...report.excepted];
  const ofPack = [...all, ...report.weakened].map(({ rule }) => rule);
  const ruleIds = [...new Set([...report.checks.map(({ id }) => id), ...ofPack])];
  const titles = new Map(report.checks.map(({ id, title }) => [id, title[language]]));
  return {
    $schema: schema,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "strata audit",
            semanticVersion: "0.1.0",
            rules: ruleIds.map((id) => ruleOf(id, titles.get(id) ?? id, [...all, ...report.weakened])),
          },
        },
        automationDetails: { id: `strata-audit/${report.stack}/` },
        invocations: [
          {
            executionSuccessful: true,
            endTimeUtc: report.at,
            ruleConfigurationOverrides: report.weakened.map(({ rule, here }) => ({
              descriptor: { id: rule, index: ruleIds.indexOf(rule) },
              configuration: here === "disabled" ? { enabled: false } : { level: "note" },
            })),
            toolExecutionNotifications: report.unasked.map(({ check, because }) => ({
              level: "warning",
              message: { text: `${check}: ${because[language]}` },
            })),
          },
        ],
        results: all.map((finding) => resultOf(finding, ruleIds.indexOf(finding.rule), language)),
        // What covers nothing suppresses no result, and is listed all the same.
        properties: { exceptions: report.exceptions, weakened: report.weakened },
      },
    ],
  };
}

function ruleOf(id: string, title: string, findings: readonly Pick<Finding, "rule" | "severity">[]) {
  const severity = findings.find(({ rule }) => rule === id)?.severity ?? "high";
  return {
    id,
    shortDescription: { text: title },
    defaultConfiguration: { level: levels[severity] },
    properties: { "security-severity": scores[severity], tags: ["security"] },
  };
}

function resultOf(finding: Finding | Excepted, ruleIndex: number, language: Language) {
  const { rule, severity, kind, name, id, layer, message, remedy, requirements, references, source } = finding;
  const words = [message[language], remedy[language]].filter((text) => text !== "").join("\n");
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: words === "" ? rule : words },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: "Pulumi.yaml" }, region: { startLine: 1 } },
        logicalLocations: [{ name: name || "stack", fullyQualifiedName: `${layer}/${kind}/${name}`, kind: "resource" }],
      },
    ],
    // The same thing found again tomorrow is the same alert.
    partialFingerprints: { "strataThing/v1": `${rule} ${id} ${name}` },
    // Where one result of a run has them, all must: an empty list says "not suppressed" (SARIF 2.1.0, 3.27.23).
    suppressions: "exception" in finding ? [suppressionOf(finding)] : [],
    properties: { severity, layer, source, requirements, references },
  };
}

/** Not in the source of the program but in a file beside it: external. */
function suppressionOf({ exception: { resource, owner, expires, reason } }: Excepted) {
  return {
    kind: "external",
    status: "accepted",
    justification: `${reason} (${owner}, ${expires})`,
    properties: { owner, expires, resource },
  };
}
