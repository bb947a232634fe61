import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { tenantsRange, zoneRange } from "../../model/acl.ts";
import { contains, rangeOf } from "../../model/address.ts";
import { cidrOf, zoneOf } from "../../model/networks.ts";
import { type Network, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-cidr-plan",
  title: { en: "Address ranges are disjoint and inside the plan", ko: "주소 대역은 겹치지 않고 계획 안에 있어야 함" },
  description: {
    en: "Rules of the router name addresses. A network whose addresses are another zone's passes by that zone's rules.",
    ko: "라우터 규칙은 주소로 정의된다. 다른 구역의 주소를 쓰는 네트워크는 그 구역의 규칙으로 통과한다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "P7"],
  frameworks: [
    n2sf("SG-4", "separation of networks by grade and owner"),
    n2sf("SG-2", "address plan by grade"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: [
      "Take the range that the address plan gives the zone, or a free slot of the tenants' block; a site's own plan stands in the settings, strata-pack.plan",
    ],
    ko: [
      "주소 계획이 정한 구역의 대역 또는 테넌트 블록의 빈 슬롯 사용. 사이트 고유의 계획은 설정 strata-pack.plan에 기재",
    ],
  },
  example: `new network.Network("tenant-c", { vlan: 22, gateway: "10.0.21.1", netmask: "255.255.255.0", … }); // B's addresses`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.network],
  async check(network: Subject<Network>, { world, report }) {
    const cidr = cidrOf(network);
    if (cidr === undefined) return;
    const range = rangeOf(cidr);
    const zone = zoneOf(network, world.settings);
    const planned = zone === "tenant" ? tenantsRange(world.settings) : zoneRange(world.settings, zone ?? "");
    if (range === undefined || planned === undefined || !contains(planned, range)) {
      report({
        en: `${network.name} has ${cidr}, which the plan does not give to its VLAN`,
        ko: `${network.name}의 ${cidr}은(는) 해당 VLAN의 계획 대역이 아님`,
      });
    }
    const other = range === undefined ? undefined : world.claimRange("cidr", range, network);
    if (other !== undefined) {
      report({
        en: `${network.name} has ${cidr}, which overlaps ${other.name}`,
        ko: `${network.name}의 ${cidr}이(가) ${other.name}과(와) 겹침`,
      });
    }
  },
});
