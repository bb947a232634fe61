import type { Language } from "../../policies/core/text.ts";
import type { ExceptionState } from "../report/model.ts";
import { type Words, words } from "../report/words.ts";
import { type Finding, type Kind, kinds, type Severity } from "./finding.ts";

/** What text, page and job summary say alike. */
export interface AuditWords {
  title(stack: string): string;
  asked(at: string): string;
  looked(resources: number, live: number, decisions: number): string;
  severities: Record<Severity, string>;
  sources: Record<Finding["source"], string>;
  kinds: Record<Kind, string>;
  clean: string;
  /** The first sentence, by the worst that was found; `open`: how many things could not be asked. */
  verdict: Record<Severity, (count: number) => string>;
  verdictOpen(open: number): string;
  first: string;
  unasked: string;
  /** Tiles beside those of the severities. */
  notAsked: string;
  excepted: string;
  wholeStack: string;
  severity: string;
  layer: string;
  thing: string;
  wrong: string;
  remedy: string;
  rule: string;
  compared: string;
  check: string;
  requirements: string;
  findings: string;
  exceptions: string;
  noExceptions: string;
  state: string;
  states: Record<ExceptionState, string>;
  /** Days until the last day, which counts; negative for those since. */
  days(count: number): string;
  lastDay: string;
  owner: string;
  reason: string;
  covers: string;
  coversNothing: string;
  /** Heads what an expired one would have covered. */
  noLonger: string;
  resource: string;
  /** As the report on a run says it: rules of which the configuration asks less. */
  weaker: Pick<Words, "weakened" | "normally" | "here" | "enforcements">;
  leftOut(count: number): string;
}

