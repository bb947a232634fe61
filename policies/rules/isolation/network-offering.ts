import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { type NetworkOffering, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-network-offering",
  title: { en: "Networks are offered with their walls", ko: "네트워크 오퍼링은 격리 기능을 갖춤" },
  description: {
    en: "What an offering leaves out, no network of it has: without NetworkACL a tier takes no list of rules, without specifyVlan the server picks the VLAN, and a Shared or Isolated network outside the VPC has a router that our rules do not reach.",
    ko: "오퍼링에 없는 기능은 그 네트워크에도 없다. NetworkACL이 없으면 tier에 ACL을 걸 수 없고, specifyVlan이 없으면 서버가 VLAN을 고르며, VPC 밖의 Shared/Isolated 네트워크에는 우리 규칙이 미치지 않는 라우터가 있다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.5", "P7"],
  frameworks: [
    n2sf("EB-3", "default deny at borders"),
    n2sf("SG-4", "separation of networks by grade and owner"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: [
      "Tiers: forVpc: true, specifyVlan: true, and NetworkACL among the services",
      "Networks without a router: guestIpType L2, specifyVlan: true",
    ],
    ko: [
      "tier: forVpc: true, specifyVlan: true, services에 NetworkACL 포함",
      "라우터 없는 네트워크: guestIpType L2, specifyVlan: true",
    ],
  },
  example: `new network.NetworkOffering("tier", { guestIpType: "Isolated", forVpc: true, specifyVlan: true, services: { Dhcp: "VpcVirtualRouter" }, … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.networkOffering],
  async check(offering: Subject<NetworkOffering>, { report, part }) {
    const { name } = offering.props;
    const say = (en: string, ko: string) => report({ en: `offering ${name}: ${en}`, ko: `오퍼링 ${name}: ${ko}` });
    await part(() => {
      if (offering.props.specifyVlan === true) return;
      say("the server picks the VLAN of its networks (specifyVlan)", "네트워크의 VLAN을 서버가 고름 (specifyVlan)");
    });
    await part(() => {
      const { forVpc = false, guestIpType } = offering.props;
      if (forVpc || guestIpType === "L2") return;
      say(`its ${guestIpType} networks stand outside the VPC`, `${guestIpType} 네트워크가 VPC 밖에 놓임`);
    });
    await part(() => {
      const { forVpc = false, services = {} } = offering.props;
      if (!forVpc || services.NetworkACL !== undefined) return;
      say("its tiers take no list of rules (NetworkACL)", "tier에 ACL 목록을 걸 수 없음 (NetworkACL)");
    });
  },
});
