import type { Finding, Summary } from "./finding.ts";
import type { Rule } from "./rule.ts";
import { type Language, ownMapping, type Text } from "./text.ts";
import { lesser, type Weakened } from "./weakened.ts";

const headings: Record<Finding["status"], Text> = {
  violation: { en: "", ko: "" },
  excepted: { en: "excepted", ko: "예외 적용" },
  undecided: { en: "", ko: "" },
  notice: { en: "", ko: "" },
};

/** What the console shows of a finding: what is wrong, what to do, and what public frameworks say. */
export function wordsOf(finding: Finding, language: Language): string {
  const { rule, message, status, exception } = finding;
  const heading = headings[status][language];
  const lines = [`${heading === "" ? "" : `${heading}: `}${message[language]}`];
  if (status === "excepted" && exception !== undefined) {
    lines.push(`${exception.reason} (${exception.owner}, ${exception.expires})`);
  } else if (rule !== undefined && status === "violation") {
    lines.push(...advice(rule, language));
  }
  return lines.join("\n");
}

function advice({ title, remediation, requirements, frameworks }: Rule, language: Language): string[] {
  const references = frameworks.map(({ name, reference }) => `${name} ${reference}`);
  const remedy = { en: "remedy", ko: "조치" }[language];
  const basis = [...requirements, ...references].join(", ");
  return [
    `${title[language]} — ${remedy}: ${remediation[language].join(" → ")}`,
    ...(basis === "" ? [] : [`${basis}${references.length > 0 ? ` (${ownMapping[language]})` : ""}`]),
  ];
}

const less: Record<Weakened["here"], Record<Language, (count: number) => string>> = {
  disabled: { en: (count) => `${count} switched off`, ko: (count) => `비활성화 ${count}개` },
  advisory: { en: (count) => `${count} made advice`, ko: (count) => `권고로 낮춤 ${count}개` },
};

/** The pack's last line: zero is never silent, nor is what a configuration asks less of. */
export function lastLine(summary: Summary, weakened: readonly Weakened[], language: Language): string {
  const parts = lesser.flatMap((here) => {
    const names = weakened.filter((one) => one.here === here).map(({ rule }) => rule);
    return names.length === 0 ? [] : [`${less[here][language](names.length)}: ${names.join(", ")}`];
  });
  return [sums(summary, language), ...parts].join("; ");
}

function sums(summary: Summary, language: Language): string {
  const { rules, resources, checks, violations, advisories, excepted, undecided } = summary;
  return {
    en:
      `strata policies: ${rules} rules ran on ${resources} resources (${checks} checks): ${violations} violations, ` +
      `${advisories} advisories, ${excepted} excepted, ${undecided} undecided`,
    ko:
      `strata 정책: 규칙 ${rules}개, 리소스 ${resources}개 (검사 ${checks}건): 위반 ${violations}, ` +
      `권고 ${advisories}, 예외 ${excepted}, 미결정 ${undecided}`,
  }[language];
}
