import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { allowances, covers, ruleText, tiersOf, tierTypes, zoneRange } from "../../model/acl.ts";
import { contains } from "../../model/address.ts";
import type { AclList, Network } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-management",
  title: { en: "Management is reached from the management zone only", ko: "관리 접속은 관리 구역에서만 허용" },
  description: {
    en: "SSH and the exporters' ports open from elsewhere, or a rule that leads into the management zone, hands out the keys of the platform.",
    ko: "다른 구역에서 SSH와 exporter 포트에 접근하거나 관리 구역으로 들어오는 규칙이 있으면 플랫폼 전체가 노출된다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P7", "P1.5"],
  frameworks: [
    n2sf("RA-2", "administration through a controlled path"),
    n2sf("RA-6", "restricted remote access"),
    csap("10.2", "administrators' access"),
  ],
  remediation: {
    en: ["Allow these ports from the management zone's range only", "Let nothing into the management zone"],
    ko: ["해당 포트는 관리 구역 대역에서만 허용", "관리 구역으로의 수신은 모두 차단"],
  },
  example: `{ number: 705, action: "allow", trafficType: "ingress", protocol: "tcp", cidrs: ["10.0.1.0/24"], startPort: 22, … }`,
  settings: z.strictObject({
    ports: z
      .array(z.int().min(1).max(65535))
      .default([22, 3389, 5900, 9100, 9400])
      .describe("Ports of administration and monitoring."),
  }),
  grades: {},
  kind: "resource",
  types: tierTypes,
  async check(subject: Subject<Network | AclList>, { world, settings, report }) {
    const management = zoneRange(world.settings, "management");
    for (const { network, list, zone } of await tiersOf(subject, world)) {
      for (const { rule, cidr, range } of allowances(list, "ingress")) {
        if (range !== undefined && management !== undefined && contains(management, range)) continue;
        const port = settings.ports.find((one) => covers(rule, one));
        if (zone !== "management" && port === undefined) continue;
        const what =
          zone === "management"
            ? { en: "the management zone", ko: "관리 구역" }
            : { en: `management port ${port}`, ko: `관리 포트 ${port}` };
        report({
          en: `${list.name} of ${network.name} opens ${what.en} to others (rule ${ruleText(rule, cidr)})`,
          ko: `${network.name}의 ${list.name}이(가) ${what.ko}을(를) 다른 구역에 개방 (규칙 ${ruleText(rule, cidr)})`,
        });
      }
    }
  },
});
