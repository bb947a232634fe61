import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import type { Text } from "../../core/text.ts";
import { type Setting, types } from "../../model/types.ts";

/** Settings of the server by which its walls fall, what value is safe, and what another one does. */
const walls: Readonly<Record<string, { isSafe(value: string): boolean; effect: Text }>> = {
  "integration.api.port": {
    isSafe: (value) => Number(value) === 0,
    effect: { en: "opens the API without a log-in", ko: "인증 없는 API 포트를 개방함" },
  },
  "dynamic.apichecker.enabled": {
    isSafe: (value) => value === "true",
    effect: { en: "switches roles off", ko: "역할 기반 권한 검사를 끔" },
  },
  "enable.additional.vm.configuration": {
    isSafe: (value) => value === "false",
    effect: {
      en: "lets users write their machines' hypervisor definitions",
      ko: "사용자가 VM의 하이퍼바이저 정의를 직접 쓰게 함",
    },
  },
  "ca.plugin.root.auth.strictness": {
    isSafe: (value) => value === "true",
    effect: { en: "lets hosts without a certificate in", ko: "인증서 없는 호스트의 접속을 허용함" },
  },
  "incorrect.login.attempts.allowed": {
    isSafe: (value) => Number(value) > 0,
    effect: { en: "lets anybody try passwords without end", ko: "비밀번호를 무제한으로 시도할 수 있게 함" },
  },
};

export default resourceRule({
  id: "isolation-server-settings",
  title: { en: "Settings of the server leave its walls up", ko: "서버 설정으로 격리를 해제하지 않음" },
  description: {
    en: "A few of the server's settings undo for everybody what accounts, roles and certificates keep apart.",
    ko: "일부 서버 설정은 계정, 역할, 인증서로 나눈 경계를 모두에게서 한꺼번에 없앤다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.1", "P1.6"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("10.1", "access control")],
  remediation: {
    en: ["Take the setting out of the program", "Or give it the safe value"],
    ko: ["프로그램에서 해당 설정을 제거", "또는 안전한 값으로 지정"],
  },
  example: `new management.Setting("api", { name: "integration.api.port", value: "8096" });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.setting],
  check({ props }: Subject<Setting>, { report }) {
    const wall = walls[props.name];
    if (wall === undefined || wall.isSafe(props.value)) return;
    report({
      en: `${props.name} = ${props.value} ${wall.effect.en}`,
      ko: `${props.name} = ${props.value}: ${wall.effect.ko}`,
    });
  },
});
