import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { allowances, ruleText, tiersOf, tierTypes, touchesTenants } from "../../model/acl.ts";
import { platform } from "../../model/owner.ts";
import type { AclList, Network } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-tenant-to-tenant",
  title: { en: "No rule lets one tenant reach another", ko: "테넌트 간 통신을 허용하는 규칙 금지" },
  description: {
    en: "Tenant to tenant is denied in both directions, whatever the port.",
    ko: "테넌트 간 통신은 포트와 무관하게 양방향 모두 차단한다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "AI-01"],
  frameworks: [
    n2sf("IF-1", "flows between enclaves only where allowed"),
    n2sf("CD-1", "controlled exchange between enclaves"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: ["Take the range out of the rule", "Exchange data through the quality gate"],
    ko: ["규칙에서 해당 대역 제거", "데이터 교환은 품질 게이트를 통해 수행"],
  },
  example: `{ number: 300, action: "allow", trafficType: "ingress", protocol: "tcp", cidrs: ["10.0.21.0/24"], … } // on tenant A's list`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: tierTypes,
  async check(subject: Subject<Network | AclList>, { world, report }) {
    for (const { network, list, zone, owner } of await tiersOf(subject, world)) {
      if (zone !== "tenant" && owner === platform) continue;
      for (const direction of ["ingress", "egress"] as const) {
        for (const { rule, cidr, range } of allowances(list, direction)) {
          if (!touchesTenants(range, world.settings)) continue;
          report({
            en: `${list.name} of ${network.name} allows ${direction} between tenants (rule ${ruleText(rule, cidr)})`,
            ko: `${network.name}의 ${list.name}이(가) 테넌트 간 ${direction}를 허용 (규칙 ${ruleText(rule, cidr)})`,
          });
        }
      }
    }
  },
});
