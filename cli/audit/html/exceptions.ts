import type { Language } from "../../../policies/core/text.ts";
import { type Content, markup } from "../../plan/html/markup.ts";
import type { AuditReport } from "../finding.ts";
import { type ExceptionView, exceptionViews } from "../summary.ts";
import type { AuditWords } from "../words.ts";

/** Days before its last one on which an exception is shown as ending. */
const soon = 30;

/** Who answers for what, and until when. Where there are none the page says so: the reader need not wonder. */
export function exceptionsPart(report: AuditReport, say: AuditWords, language: Language): Content {
  const views = exceptionViews(report);
  const heading = markup`<h2>${say.exceptions} <small class="faint">${views.length}</small></h2>`;
  if (views.length === 0) return markup`<section>${heading}<p>${say.noExceptions}</p></section>`;
  return markup`<section>${heading}
<div class="wide"><table class="exceptions"><thead><tr><th>${say.state}</th><th>${say.rule}</th><th>${say.owner}</th><th>${say.reason}</th><th>${say.covers}</th></tr></thead>
<tbody>${views.map((view) => exceptionRow(view, say, language))}</tbody></table></div></section>
`;
}

/** Rules that find nothing, or stop nothing, because somebody has set it so. */
export function weakenedPart({ weakened }: AuditReport, say: AuditWords): Content {
  if (weakened.length === 0) return undefined;
  const { weakened: title, normally: byItself, here: now, enforcements } = say.weaker;
  const rows = weakened.map(
    ({ rule, severity, normally, here }) =>
      markup`<tr><td><span class="severity ${severity}">${say.severities[severity]}</span></td>
<td class="name">${rule}</td><td>${enforcements[normally]}</td><td>${enforcements[here]}</td></tr>
`,
  );
  return markup`<section><h2>${title} <small class="faint">${weakened.length}</small></h2>
<table><thead><tr><th>${say.severity}</th><th>${say.rule}</th><th>${byItself}</th><th>${now}</th></tr></thead>
<tbody>${rows}</tbody></table></section>
`;
}

function exceptionRow(view: ExceptionView, say: AuditWords, language: Language): Content {
  const { rule, resource, state, expires, days, owner, reason, covered, uncovered } = view;
  const look = state === "expired" ? "expired" : days <= soon ? "soon" : "holds";
  const items = [...covered, ...uncovered].map(({ name, layer, message, severity }) => {
    return markup`<li>${say.severities[severity]} · ${layer || say.wholeStack} · <span class="name">${name}</span>: ${message[language]}</li>`;
  });
  const heading = state === "expired" && items.length > 0 && markup`<b>${say.noLonger}</b>`;
  const lets = items.length > 0 ? markup`${heading}<ul>${items}</ul>` : say.coversNothing;
  return markup`<tr><td><span class="severity ${look}">${say.states[state]}</span><small>${expires}, ${say.days(days)}</small></td>
<td class="name">${rule}<small>${resource}</small></td><td>${owner}</td><td>${reason}</td><td>${lets}</td></tr>
`;
}
