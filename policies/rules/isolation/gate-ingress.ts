import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { allowances, isOnlyTcp, ruleText, tiersOf, tierTypes, touchesTenants } from "../../model/acl.ts";
import { platform } from "../../model/owner.ts";
import type { AclList, Network } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-gate-ingress",
  title: {
    en: "From tenants the platform takes only what goes to the gate's port",
    ko: "테넌트에서 플랫폼으로의 수신은 게이트 포트만 허용",
  },
  description: {
    en: "Tenants submit data to the gate on one port. Any other port or zone that accepts tenants' addresses leads around the gate.",
    ko: "테넌트는 게이트의 한 포트로만 데이터를 제출한다. 테넌트 주소를 받는 다른 포트나 구역은 게이트 우회로가 된다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "P2.2"],
  frameworks: [
    n2sf("IF-1", "flows between enclaves only where allowed"),
    n2sf("CD-4", "inspection between enclaves"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: ["Accept tenants' addresses in the AI zone only, tcp and the gate's port"],
    ko: ["테넌트 주소는 AI 구역에서 게이트의 tcp 포트로만 수신 허용"],
  },
  example: `{ number: 500, action: "allow", trafficType: "ingress", protocol: "all", cidrs: ["10.0.16.0/20"], … } // on the AI zone's list`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: tierTypes,
  async check(subject: Subject<Network | AclList>, { world, report }) {
    const { gatePort, publicPort } = world.settings.plan;
    for (const { network, list, zone, owner } of await tiersOf(subject, world)) {
      if (zone === "tenant" || owner !== platform) continue;
      for (const { rule, cidr, range } of allowances(list, "ingress")) {
        if (!touchesTenants(range, world.settings)) continue;
        if (zone === "ai" && isOnlyTcp(rule, gatePort)) continue;
        if (zone === "dmz" && isOnlyTcp(rule, publicPort)) continue;
        report({
          en: `${list.name} of ${network.name} takes from tenants what does not go to the gate (rule ${ruleText(rule, cidr)})`,
          ko: `${network.name}의 ${list.name}이(가) 게이트가 아닌 곳으로 테넌트의 접근을 허용 (규칙 ${ruleText(rule, cidr)})`,
        });
      }
    }
  },
});
