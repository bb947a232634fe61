import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { allowances, isOnlyTcp, ruleText, tiersOf, tierTypes, zoneRange } from "../../model/acl.ts";
import { contains } from "../../model/address.ts";
import { platform } from "../../model/owner.ts";
import type { AclList, Network } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-tenant-egress",
  title: {
    en: "Tenants reach the quality gate on one port, and nothing else",
    ko: "테넌트의 송신은 품질 게이트의 지정 포트만 허용",
  },
  description: {
    en: "Data leaves a tenant through the gate only. A wider rule is a way around validation and anonymisation.",
    ko: "데이터는 게이트를 통해서만 테넌트를 떠난다. 더 넓은 규칙은 검증과 비식별을 우회하는 길이 된다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "P2.2"],
  frameworks: [
    n2sf("EB-14", "allow-listed egress"),
    n2sf("CD-1", "controlled exchange between enclaves"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: ["Allow egress to the gate's address only (/32), tcp and the gate's port"],
    ko: ["게이트 주소(/32)의 지정 tcp 포트로만 송신 허용"],
  },
  example: `{ number: 501, action: "allow", trafficType: "egress", protocol: "tcp", cidrs: ["10.0.5.0/25"], startPort: 1, endPort: 65535, … }`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: tierTypes,
  async check(subject: Subject<Network | AclList>, { world, report }) {
    const { gatePort } = world.settings.plan;
    const ai = zoneRange(world.settings, "ai");
    for (const { list, zone, owner } of await tiersOf(subject, world)) {
      if (zone !== "tenant" && owner === platform) continue;
      for (const { rule, cidr, range } of allowances(list, "egress")) {
        const isHost = range !== undefined && range.first === range.last;
        if (isHost && ai !== undefined && contains(ai, range) && isOnlyTcp(rule, gatePort)) continue;
        report({
          en: `${list.name} lets the tenant out to more than the gate on tcp ${gatePort} (rule ${ruleText(rule, cidr)})`,
          ko: `${list.name}이(가) 게이트 tcp ${gatePort} 외의 송신을 허용 (규칙 ${ruleText(rule, cidr)})`,
        });
      }
    }
  },
});
