import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { type HostHa, types } from "../../model/types.ts";

export default resourceRule({
  id: "availability-host-ha",
  title: { en: "Hosts are watched, and can be switched off", ko: "호스트를 감시하고 강제 종료할 수 있음" },
  description: {
    en: "The server starts machines elsewhere only once it knows that the failed host does not run them any more: it must watch the host and reach its service processor.",
    ko: "서버는 장애 호스트가 VM을 더 이상 실행하지 않음이 확실해야 다른 곳에서 시작한다. 호스트를 감시하고 서비스 프로세서(BMC)에 접근할 수 있어야 한다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["T6", "O4"],
  frameworks: [n2sf("IF-12", "availability"), csap("6.2", "availability")],
  remediation: { en: ["Take enabled: false away"], ko: ["enabled: false 제거"] },
  example: `new infrastructure.HostHa("host1", { hostId, enabled: false });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.hostHa, types.outOfBand],
  check({ type, name, props }: Subject<HostHa>, { report }) {
    if (props.enabled !== false) return;
    const what =
      type === types.hostHa
        ? { en: "the host is not watched", ko: "호스트를 감시하지 않음" }
        : { en: "the host cannot be switched off", ko: "호스트를 강제로 끌 수 없음" };
    report({ en: `${name}: ${what.en}`, ko: `${name}: ${what.ko}` });
  },
});
