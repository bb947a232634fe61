import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { allowances, reachesTheWorld, ruleText, tiersOf, tierTypes } from "../../model/acl.ts";
import { contains, rangeOf } from "../../model/address.ts";
import type { AclList, Network } from "../../model/types.ts";

function isNarrow(cidr: string): boolean {
  return Number(cidr.split("/")[1]) >= 16;
}

export default resourceRule({
  id: "isolation-world-egress",
  title: { en: "Nothing reaches out to the world", ko: "외부로의 송신 금지" },
  description: {
    en: "Guests have no business outside the platform: packages come with templates. A way out is a way for data to leave.",
    ko: "게스트는 외부와 통신할 이유가 없다. 외부 송신 경로는 데이터 유출 경로가 된다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.5"],
  frameworks: [
    n2sf("EB-14", "allow-listed egress"),
    n2sf("EB-11", "restricted egress"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: ["Name the addresses that must be reached", "Use a mirror inside the platform"],
    ko: ["필요한 목적지 주소를 명시", "플랫폼 내부 미러 사용"],
  },
  example: `{ number: 900, action: "allow", trafficType: "egress", protocol: "all", cidrs: ["0.0.0.0/0"], … }`,
  settings: z.strictObject({
    destinations: z
      .array(z.cidrv4().refine(isNarrow, "is no address of a mirror but a part of the world: /16 at most"))
      .default([])
      .describe("Networks outside that may be reached, such as a mirror; none larger than /16."),
  }),
  grades: {},
  kind: "resource",
  types: tierTypes,
  async check(subject: Subject<Network | AclList>, { world, settings, report }) {
    const allowed = settings.destinations.flatMap((cidr) => rangeOf(cidr) ?? []);
    for (const { network, list } of await tiersOf(subject, world)) {
      for (const { rule, cidr, range } of allowances(list, "egress")) {
        if (!reachesTheWorld(range) || (range !== undefined && allowed.some((one) => contains(one, range)))) continue;
        report({
          en: `${list.name} of ${network.name} lets out to the world (rule ${ruleText(rule, cidr)})`,
          ko: `${network.name}의 ${list.name}이(가) 외부 송신을 허용 (규칙 ${ruleText(rule, cidr)})`,
        });
      }
    }
  },
});
