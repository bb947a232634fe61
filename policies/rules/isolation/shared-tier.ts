import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { zoneOf } from "../../model/networks.ts";
import { ownerOf, platform } from "../../model/owner.ts";
import { type Network, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-shared-tier",
  title: { en: "No network is shared by tenants", ko: "테넌트 네트워크는 공유할 수 없음" },
  description: {
    en: "A network that a whole domain may use, or a network in the tenants' range that no tenant owns, lets machines of different owners meet behind the router.",
    ko: "도메인 전체가 쓸 수 있는 네트워크나 소유 테넌트가 없는 테넌트 대역의 네트워크에서는 서로 다른 소유자의 VM이 라우터 뒤에서 만난다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.1", "P1.5"],
  frameworks: [n2sf("SG-4", "separation of networks by grade and owner"), csap("11", "network separation")],
  remediation: {
    en: ["Give the network to one tenant: account and domainId", "Leave aclType at account"],
    ko: ["네트워크를 한 테넌트의 account와 domainId에 귀속", "aclType을 account로 유지"],
  },
  example: `new network.Network("shared", { vlan: 23, aclType: "domain", subdomainAccess: true, … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.network],
  async check(network: Subject<Network>, { world, report, part }) {
    const { aclType, subdomainAccess } = network.props;
    const owner = await ownerOf(network, world);
    const inTenants = zoneOf(network, world.settings) === "tenant";
    if (aclType === "domain" || subdomainAccess === true) {
      report({
        en: `${network.name} is open to everybody in a domain`,
        ko: `${network.name}이(가) 도메인의 모든 사용자에게 열려 있음`,
      });
    }
    await part(() => {
      // A tag is no owner: CloudStack lets by the account alone.
      const { account = "" } = network.props;
      if (inTenants && (owner === platform || account === "")) {
        report({
          en: `${network.name} lies in the tenants' VLANs and belongs to no tenant's account`,
          ko: `${network.name}이(가) 테넌트 VLAN 대역에 있으나 테넌트 계정 소유가 아님`,
        });
      }
    });
  },
});
