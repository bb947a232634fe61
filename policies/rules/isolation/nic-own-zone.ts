import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { networksOf } from "../../model/networks.ts";
import { ownerName, ownerOf } from "../../model/owner.ts";
import { type Instance, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-nic-own-zone",
  title: { en: "A machine has cards only in its owner's zones", ko: "VM의 NIC는 소유자의 구역에만 둘 수 있음" },
  description: {
    en: "A card in another tenant's network, or a tenant's card in a platform network, bypasses every rule of the router.",
    ko: "다른 테넌트의 네트워크나 플랫폼 네트워크에 연결된 NIC는 라우터의 모든 통제를 우회한다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "P7", "AI-01"],
  frameworks: [n2sf("SG-4", "separation of networks by grade and owner"), csap("11", "network separation")],
  remediation: {
    en: ["Attach the machine to its own tenant's network", "Move data between owners through the quality gate"],
    ko: ["VM을 자기 테넌트의 네트워크에 연결", "소유자 간 데이터 이동은 품질 게이트를 통해 수행"],
  },
  example: `new compute.Instance("ai-c-data-01", {
  account: "strata-tenant-c",
  nics: [{ networkId: tierOfTenantA.id }],
  …
});`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.instance],
  async check(instance: Subject<Instance>, { world, report }) {
    const owner = await ownerOf(instance, world);
    for (const network of await networksOf(instance, world)) {
      const other = await ownerOf(network, world);
      if (other === owner) continue;
      const [from, to] = [ownerName(owner), ownerName(other)];
      report({
        en: `${instance.name} of ${from.en} has a card in ${network.name} of ${to.en}`,
        ko: `${from.ko}의 ${instance.name}이(가) ${to.ko}의 ${network.name}에 NIC를 가짐`,
      });
    }
  },
});
