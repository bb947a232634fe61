import type { Language } from "../../policies/core/text.ts";
import { summaryLimit } from "../report/comment.ts";
import { code, plain, row, tableHead } from "../report/markdown.ts";
import type { AuditReport, Finding } from "./finding.ts";
import { exceptionViews, verdictOf } from "./summary.ts";
import { type AuditWords, auditWords, timeText } from "./words.ts";

/** The audit on the page of a job: the verdict, the worst first, and who answers for what. Cut by whole lines. */
export function auditSummary(report: AuditReport, language: Language): string {
  const say = auditWords[language];
  const { isClean, worst, sentences } = verdictOf(report, language);
  const sign = isClean ? "✅" : worst === "critical" || worst === "high" ? "⛔" : "⚠️";
  const lines = [
    `## ${sign} ${plain(say.title(report.stack))}`,
    "",
    `**${sentences.join(" ")}**`,
    "",
    ...findingLines(report.findings, say, language),
    ...openLines(report, say, language),
    ...exceptionLines(report, say),
    ...weakenedLines(report, say),
    plain(say.asked(timeText(report.at, language))),
    plain(say.looked(report.looked.resources, report.looked.live, report.looked.policyDecisions)),
  ];
  let room = summaryLimit;
  const shown = lines.filter((line) => {
    room -= line.length + 1;
    return room > 0;
  });
  const leftOut = lines.length - shown.length;
  return [...shown, ...(leftOut > 0 ? [`\n> ${say.leftOut(leftOut)}`] : []), ""].join("\n");
}

function findingLines(findings: readonly Finding[], say: AuditWords, language: Language): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(({ severity, layer, name, message, remedy, rule }) =>
    row(
      say.severities[severity],
      plain(layer) || say.wholeStack,
      code(name || say.wholeStack),
      plain(message[language], 600),
      plain(remedy[language], 600),
      code(rule),
    ),
  );
  return [tableHead(say.severity, say.layer, say.thing, say.wrong, say.remedy, say.rule), ...rows, ""];
}

function openLines({ unasked }: AuditReport, say: AuditWords, language: Language): string[] {
  if (unasked.length === 0) return [];
  return [
    `#### ${say.unasked}`,
    "",
    ...unasked.map((one) => `- ${code(one.check)} ${plain(one.because[language], 600)}`),
    "",
  ];
}

function exceptionLines(report: AuditReport, say: AuditWords): string[] {
  const rows = exceptionViews(report).map(
    ({ rule, resource, state, expires, days, owner, reason, covered, uncovered }) =>
      row(
        `${state === "expired" ? "⛔ " : ""}${say.states[state]}`,
        code(rule),
        code(resource, 240),
        `${plain(expires, 20)} ${plain(say.days(days))}`,
        plain(owner, 80),
        plain(reason),
        plain([...covered, ...uncovered].map(({ name }) => name).join(", ")) || say.coversNothing,
      ),
  );
  const head = tableHead(say.state, say.rule, say.resource, say.lastDay, say.owner, say.reason, say.covers);
  return [
    `#### ${say.exceptions} (${rows.length})`,
    "",
    ...(rows.length === 0 ? [say.noExceptions] : [head, ...rows]),
    "",
  ];
}

function weakenedLines(
  { weakened }: AuditReport,
  { severities, rule: name, severity: how, weaker }: AuditWords,
): string[] {
  if (weakened.length === 0) return [];
  const rows = weakened.map(({ rule, severity, normally, here }) =>
    row(code(rule), severities[severity], weaker.enforcements[normally], weaker.enforcements[here]),
  );
  const head = tableHead(name, how, weaker.normally, weaker.here);
  return [`#### ${weaker.weakened} (${rows.length})`, "", head, ...rows, ""];
}
