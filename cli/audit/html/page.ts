import { type Language, ownMapping } from "../../../policies/core/text.ts";
import { type Content, Markup, markup } from "../../plan/html/markup.ts";
import { style } from "../../plan/html/style.ts";
import { type AuditReport, type Finding, type Severity, severities } from "../finding.ts";
import { verdictOf } from "../summary.ts";
import { type AuditWords, auditWords, kindText, timeText } from "../words.ts";
import { exceptionsPart, weakenedPart } from "./exceptions.ts";
import { ownStyle } from "./style.ts";
import { withCommands } from "./words.ts";

/** The audit as one page that stands alone: no script, no font, no picture from anywhere, for screen and A4 paper. */
export function auditPage(report: AuditReport, language: Language): string {
  const say = auditWords[language];
  const page = markup`<html lang="${language}" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${say.title(report.stack)}</title>
<style>${new Markup(style + ownStyle)}</style>
</head>
<body>
<h1>${say.title(report.stack)}</h1>
<p class="faint">${say.asked(timeText(report.at, language))} ${say.looked(report.looked.resources, report.looked.live, report.looked.policyDecisions)}</p>
${verdictPart(report, language)}
${tiles(report, say)}
${open(report, say, language)}
${findingsPart(report, say, language)}
${exceptionsPart(report, say, language)}
${weakenedPart(report, say)}
${catalogue(report, say, language)}
</body>
</html>
`;
  return `<!DOCTYPE html>\n${page.text}`;
}

/** How many of the worst are repeated at the top. */
const first = 5;

/** Whoever is woken reads this and nothing else: how bad it is, and what to type. */
function verdictPart(report: AuditReport, language: Language): Markup {
  const say = auditWords[language];
  const { worst, isClean, sentences } = verdictOf(report, language);
  const critical = worst === "critical" ? report.findings.filter(({ severity }) => severity === "critical") : [];
  const urgent = critical.slice(0, first);
  const of = critical.length > urgent.length && ` (${urgent.length} / ${critical.length})`;
  const items = urgent.map(
    ({ layer, message, remedy }) =>
      markup`<li><b>${layer || say.wholeStack}</b>: ${message[language]}${
        remedy[language] !== "" && markup`<br/>→ ${withCommands(remedy[language])}`
      }</li>`,
  );
  const list = items.length > 0 && markup`<p><b>${say.first}${of}</b></p><ol>${items}</ol>`;
  return markup`<div class="verdict ${isClean ? "clean" : (worst ?? "open")}">${sentences.map((one) => markup`<p><strong>${one}</strong></p>`)}${list}</div>`;
}

function tiles({ findings, excepted, unasked }: AuditReport, say: AuditWords): Markup {
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  const worstFirst = [...severities].reverse();
  const found = worstFirst.map(
    (one) =>
      markup`<li${count(one) > 0 && markup` class="some ${one}"`}><b>${count(one)}</b>${say.severities[one]}</li>`,
  );
  return markup`<ul class="tiles">${found}<li><b>${unasked.length}</b>${say.notAsked}</li><li><b>${excepted.length}</b>${say.excepted}</li></ul>`;
}

function open({ unasked }: AuditReport, say: AuditWords, language: Language): Content {
  if (unasked.length === 0) return undefined;
  const items = unasked.map(({ check, because }) => markup`<li><code>${check}</code>: ${because[language]}</li>`);
  return markup`<div class="open"><p><strong>${say.unasked}</strong></p><ul>${items}</ul></div>`;
}

/** Layer by layer: who answers for a tenant reads that tenant's part. */
function findingsPart({ findings }: AuditReport, say: AuditWords, language: Language): Content {
  const byLayer = Map.groupBy(findings, ({ layer }) => layer);
  return [...byLayer].map(
    ([layer, own]) => markup`<section><h2>${layer || say.wholeStack} <small class="faint">${own.length}</small></h2>
<div class="wide"><table class="findings"><thead><tr><th>${say.severity}</th><th>${say.thing}</th><th>${say.wrong}</th><th>${say.remedy}</th><th>${say.rule}</th></tr></thead>
<tbody>${own.map((finding) => findingRow(finding, say, language))}</tbody></table></div></section>
`,
  );
}

function findingRow(finding: Finding, say: AuditWords, language: Language): Markup {
  const { severity, kind, name, id, message, remedy, rule, requirements, references } = finding;
  const more = [requirements.join(", "), say.sources[finding.source]].filter((text) => text !== "").join(" · ");
  const mapped = references.length > 0 && markup`<small>${references.join(", ")} (${ownMapping[language]})</small>`;
  return markup`<tr><td><span class="severity ${severity}">${say.severities[severity]}</span></td>
<td class="name">${name || say.wholeStack}${id !== "" && markup`<small>${kindText(kind, language)}${id !== name && ` ${id}`}</small>`}</td>
<td>${message[language]}</td><td>${withCommands(remedy[language])}</td><td class="name">${rule}<small>${more}</small>${mapped}</td></tr>
`;
}

function catalogue({ checks, findings, unasked }: AuditReport, say: AuditWords, language: Language): Markup {
  const rows = checks.map(({ id, title, requirements }) => {
    const count = findings.filter(({ rule }) => rule === id).length;
    const isOpen = unasked.some(({ check }) => check === id);
    const shown = count > 0 ? markup`<b>${count}</b>` : isOpen ? markup`<b>?</b>` : markup`<span class="ok">0</span>`;
    return markup`<tr><td>${title[language]}</td><td class="name">${id}</td><td>${requirements.join(", ")}</td><td class="number">${shown}</td></tr>\n`;
  });
  return markup`<section><h2>${say.compared}</h2><table><thead><tr><th>${say.check}</th><th>${say.rule}</th><th>${say.requirements}</th><th class="number">${say.findings}</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}
