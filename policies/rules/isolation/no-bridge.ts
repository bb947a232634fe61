import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { networksOf } from "../../model/networks.ts";
import { ownerName, ownerOf } from "../../model/owner.ts";
import { type Instance, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-no-bridge",
  title: { en: "No machine stands in networks of two owners", ko: "두 소유자의 네트워크에 걸친 VM 금지" },
  description: {
    en: "A machine with cards in two owners' networks can pass packets between them, and no list of rules sees it.",
    ko: "두 소유자의 네트워크에 연결된 VM은 ACL을 거치지 않고 패킷을 전달할 수 있다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "AI-01"],
  frameworks: [
    n2sf("SG-4", "separation of networks by grade and owner"),
    n2sf("IF-1", "flows between enclaves only where allowed"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: ["Leave the machine one owner's networks", "Exchange data through the quality gate"],
    ko: ["VM을 한 소유자의 네트워크에만 연결", "데이터 교환은 품질 게이트를 통해 수행"],
  },
  example: `nics: [{ networkId: tierOfTenantA.id }, { networkId: tierOfTenantB.id }]`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.instance],
  async check(instance: Subject<Instance>, { world, report }) {
    const networks = await networksOf(instance, world);
    const owners = new Set(await Promise.all(networks.map((network) => ownerOf(network, world))));
    if (owners.size < 2) return;
    const names = [...owners].map(ownerName);
    report({
      en: `${instance.name} joins networks of ${names.map(({ en }) => en).join(" and ")}`,
      ko: `${instance.name}이(가) ${names.map(({ ko }) => ko).join(", ")}의 네트워크를 연결함`,
    });
  },
});
