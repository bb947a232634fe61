import { stackReport } from "../report/build.ts";
import { readEngineLog } from "../report/engine-log.ts";
import type { Finding, Severity, Unasked } from "./finding.ts";

export interface PolicyResult {
  findings: Finding[];
  unasked: Unasked[];
  decisions: number;
}

/**
 * What the policy pack says of a state, from the events of `pulumi policy analyze --json`.
 * @param scrub takes secrets out of texts
 */
export function policyResult(printed: string, scrub: (text: string) => string): PolicyResult {
  // Notes of the engine for people stand among the events.
  const lines = printed.split("\n").filter((line) => line.startsWith("{"));
  const { findings, packs, errors } = stackReport(readEngineLog(lines.join("\n")), scrub);
  const decisions = packs.reduce((sum, pack) => sum + pack.decisions, 0);
  const judged = findings.filter(({ level }) => level !== "undecided");
  const undecided = findings.filter(({ level }) => level === "undecided");
  return {
    findings: judged.map(({ rule, level, severity, layer, resource, message }) => {
      const [first = "", ...rest] = message.split("\n").filter((line) => line.trim() !== "");
      const remedy = rest.join(" ");
      return {
        rule,
        source: "policy" as const,
        severity: severity ?? (level === "mandatory" ? "high" : ("low" satisfies Severity)),
        kind: "resource",
        name: resource || "stack",
        id: resource,
        layer,
        // The pack has spoken in the reader's language already.
        message: { en: first, ko: first },
        remedy: { en: remedy, ko: remedy },
        requirements: [],
      };
    }),
    unasked: [
      ...undecided.map(({ rule, message }) => ({ check: rule, because: message })),
      ...errors.map((because) => ({ check: "policies", because })),
    ],
    decisions,
  };
}
