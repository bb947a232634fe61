import type { FindingRecord } from "../../policies/core/record.ts";
import type { Text } from "../../policies/core/text.ts";
import type { Weakened } from "../../policies/core/weakened.ts";
import type { Exception } from "../report/model.ts";
import { packRun } from "../report/pack-run.ts";
import { nameOf, typeOf } from "../report/urn.ts";
import type { Excepted, Finding, Unasked } from "./finding.ts";
import type { State } from "./state.ts";

export interface PolicyResult {
  findings: Finding[];
  excepted: Excepted[];
  exceptions: Exception[];
  weakened: Weakened[];
  unasked: Unasked[];
  decisions: number;
}

/**
 * What the policy pack says of a state. A pack that does not say that it came to its end has cleared nothing.
 * @param printed what `pulumi policy analyze` printed, with the pack's records among it
 * @param scrub takes secrets out of texts
 */
export function policyResult(printed: string, state: State, scrub: (text: string) => string): PolicyResult {
  const { findings = [], exceptions = [], weakened = [], summary } = packRun(printed.split("\n"), scrub) ?? {};
  const decisions = summary?.checks ?? 0;
  const result: PolicyResult = { findings: [], excepted: [], exceptions, weakened, unasked: [], decisions };
  for (const record of findings) {
    const { status, rule, message, exception } = record;
    if (status === "undecided") result.unasked.push({ check: rule, because: message });
    else if (status !== "excepted" || exception === undefined) result.findings.push(auditFinding(record, state));
    else {
      const { resource, owner, expires, reason } = exception;
      const answering = { resource, owner, expires, reason: scrub(reason) };
      result.excepted.push({ ...auditFinding(record, state), exception: answering });
    }
  }
  if (result.decisions === 0) result.unasked.push({ check: "policies", because: silence(printed, scrub) });
  return result;
}

function auditFinding(record: FindingRecord, state: State): Finding {
  const { rule, urn, severity, message, remedy, requirements, references } = record;
  return {
    rule,
    source: "policy",
    severity,
    kind: urn === "" ? "stack" : typeOf(urn),
    name: urn === "" ? "" : nameOf(urn),
    id: urn,
    layer: state.get(urn)?.layer ?? "",
    message,
    remedy,
    requirements,
    references,
  };
}

/** With what the engine says instead, where it does. */
function silence(printed: string, scrub: (text: string) => string): Text {
  // An error and what it lists below itself: the mistakes of a configuration.
  const errors = [...printed.matchAll(/^[ \t]*error:(.*(?:\n {2}- .*)*)/gm)].map(([, text = ""]) =>
    scrub(
      text
        .trim()
        .replaceAll(/\n {2}- /g, "; ")
        .replaceAll(":; ", ": "),
    ),
  );
  const why = errors.length === 0 ? "" : `: ${errors.join("; ")}`;
  return {
    en: `the policy pack does not say that its rules ran to the end${why}`,
    ko: `정책 팩의 규칙이 끝까지 실행되었는지 알 수 없음${why}`,
  };
}
