import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { allowances, isOnlyTcp, ruleText, tiersOf, tierTypes, zoneRange } from "../../model/acl.ts";
import { contains } from "../../model/address.ts";
import { platform } from "../../model/owner.ts";
import type { AclList, Network } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-tenant-ingress",
  title: {
    en: "Only the service layer reaches tenants, on the serving port",
    ko: "테넌트 수신은 서비스 계층의 지정 포트만 허용",
  },
  description: {
    en: "Nothing but the service layer may reach a tenant, and only its serving API.",
    ko: "서비스 계층만이 테넌트의 서빙 API에 접근할 수 있다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "P4.4"],
  frameworks: [
    n2sf("IF-1", "flows between enclaves only where allowed"),
    n2sf("EB-3", "default deny at borders"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: ["Allow ingress from addresses of the service zone only, tcp and the serving port"],
    ko: ["서비스 구역 주소에서 오는 지정 tcp 포트만 수신 허용"],
  },
  example: `{ number: 410, action: "allow", trafficType: "ingress", protocol: "tcp", cidrs: ["10.0.5.0/25"], startPort: 22, … }`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: tierTypes,
  async check(subject: Subject<Network | AclList>, { world, report }) {
    const { servePort } = world.settings.plan;
    const service = zoneRange(world.settings, "service");
    for (const { list, zone, owner } of await tiersOf(subject, world)) {
      if (zone !== "tenant" && owner === platform) continue;
      for (const { rule, cidr, range } of allowances(list, "ingress")) {
        const isService = range !== undefined && service !== undefined && contains(service, range);
        if (isService && isOnlyTcp(rule, servePort)) continue;
        report({
          en: `${list.name} lets in more than the service zone on tcp ${servePort} (rule ${ruleText(rule, cidr)})`,
          ko: `${list.name}이(가) 서비스 구역의 tcp ${servePort} 외의 수신을 허용 (규칙 ${ruleText(rule, cidr)})`,
        });
      }
    }
  },
});
