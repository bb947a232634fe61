import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { networksOf, zoneOf } from "../../model/networks.ts";
import { ownerName, ownerOf } from "../../model/owner.ts";
import { type Instance, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-no-bridge",
  title: {
    en: "No machine stands in networks of two owners, or of zones kept apart",
    ko: "두 소유자의 네트워크나 분리된 구역에 걸친 VM 금지",
  },
  description: {
    en: "A machine with cards in two owners' networks can pass packets between them, and no list of rules sees it. Nor does one see what a gateway with a leg in the management zone passes on.",
    ko: "두 소유자의 네트워크에 연결된 VM은 ACL을 거치지 않고 패킷을 전달할 수 있다. 관리 구역에 NIC를 가진 게이트웨이도 마찬가지이다.",
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
  settings: z.strictObject({
    joins: z
      .array(z.array(z.string()).min(2))
      .default([
        ["dmz", "service"],
        ["ai", "storage"],
      ])
      .describe("Zones of the platform that one machine may stand in; any others it would join past their lists."),
  }),
  grades: {},
  kind: "resource",
  types: [types.instance],
  async check(instance: Subject<Instance>, { world, settings, report, part }) {
    const networks = await networksOf(instance, world);
    await part(() => {
      const zones = new Set(networks.flatMap((network) => zoneOf(network, world.settings) ?? []));
      zones.delete("tenant");
      const isJoin = (join: readonly string[]) => [...zones].every((zone) => join.includes(zone));
      if (zones.size < 2 || settings.joins.some(isJoin)) return;
      const list = [...zones].join(", ");
      report({
        en: `${instance.name} joins zones of the platform that only the router may join (${list})`,
        ko: `${instance.name}이(가) 라우터만 연결할 수 있는 플랫폼 구역들을 연결함 (${list})`,
      });
    });
    const owners = new Set(await Promise.all(networks.map((network) => ownerOf(network, world))));
    if (owners.size < 2) return;
    const names = [...owners].map(ownerName);
    report({
      en: `${instance.name} joins networks of ${names.map(({ en }) => en).join(" and ")}`,
      ko: `${instance.name}이(가) ${names.map(({ ko }) => ko).join(", ")}의 네트워크를 연결함`,
    });
  },
});
