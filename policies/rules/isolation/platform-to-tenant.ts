import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { allowances, isOnlyTcp, ruleText, tiersOf, tierTypes, touchesTenants } from "../../model/acl.ts";
import { platform } from "../../model/owner.ts";
import type { AclList, Network } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-platform-to-tenant",
  title: {
    en: "The platform reaches tenants from the service zone only, on the serving port",
    ko: "플랫폼에서 테넌트로의 송신은 서비스 구역의 서빙 포트만 허용",
  },
  description: {
    en: "The other end of the same wall: a platform zone that may send anywhere into tenants makes one mistake in a tenant's list an opening.",
    ko: "같은 경계의 반대쪽이다. 플랫폼 구역이 테넌트로 자유롭게 송신할 수 있으면 테넌트 목록의 실수 하나가 통로가 된다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "P4.4"],
  frameworks: [n2sf("IF-1", "flows between enclaves only where allowed"), csap("11", "network separation")],
  remediation: {
    en: ["Allow egress to tenants in the service zone's list only, tcp and the serving port"],
    ko: ["테넌트로의 송신은 서비스 구역 목록에서 지정 tcp 포트만 허용"],
  },
  example: `{ number: 401, action: "allow", trafficType: "egress", protocol: "all", cidrs: ["10.0.20.0/24"], … } // on the AI zone's list`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: tierTypes,
  async check(subject: Subject<Network | AclList>, { world, report }) {
    const { servePort } = world.settings.plan;
    for (const { network, list, zone, owner } of await tiersOf(subject, world)) {
      if (zone === "tenant" || owner !== platform) continue;
      for (const { rule, cidr, range } of allowances(list, "egress")) {
        if (!touchesTenants(range, world.settings)) continue;
        if (zone === "service" && isOnlyTcp(rule, servePort)) continue;
        report({
          en: `${list.name} of ${network.name} lets the platform into tenants' networks (rule ${ruleText(rule, cidr)})`,
          ko: `${network.name}의 ${list.name}이(가) 테넌트 네트워크로의 송신을 허용 (규칙 ${ruleText(rule, cidr)})`,
        });
      }
    }
  },
});
