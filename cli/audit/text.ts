import type { Language } from "../../policies/core/text.ts";
import type { AuditReport, Finding } from "./finding.ts";
import { auditWords } from "./words.ts";

/** The audit for a console: the worst first, each with what to do. */
export function auditText(report: AuditReport, language: Language): string {
  const say = auditWords[language];
  const { findings, unasked, looked } = report;
  const open = unasked.map(({ check, because }) => `  ${check}: ${oneLine(because)}`);
  return [
    oneLine(say.title(report.stack)),
    "",
    ...(findings.length === 0 && unasked.length === 0 ? [say.clean] : []),
    ...findings.flatMap((finding) => linesOf(finding, language)),
    ...(open.length === 0 ? [] : [say.unasked, ...open]),
    "",
    say.looked(looked.resources, looked.live, looked.policyDecisions),
  ].join("\n");
}

function linesOf({ severity, layer, message, remedy, rule, requirements }: Finding, language: Language): string[] {
  const say = auditWords[language];
  const references = [rule, ...requirements].join(", ");
  return [
    `${say.severities[severity].toUpperCase()}  ${oneLine(layer) || say.wholeStack}: ${oneLine(message[language])}`,
    ...(remedy[language] === "" ? [] : [`    ${oneLine(remedy[language])}`]),
    `    (${references})`,
    "",
  ];
}

/** Names come from strangers: no control character of theirs reaches the terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, " ");
}
