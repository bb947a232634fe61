import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { allowances, isOnlyTcp, ruleText, tiersOf, tierTypes, zoneRange } from "../../model/acl.ts";
import { overlap } from "../../model/address.ts";
import { platform } from "../../model/owner.ts";
import type { AclList, Network } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-edge-inward",
  title: {
    en: "What faces the world reaches the service zone on one port, and nothing behind it",
    ko: "외부와 맞닿은 구역은 서비스 구역의 지정 포트에만 접근",
  },
  description: {
    en: "A gateway is the first machine that somebody from outside takes. From the DMZ registry, gate and databases would be one connection away.",
    ko: "게이트웨이는 외부 공격자가 가장 먼저 장악하는 VM이다. DMZ에서 접근이 허용되면 레지스트리, 품질 게이트, DB에 바로 연결할 수 있다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.5", "P4.1"],
  frameworks: [
    n2sf("SG-4", "separation of networks by grade and owner"),
    n2sf("EB-6", "allow by list only"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: ["Let the gateway ask the service zone, on the serving port", "Take the DMZ out of the rule's networks"],
    ko: ["게이트웨이는 서비스 구역의 서비스 포트로만 요청", "규칙의 대역에서 DMZ를 제외"],
  },
  example: `{ number: 310, action: "allow", trafficType: "ingress", protocol: "tcp", cidrs: ["10.0.1.0/24"], startPort: 443, … } // of the AI zone`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: tierTypes,
  async check(subject: Subject<Network | AclList>, { world, report }) {
    const { servePort } = world.settings.plan;
    const edge = zoneRange(world.settings, "dmz");
    if (edge === undefined) return;
    for (const { network, list, zone, owner } of await tiersOf(subject, world)) {
      if (zone === "dmz" || zone === "tenant" || owner !== platform) continue;
      for (const { rule, cidr, range } of allowances(list, "ingress")) {
        if (range === undefined || !overlap(range, edge)) continue;
        if (zone === "service" && isOnlyTcp(rule, servePort)) continue;
        report({
          en: `${list.name} of ${network.name} lets in the DMZ (rule ${ruleText(rule, cidr)})`,
          ko: `${network.name}의 ${list.name}이(가) DMZ의 접근을 허용 (규칙 ${ruleText(rule, cidr)})`,
        });
      }
    }
  },
});
