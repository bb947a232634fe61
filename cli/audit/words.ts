import type { Language } from "../../policies/core/text.ts";
import type { Finding, Severity } from "./finding.ts";

/** What text and page say alike. */
export interface AuditWords {
  title(stack: string): string;
  asked(at: string): string;
  looked(resources: number, live: number, decisions: number): string;
  severities: Record<Severity, string>;
  sources: Record<Finding["source"], string>;
  clean: string;
  unasked: string;
  wholeStack: string;
  severity: string;
  thing: string;
  wrong: string;
  remedy: string;
  rule: string;
  compared: string;
  check: string;
  requirements: string;
  findings: string;
}

export const auditWords: Readonly<Record<Language, AuditWords>> = {
  en: {
    title: (stack) => `Audit of ${stack}`,
    asked: (at) => `The state and the servers as they answered at ${at}.`,
    looked: (resources, live, decisions) =>
      `Compared: ${resources} resources of the state with ${live} things on the servers; ${decisions} decisions of the policy pack.`,
    severities: { critical: "critical", high: "high", medium: "medium", low: "low" },
    sources: { live: "live", policy: "policy pack" },
    clean: "Nothing is there that is not declared, and no rule of the policy pack is violated.",
    unasked: "Not everything could be asked:",
    wholeStack: "whole stack",
    severity: "Severity",
    thing: "Thing",
    wrong: "What is wrong",
    remedy: "What to do",
    rule: "Rule",
    compared: "What was compared with the servers",
    check: "Check",
    requirements: "Requirements",
    findings: "Findings",
  },
  ko: {
    title: (stack) => `${stack} 감사`,
    asked: (at) => `${at} 시점의 상태와 서버 응답 기준.`,
    looked: (resources, live, decisions) =>
      `비교: 상태의 자원 ${resources}개와 서버의 대상 ${live}개, 정책 팩 판정 ${decisions}건.`,
    severities: { critical: "치명", high: "높음", medium: "중간", low: "낮음" },
    sources: { live: "실제 환경", policy: "정책 팩" },
    clean: "선언되지 않은 것이 없고 정책 팩 위반도 없습니다.",
    unasked: "확인하지 못한 항목:",
    wholeStack: "스택 전체",
    severity: "심각도",
    thing: "대상",
    wrong: "문제",
    remedy: "조치",
    rule: "규칙",
    compared: "서버와 비교한 항목",
    check: "점검",
    requirements: "요구사항",
    findings: "발견",
  },
};
