import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { type AclList, types } from "../../model/types.ts";

export default resourceRule({
  id: "hygiene-acl-description",
  title: { en: "Every rule of a router says why it is there", ko: "모든 ACL 규칙에 사유가 있음" },
  description: {
    en: "A rule that nobody can explain is a rule that nobody dares to take away.",
    ko: "사유를 알 수 없는 규칙은 아무도 지우지 못한다.",
  },
  severity: "low",
  strength: "mandatory",
  requirements: ["P1.5"],
  frameworks: [n2sf("EB-3", "control of flows at the boundary"), csap("10.1", "access control policy")],
  remediation: {
    en: ["Give the rule a description: what flows there, and by which requirement"],
    ko: ["규칙에 설명(흐름과 근거 요건)을 추가"],
  },
  example: `new network.NetworkAclList("ai-rules", {
  rules: [{ number: 100, action: "allow", protocol: "tcp", startPort: 443, endPort: 443, … }],
  …
});`,
  settings: z.strictObject({
    minLength: z.int().min(1).default(4).describe("Fewest characters of a description."),
  }),
  grades: {},
  kind: "resource",
  types: [types.aclList],
  async check({ name, props }: Subject<AclList>, { settings, report, part }) {
    for (const rule of props.rules) {
      await part(() => {
        const { number, description = "" } = rule;
        if (description.trim().length >= settings.minLength) return;
        report({
          en: `rule ${number} of ${name} does not say why it is there`,
          ko: `${name}의 규칙 ${number}에 사유가 없음`,
        });
      });
    }
  },
});
