import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { zoneOf } from "../../model/networks.ts";
import { ownerName, ownerOf, platform } from "../../model/owner.ts";
import { type Network, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-vlan-plan",
  title: { en: "VLAN ids are unique and inside the plan", ko: "VLAN ID는 고유하고 계획 안에 있어야 함" },
  description: {
    en: "Two networks with one VLAN id are one network. An id outside the plan belongs to nobody who watches it.",
    ko: "같은 VLAN ID를 쓰는 두 네트워크는 사실상 하나의 네트워크이다. 계획 밖의 ID는 아무도 감시하지 않는다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.1", "P7"],
  frameworks: [
    n2sf("SG-4", "separation of networks by grade and owner"),
    n2sf("SG-2", "address plan by grade"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: [
      "Take the VLAN id that the address plan gives the zone; a site's own plan stands in the settings, strata-pack.plan",
      "Leave bypassVlanOverlapCheck off",
    ],
    ko: [
      "주소 계획이 정한 구역의 VLAN ID 사용. 사이트 고유의 계획은 설정 strata-pack.plan에 기재",
      "bypassVlanOverlapCheck를 끈 상태로 유지",
    ],
  },
  example: `new network.Network("tenant-c", { vlan: 20, … }); // 20 is tenant A's`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.network],
  async check(network: Subject<Network>, { world, report, part }) {
    await part(() => {
      if (network.props.bypassVlanOverlapCheck !== true) return;
      report({
        en: `${network.name} asks the server not to check whether its VLAN is in use`,
        ko: `${network.name}이(가) VLAN 중복 검사를 우회함`,
      });
    });
    const { vlan } = network.props;
    if (vlan === undefined) {
      report({
        en: `${network.name} has no fixed VLAN id, so the server takes any`,
        ko: `${network.name}에 고정 VLAN ID가 없어 서버가 임의로 선택함`,
      });
      return;
    }
    const other = world.claim("vlan", String(vlan), network);
    if (other !== undefined) {
      report({
        en: `${network.name} has VLAN ${vlan}, which is ${other.name}'s`,
        ko: `${network.name}의 VLAN ${vlan}은(는) ${other.name}이(가) 사용 중`,
      });
    }
    const zone = zoneOf(network, world.settings);
    const owner = await ownerOf(network, world);
    if (zone === undefined || (zone !== "tenant" && owner !== platform)) {
      report({
        en: `${network.name} of ${ownerName(owner).en} has VLAN ${vlan}, which the plan does not give to it`,
        ko: `${ownerName(owner).ko}의 ${network.name}이(가) 계획에 없는 VLAN ${vlan} 사용`,
      });
    }
  },
});
