import type { Language } from "../../../policies/core/text.ts";
import { type Content, Markup, markup } from "../../plan/html/markup.ts";
import { style } from "../../plan/html/style.ts";
import { type AuditReport, type Finding, type Severity, severities } from "../finding.ts";
import { type AuditWords, auditWords } from "../words.ts";

/** On top of the plan page's sheet: one colour and one letter per severity, for those who see no colours. */
const ownStyle = `
.severity { display: inline-block; min-width: 74px; padding: 1px 8px; border-radius: 9px; color: #fff; font-weight: 600; text-align: center; font-size: 11.5px; }
.critical { background: #a3123a; } .high { background: #b3470b; } .medium { background: #7a6200; } .low { background: #4b5563; }
.clean { padding: 12px 16px; border: 1px solid var(--t1); border-left-width: 6px; border-radius: 6px; }
.open { padding: 8px 16px; border: 1px solid var(--gate); border-left-width: 6px; border-radius: 6px; }
table.findings { table-layout: fixed; min-width: 820px; } table.findings th:nth-child(1) { width: 94px; } table.findings th:nth-child(2) { width: 22%; }
table.findings th:nth-child(4) { width: 27%; } table.findings th:nth-child(5) { width: 16%; } td.number b { font-size: 13px; } .ok { color: var(--t1); font-weight: 600; } code { overflow-wrap: anywhere; }
`;

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
<p class="faint">${say.asked(report.at)}</p>
${tiles(report, say)}
${open(report, say)}
${findingsPart(report, say, language)}
${catalogue(report, say, language)}
<p class="faint">${say.looked(report.looked.resources, report.looked.live, report.looked.policyDecisions)}</p>
</body>
</html>
`;
  return `<!DOCTYPE html>\n${page.text}`;
}

function tiles({ findings }: AuditReport, say: AuditWords): Markup {
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  const worstFirst = [...severities].reverse();
  return markup`<ul class="tiles">${worstFirst.map((one) => markup`<li><b>${count(one)}</b>${say.severities[one]}</li>`)}</ul>`;
}

function open({ unasked }: AuditReport, say: AuditWords): Content {
  if (unasked.length === 0) return undefined;
  const items = unasked.map(({ check, because }) => markup`<li><code>${check}</code>: ${because}</li>`);
  return markup`<div class="open"><p><strong>${say.unasked}</strong></p><ul>${items}</ul></div>`;
}

/** Layer by layer: who answers for a tenant reads that tenant's part. */
function findingsPart({ findings, unasked }: AuditReport, say: AuditWords, language: Language): Content {
  if (findings.length === 0 && unasked.length > 0) return undefined;
  if (findings.length === 0) return markup`<p class="clean"><strong>${say.clean}</strong></p>`;
  const byLayer = Map.groupBy(findings, ({ layer }) => layer);
  return [...byLayer].map(
    ([layer, own]) => markup`<section><h2>${layer || say.wholeStack} <small class="faint">${own.length}</small></h2>
<div class="wide"><table class="findings"><thead><tr><th>${say.severity}</th><th>${say.thing}</th><th>${say.wrong}</th><th>${say.remedy}</th><th>${say.rule}</th></tr></thead>
<tbody>${own.map((finding) => findingRow(finding, say, language))}</tbody></table></div></section>
`,
  );
}

function findingRow(finding: Finding, say: AuditWords, language: Language): Markup {
  const { severity, kind, name, id, message, remedy, rule, requirements } = finding;
  const more = [requirements.join(", "), say.sources[finding.source]].filter((text) => text !== "").join(" · ");
  return markup`<tr><td><span class="severity ${severity}">${say.severities[severity]}</span></td>
<td class="name">${name}<small>${kind}${id !== name && id !== "" && markup` ${id}`}</small></td>
<td>${message[language]}</td><td>${remedy[language]}</td><td class="name">${rule}<small>${more}</small></td></tr>
`;
}

function catalogue({ checks, findings }: AuditReport, say: AuditWords, language: Language): Markup {
  const rows = checks.map(({ id, title, requirements }) => {
    const count = findings.filter(({ rule }) => rule === id).length;
    return markup`<tr><td>${title[language]}</td><td class="name">${id}</td><td>${requirements.join(", ")}</td><td class="number">${count === 0 ? markup`<span class="ok">0</span>` : markup`<b>${count}</b>`}</td></tr>\n`;
  });
  return markup`<section><h2>${say.compared}</h2><table><thead><tr><th>${say.check}</th><th>${say.rule}</th><th>${say.requirements}</th><th class="number">${say.findings}</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}
