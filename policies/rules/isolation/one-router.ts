import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { rangeOf } from "../../model/address.ts";
import { ownerName, ownerOf, platform } from "../../model/owner.ts";
import { types, type Vpc } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-one-router",
  title: { en: "The router is the platform's, and there is one", ko: "라우터(VPC)는 플랫폼 소유 하나만 존재" },
  description: {
    en: "Whoever owns a VPC writes its lists of rules and gets a public address for what goes out. Two with the same addresses make a rule that names an address mean two networks.",
    ko: "VPC의 소유자는 ACL을 직접 쓰고 외부로 나가는 공인 주소를 갖는다. 같은 주소를 쓰는 VPC가 둘이면 주소로 쓴 규칙이 두 네트워크를 뜻하게 된다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "P7", "P4.1"],
  frameworks: [
    n2sf("EB-3", "default deny at borders"),
    n2sf("SG-2", "address plan by grade"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: ["Make the tenant a tier of the platform's VPC", "Give a second VPC other addresses"],
    ko: ["테넌트에는 플랫폼 VPC의 tier를 생성", "두 번째 VPC에는 다른 주소 대역을 지정"],
  },
  example: `new network.Vpc("a", { account: "strata-tenant-a", cidr: "10.1.0.0/16", … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.vpc],
  async check(vpc: Subject<Vpc>, { world, report, part }) {
    await part(async () => {
      const owner = await ownerOf(vpc, world);
      if (owner === platform) return;
      report({
        en: `VPC ${vpc.name} belongs to ${ownerName(owner).en}`,
        ko: `VPC ${vpc.name}이(가) ${ownerName(owner).ko} 소유임`,
      });
    });
    const { cidr } = vpc.props;
    const range = rangeOf(cidr);
    const other = range === undefined ? undefined : world.claimRange("vpc", range, vpc);
    if (other === undefined) return;
    report({
      en: `VPC ${vpc.name} has ${cidr}, which overlaps ${other.name}`,
      ko: `VPC ${vpc.name}의 ${cidr}이(가) ${other.name}과(와) 겹침`,
    });
  },
});
