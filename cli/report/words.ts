import type { Enforcement } from "../../policies/core/rule.ts";
import type { ExceptionState, Level, Operation, Severity, StackReport, StepKind } from "./model.ts";

export type Language = "en" | "ko";

/** Everything the comment says in words of its own. */
export interface Words {
  language: Language;
  title: Record<Operation, string>;
  results: Record<StackReport["result"], string>;
  steps: Record<StepKind, string>;
  /** In a refresh nobody changes anything: it is what somebody else did. */
  driftSteps: Partial<Record<StepKind, string>>;
  levels: Record<Level, string>;
  /** The same in the line of sums. */
  counts: Record<Level, (count: number) => string>;
  severities: Record<Severity, string>;
  states: Record<ExceptionState, string>;
  /** What a violation of a rule does. */
  enforcements: Record<Enforcement, string>;
  noChange: string;
  noDrift: string;
  dataLoss(count: number): string;
  stops(count: number): string;
  /** The same of what has happened already, by another hand. */
  drift: Pick<Words, "dataLoss" | "stops">;
  errors: string;
  changes: string;
  byLayer: string;
  layer: string;
  step: string;
  kind: string;
  name: string;
  properties: string;
  rule: string;
  severity: string;
  resource: string;
  message: string;
  remedy: string;
  exceptions: string;
  state: string;
  lastDay: string;
  covers: string;
  owner: string;
  reason: string;
  weakened: string;
  normally: string;
  here: string;
  stack: string;
  wholeStack: string;
  more(count: number): string;
  moreStacks(count: number): string;
  unchanged(count: number): string;
  packs(name: string, decisions: number): string;
  packSilent(name: string): string;
  noPack: string;
  leftOut(count: number): string;
}

const english: Words = {
  language: "en",
  title: { preview: "What this change would do", update: "What was deployed", refresh: "Drift" },
  results: { succeeded: "succeeded", failed: "failed", incomplete: "broke off" },
  steps: { delete: "delete", replace: "replace", update: "update", import: "import", create: "create" },
  driftSteps: { delete: "is gone", update: "was changed by another hand" },
  levels: {
    mandatory: "Policy violations that block",
    undecided: "Undecided",
    excepted: "Violations that an exception covers",
    advisory: "Advice of policies",
    remediated: "Put right by policies",
  },
  counts: {
    mandatory: (count) => `**${count} blocking**`,
    undecided: (count) => `${count} undecided`,
    excepted: (count) => `${count} excepted`,
    advisory: (count) => `${count} advised`,
    remediated: (count) => `${count} put right`,
  },
  severities: { critical: "critical", high: "high", medium: "medium", low: "low" },
  states: { "in force": "in force", expired: "expired" },
  enforcements: { disabled: "nothing: switched off", advisory: "advises", mandatory: "stops", remediate: "puts right" },
  noChange: "Nothing changes.",
  noDrift: "Everything is as the state says.",
  dataLoss: (count) => `${count} ${count === 1 ? "resource" : "resources"} with data would be deleted or replaced`,
  stops: (count) => `${count} ${count === 1 ? "machine stops" : "machines stop"}`,
  drift: {
    dataLoss: (count) =>
      `${count} ${count === 1 ? "resource" : "resources"} with data ${count === 1 ? "is" : "are"} gone`,
    stops: (count) => `${count} ${count === 1 ? "machine is" : "machines are"} gone`,
  },
  errors: "Errors",
  changes: "Changes",
  byLayer: "Changes by layer",
  layer: "Layer",
  step: "Step",
  kind: "Kind",
  name: "Name",
  properties: "Properties",
  rule: "Rule",
  severity: "Severity",
  resource: "Resource",
  message: "What is wrong, and what to do",
  remedy: "What to do",
  exceptions: "Exceptions from policies",
  state: "State",
  lastDay: "Last day",
  covers: "Covers",
  owner: "Answers for it",
  reason: "Reason",
  weakened: "Policies of which the configuration asks less",
  normally: "By itself",
  here: "Here",
  stack: "Stack",
  wholeStack: "whole stack",
  more: (count) => `… and ${count} more`,
  moreStacks: (count) => `${count} more ${count === 1 ? "stack is" : "stacks are"} left out here.`,
  unchanged: (count) => `${count} unchanged`,
  packs: (name, decisions) => `policy pack ${name}: ${decisions} decisions`,
  packSilent: (name) => `policy pack ${name} decided nothing: its rules did not run`,
  noPack: "no policy pack ran",
  leftOut: (count) => `${count} lines are left out here, the harmless ones first. The report file has all of them.`,
};

const korean: Words = {
  language: "ko",
  title: { preview: "이 변경이 하게 될 일", update: "배포 결과", refresh: "드리프트" },
  results: { succeeded: "성공", failed: "실패", incomplete: "중단됨" },
  steps: { delete: "삭제", replace: "교체", update: "변경", import: "가져오기", create: "생성" },
  driftSteps: { delete: "사라짐", update: "다른 경로로 변경됨" },
  levels: {
    mandatory: "차단되는 정책 위반",
    undecided: "미결정",
    excepted: "예외로 허용된 위반",
    advisory: "정책 권고",
    remediated: "정책이 바로잡은 항목",
  },
  counts: {
    mandatory: (count) => `**차단 ${count}건**`,
    undecided: (count) => `미결정 ${count}건`,
    excepted: (count) => `예외 ${count}건`,
    advisory: (count) => `권고 ${count}건`,
    remediated: (count) => `자동 수정 ${count}건`,
  },
  severities: { critical: "치명", high: "높음", medium: "중간", low: "낮음" },
  states: { "in force": "유효", expired: "만료" },
  enforcements: { disabled: "비활성화", advisory: "권고", mandatory: "차단", remediate: "자동 수정" },
  noChange: "변경 없음.",
  noDrift: "모든 자원이 상태와 일치합니다.",
  dataLoss: (count) => `데이터를 가진 자원 ${count}개가 삭제되거나 교체됩니다`,
  stops: (count) => `가상머신 ${count}대가 정지합니다`,
  drift: {
    dataLoss: (count) => `데이터를 가진 자원 ${count}개가 사라졌습니다`,
    stops: (count) => `가상머신 ${count}대가 사라졌습니다`,
  },
  errors: "오류",
  changes: "변경 내역",
  byLayer: "계층별 변경",
  layer: "계층",
  step: "작업",
  kind: "종류",
  name: "이름",
  properties: "속성",
  rule: "규칙",
  severity: "심각도",
  resource: "자원",
  message: "문제와 조치",
  remedy: "조치",
  exceptions: "정책 예외",
  state: "상태",
  lastDay: "만료일",
  covers: "적용 건수",
  owner: "책임자",
  reason: "사유",
  weakened: "설정으로 약화된 정책",
  normally: "기본값",
  here: "현재 설정",
  stack: "스택",
  wholeStack: "스택 전체",
  more: (count) => `… 외 ${count}건`,
  moreStacks: (count) => `스택 ${count}개는 여기에서 생략되었습니다.`,
  unchanged: (count) => `변경 없음 ${count}`,
  packs: (name, decisions) => `정책 팩 ${name}: 판정 ${decisions}건`,
  packSilent: (name) => `정책 팩 ${name}이(가) 아무것도 판정하지 않았습니다: 규칙이 실행되지 않았습니다`,
  noPack: "정책 팩이 실행되지 않았습니다",
  leftOut: (count) => `${count}줄은 덜 중요한 것부터 생략했습니다. 보고서 파일에는 모두 있습니다.`,
};

export const words: Readonly<Record<Language, Words>> = { en: english, ko: korean };