export const auditWords: Readonly<Record<Language, AuditWords>> = {
  en: {
    title: (stack) => `Audit of ${stack}`,
    asked: (at) => `The state and the servers as they answered at ${at}.`,
    looked: (resources, live, decisions) =>
      `Compared: ${resources} resources of the state with ${live} things on the servers; ${decisions} decisions of the policy pack.`,
    severities: { critical: "critical", high: "high", medium: "medium", low: "low" },
    sources: { live: "live", policy: "policy pack" },
    kinds: Object.fromEntries(kinds.map((kind) => [kind, kind])) as Record<Kind, string>,
    clean: "Nothing is there that is not declared, and no rule of the policy pack is violated.",
    verdict: {
      critical: (count) =>
        `Act now: ${count} critical ${count === 1 ? "finding" : "findings"}. Tenants may not be isolated.`,
      high: (count) => `${count} high ${count === 1 ? "finding" : "findings"}: put right today. None is critical.`,
      medium: (count) => `${count} medium ${count === 1 ? "finding" : "findings"}: nothing is critical or high.`,
      low: (count) => `${count} low ${count === 1 ? "finding" : "findings"}: nothing is urgent.`,
    },
    verdictOpen: (open) => `Not a clean bill: ${open} ${open === 1 ? "question" : "questions"} could not be answered.`,
    first: "Do this first",
    unasked: "Not everything could be asked or decided:",
    notAsked: "not answered",
    excepted: "excepted",
    wholeStack: "whole stack",
    severity: "Severity",
    layer: "Layer",
    thing: "Thing",
    wrong: "What is wrong",
    remedy: "What to do",
    rule: "Rule",
    compared: "What was compared with the servers",
    check: "Check",
    requirements: "Requirements",
    findings: "Findings",
    exceptions: "Exceptions from the policies",
    noExceptions: "None.",
    state: "State",
    states: { "in force": "in force", expired: "expired" },
    days: (count) =>
      count < 0
        ? `${-count} ${count === -1 ? "day" : "days"} ago`
        : count === 0
          ? "last day"
          : `${count} more ${count === 1 ? "day" : "days"}`,
    lastDay: "Last day",
    owner: "Answers for it",
    reason: "Reason",
    covers: "Covers",
    coversNothing: "nothing: take it out",
    noLonger: "No longer covers",
    resource: "Resource",
    weaker: words.en,
    leftOut: (count) => `${count} lines are left out here. The report's files have all of them.`,
  },
  ko: {
    title: (stack) => `${stack} 감사`,
    asked: (at) => `${at} 시점의 상태와 서버 응답 기준.`,
    looked: (resources, live, decisions) =>
      `비교: 상태의 자원 ${resources}개와 서버의 대상 ${live}개, 정책 팩 판정 ${decisions}건.`,
    severities: { critical: "치명", high: "높음", medium: "중간", low: "낮음" },
    sources: { live: "실제 환경", policy: "정책 팩" },
    kinds: {
      "virtual machine": "가상머신",
      volume: "볼륨",
      network: "네트워크",
      "access rule": "접근 규칙",
      "public address": "공인 IP",
      "port forwarding": "포트 포워딩",
      "load balancer rule": "부하 분산 규칙",
      "firewall rule": "방화벽 규칙",
      VPN: "VPN",
      "VPN gateway": "VPN 게이트웨이",
      "private gateway": "사설 게이트웨이",
      domain: "도메인",
      account: "계정",
      user: "사용자",
      "disk offering": "디스크 오퍼링",
      "cephx user": "cephx 사용자",
      "gateway user": "게이트웨이 사용자",
      bucket: "버킷",
    },
    clean: "선언되지 않은 것이 없고 정책 팩 위반도 없습니다.",
    verdict: {
      critical: (count) => `즉시 조치: 치명 ${count}건. 테넌트 격리가 깨졌을 수 있습니다.`,
      high: (count) => `높음 ${count}건: 오늘 안에 조치하십시오. 치명은 없습니다.`,
      medium: (count) => `중간 ${count}건: 치명·높음은 없습니다.`,
      low: (count) => `낮음 ${count}건: 급한 항목은 없습니다.`,
    },
    verdictOpen: (open) => `이상 없음으로 볼 수 없습니다: ${open}건을 확인하지 못했습니다.`,
    first: "먼저 할 일",
    unasked: "확인하거나 판정하지 못한 항목:",
    notAsked: "미확인",
    excepted: "예외 적용",
    wholeStack: "스택 전체",
    severity: "심각도",
    layer: "계층",
    thing: "대상",
    wrong: "문제",
    remedy: "조치",
    rule: "규칙",
    compared: "서버와 비교한 항목",
    check: "점검",
    requirements: "요구사항",
    findings: "발견",
    exceptions: "정책 예외",
    noExceptions: "없음.",
    state: "상태",
    states: { "in force": "유효", expired: "만료" },
    days: (count) => (count < 0 ? `${-count}일 지남` : count === 0 ? "오늘까지" : `${count}일 남음`),
    lastDay: "만료일",
    owner: "책임자",
    reason: "사유",
    covers: "적용 대상",
    coversNothing: "없음: 예외를 삭제할 것",
    noLonger: "더 이상 적용되지 않음",
    resource: "자원",
    weaker: words.ko,
    leftOut: (count) => `${count}줄은 여기에서 생략되었습니다. 보고서 파일에는 모두 있습니다.`,
  },
};

/** What kind of thing a finding is about: types of resources are called the same everywhere. */
export function kindText(kind: string, language: Language): string {
  const known = kinds.find((one) => one === kind);
  return known === undefined ? kind : auditWords[language].kinds[known];
}

/** In UTC, because the servers' logs are; for Korean readers in their own time first. */
export function timeText(at: string, language: Language): string {
  const utc = `${at.slice(0, 16).replace("T", " ")} UTC`;
  if (language === "en") return utc;
  const parts = { dateStyle: "short", timeStyle: "short", hourCycle: "h23", timeZone: "Asia/Seoul" } as const;
  return `${new Intl.DateTimeFormat("sv-SE", parts).format(new Date(at))} KST (${utc})`;
}
