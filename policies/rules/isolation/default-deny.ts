import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { anywhere } from "../../model/acl.ts";
import { type AclList, type AclRule, types } from "../../model/types.ts";

function isDenyAll({ action, protocol, cidrs, startPort }: AclRule): boolean {
  return action === "deny" && protocol.toLowerCase() === "all" && startPort === undefined && cidrs.includes(anywhere);
}

export default resourceRule({
  id: "isolation-default-deny",
  title: { en: "Lists deny by default, both ways", ko: "ACL 목록은 양방향 기본 차단이어야 함" },
  description: {
    en: "A VPC tier lets out whatever its list does not deny. Hand-made rules that nobody removes open what was closed.",
    ko: "VPC tier는 목록이 막지 않는 송신을 모두 허용한다. 수동으로 추가된 규칙이 남아 있으면 차단이 풀린다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5"],
  frameworks: [
    n2sf("EB-3", "default deny at borders"),
    n2sf("EB-6", "allow by list only"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: [
      "End the list with deny all 0.0.0.0/0 for ingress and for egress",
      "Set exclusive: true, so that rules by hand are removed",
    ],
    ko: ["목록 끝에 ingress/egress 각각 0.0.0.0/0 전체 deny 추가", "수동 규칙이 제거되도록 exclusive: true 설정"],
  },
  example: `new network.NetworkAclList("tenant-a", { exclusive: true, rules: [ /* only allows */ ], … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.aclList],
  check(list: Subject<AclList>, { report }) {
    if (list.props.exclusive !== true) {
      report({
        en: `${list.name} leaves rules in place that others add by hand (exclusive is not true)`,
        ko: `${list.name}이(가) 수동으로 추가된 규칙을 그대로 둠 (exclusive가 true가 아님)`,
      });
    }
    for (const direction of ["ingress", "egress"] as const) {
      const rules = list.props.rules.filter(({ trafficType }) => trafficType === direction);
      const last = rules.toSorted((one, other) => one.number - other.number).at(-1);
      if (last !== undefined && isDenyAll(last)) continue;
      report({
        en: `${list.name} does not end with "deny all" for ${direction}`,
        ko: `${list.name}의 ${direction} 마지막 규칙이 전체 deny가 아님`,
      });
    }
  },
});
