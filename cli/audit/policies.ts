import { stackReport } from "../report/build.ts";
import { readEngineLog } from "../report/engine-log.ts";
import type { Finding as ReportFinding } from "../report/model.ts";
import type { Finding, Severity, Unasked } from "./finding.ts";

export interface PolicyResult {
  findings: Finding[];
  unasked: Unasked[];
  decisions: number;
}

/** The pack's last line, in either language: the engine tells of violations only, so that silence could be no run at all. */
const lastLine = /^strata (?:policies|정책):.*\((?:(\d+) checks|검사 (\d+)건)\)/m;

/**
 * What the policy pack says of a state.
 * @param printed events and words of `pulumi policy analyze --json`, both streams
 * @param scrub takes secrets out of texts
 */
export function policyResult(printed: string, scrub: (text: string) => string): PolicyResult {
  const lines = printed.split("\n").filter((line) => line.startsWith("{"));
  const { findings, errors } = stackReport(readEngineLog(lines.join("\n")), scrub);
  const [, english, korean] = lastLine.exec(printed) ?? [];
  const decisions = Number(english ?? korean ?? 0);
  const undecided = findings.filter(({ level }) => level === "undecided");
  return {
    findings: findings.filter(({ level }) => level !== "undecided").map(auditFinding),
    unasked: [
      ...undecided.map(({ rule, message }) => ({ check: rule, because: message })),
      ...errors.map((because) => ({ check: "policies", because })),
      ...(decisions > 0 ? [] : [{ check: "policies", because: "the policy pack does not say that its rules ran" }]),
    ],
    decisions,
  };
}

/** The pack's messages are what is wrong, why and what to do, and references, a line each, in the reader's language. */
function auditFinding({ rule, level, severity, layer, resource, message }: ReportFinding): Finding {
  const [wrong = "", remedy = "", ...references] = message.split("\n").filter((line) => line.trim() !== "");
  const usual: Severity = level === "mandatory" ? "high" : "low";
  return {
    rule,
    source: "policy",
    severity: severity ?? usual,
    kind: "resource",
    name: resource || "stack",
    id: resource,
    layer,
    message: { en: wrong, ko: wrong },
    remedy: { en: remedy, ko: remedy },
    requirements: references,
  };
}
