import type { Language } from "../../policies/core/text.ts";
import { ownMapping } from "../../policies/core/text.ts";
import type { AuditReport, Finding } from "./finding.ts";
import { type ExceptionView, exceptionViews, verdictOf } from "./summary.ts";
import { type AuditWords, auditWords, timeText } from "./words.ts";

/** The audit for a console: the verdict, then the worst first, each with what to do. */
export function auditText(report: AuditReport, language: Language): string {
  const say = auditWords[language];
  const { findings, unasked, looked, at } = report;
  const open = unasked.map(({ check, because }) => `  ${check}: ${oneLine(because[language])}`);
  const exceptions = exceptionViews(report).flatMap((one) => exceptionLines(one, language));
  return [
    oneLine(say.title(report.stack)),
    say.asked(timeText(at, language)),
    "",
    ...verdictOf(report, language).sentences,
    "",
    ...findings.flatMap((finding) => linesOf(finding, language)),
    ...(open.length === 0 ? [] : [say.unasked, ...open, ""]),
    ...(exceptions.length === 0 ? [] : [`${say.exceptions}:`, ...exceptions, ""]),
    ...weakenedLines(report, say),
    say.looked(looked.resources, looked.live, looked.policyDecisions),
  ].join("\n");
}

function linesOf(finding: Finding, language: Language): string[] {
  const { severity, layer, message, remedy, rule, requirements, references } = finding;
  const say = auditWords[language];
  const mapped = references.length === 0 ? "" : `; ${references.join(", ")}: ${ownMapping[language]}`;
  return [
    `${say.severities[severity].toUpperCase()}  ${oneLine(layer) || say.wholeStack}: ${oneLine(message[language])}`,
    ...(remedy[language] === "" ? [] : [`    ${oneLine(remedy[language])}`]),
    `    (${[rule, ...requirements].join(", ")}${mapped})`,
    "",
  ];
}

function exceptionLines(exception: ExceptionView, language: Language): string[] {
  const { rule, resource, state, expires, days, owner, reason, covered, uncovered } = exception;
  const say = auditWords[language];
  const lets = [...covered, ...uncovered].map(({ name, message }) => `${name}: ${message[language]}`);
  return [
    `  ${say.states[state].toUpperCase()}  ${rule}  ${oneLine(resource)}  ${expires} (${say.days(days)})`,
    `    ${oneLine(owner)}: ${oneLine(reason)}`,
    `    ${state === "expired" ? say.noLonger : say.covers}: ${oneLine(lets.join("; ")) || say.coversNothing}`,
  ];
}

function weakenedLines({ weakened }: AuditReport, { severities, weaker }: AuditWords): string[] {
  if (weakened.length === 0) return [];
  const rows = weakened.map(
    ({ rule, severity, normally, here }) =>
      `  ${severities[severity].toUpperCase()}  ${rule}: ${weaker.enforcements[normally]} → ${weaker.enforcements[here]}`,
  );
  return [`${weaker.weakened}:`, ...rows, ""];
}

/** Names come from strangers: no control character of theirs reaches the terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, " ");
}
