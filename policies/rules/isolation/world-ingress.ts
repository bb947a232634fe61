import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { allowances, isOnlyTcp, reachesTheWorld, ruleText, tiersOf, tierTypes } from "../../model/acl.ts";
import type { AclList, Network } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-world-ingress",
  title: {
    en: "The world reaches the edge on one port, and nothing else",
    ko: "외부 공개는 엣지의 지정 포트 하나만 허용",
  },
  description: {
    en: "Everything else has no business with addresses outside the platform, in whatever range they are written.",
    ko: "그 외에는 어떤 표기의 대역이든 외부 주소에서 접근할 이유가 없다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P4.1", "P1.5"],
  frameworks: [
    n2sf("EB-3", "default deny at borders"),
    n2sf("EB-6", "allow by list only"),
    csap("10.1", "access control"),
  ],
  remediation: {
    en: ["Name the private range that needs access", "Publish services through the gateways of the DMZ"],
    ko: ["접근이 필요한 사설 대역을 명시", "서비스 공개는 DMZ 게이트웨이를 통해 수행"],
  },
  example: `{ number: 110, action: "allow", trafficType: "ingress", protocol: "tcp", cidrs: ["0.0.0.0/0"], startPort: 22, … }`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: tierTypes,
  async check(subject: Subject<Network | AclList>, { world, report }) {
    const { publicPort } = world.settings.plan;
    for (const { network, list, zone } of await tiersOf(subject, world)) {
      for (const { rule, cidr, range } of allowances(list, "ingress")) {
        if (!reachesTheWorld(range) || (zone === "dmz" && isOnlyTcp(rule, publicPort))) continue;
        report({
          en: `${list.name} of ${network.name} lets the world in (rule ${ruleText(rule, cidr)})`,
          ko: `${network.name}의 ${list.name}이(가) 외부 접근을 허용 (규칙 ${ruleText(rule, cidr)})`,
        });
      }
    }
  },
});
