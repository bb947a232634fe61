import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { cidrOf } from "../../model/networks.ts";
import { type AclList, type Network, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-tier-acl",
  title: { en: "Every tier has a list of rules", ko: "모든 tier에는 ACL 목록이 있어야 함" },
  description: {
    en: "CloudStack gives a tier without a list its built-in one. What that lets pass is written nowhere here. A network with a router outside the VPC has no list at all.",
    ko: "목록이 없는 tier에는 CloudStack의 기본 목록이 적용되며, 그 내용은 코드에 남지 않는다. VPC 밖에 라우터를 둔 네트워크에는 목록 자체가 없다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5"],
  frameworks: [n2sf("EB-3", "default deny at borders"), csap("11", "network separation")],
  remediation: {
    en: ["Give the tier an aclId of a NetworkAclList of its own"],
    ko: ["tier에 전용 NetworkAclList의 aclId 지정"],
  },
  example: `new network.Network("tenant-d", { vpcId: vpc.id, vlan: 23, … }); // no aclId`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.network],
  async check(network: Subject<Network>, { world, report }) {
    const { vpcId, aclId } = network.raw;
    if (vpcId === undefined || vpcId === "") {
      if (cidrOf(network) === undefined) return;
      report({
        en: `${network.name} has a router of its own, outside the VPC, and so no list of rules`,
        ko: `${network.name}이(가) VPC 밖에 자체 라우터를 두어 ACL 목록이 없음`,
      });
      return;
    }
    const lists = await world.referents<AclList>(network, "aclId", types.aclList, [aclId]);
    if (lists.length === 0) {
      report({ en: `${network.name} has no list of rules`, ko: `${network.name}에 ACL 목록이 없음` });
    }
    for (const list of lists) {
      if (!/^default_(allow|deny)$/.test(list.props.name)) continue;
      report({
        en: `${network.name} has the built-in list ${list.props.name}`,
        ko: `${network.name}이(가) 내장 목록 ${list.props.name}을(를) 사용함`,
      });
    }
  },
});
