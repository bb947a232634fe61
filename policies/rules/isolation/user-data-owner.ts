import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { ownerName, ownerOf, tenantInName } from "../../model/owner.ts";
import { idsIn } from "../../model/storage.ts";
import { type Instance, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-user-data-owner",
  title: {
    en: "A machine uses its owner's user data, key pairs and affinity groups only",
    ko: "VM은 자기 소유자의 사용자 데이터, 키 쌍, 그룹만 사용",
  },
  description: {
    en: "User data that belongs to another account is read, and can be changed, by that account.",
    ko: "다른 계정의 사용자 데이터는 그 계정이 읽고 바꿀 수 있다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.6", "P1.1"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("10.1", "access control")],
  remediation: {
    en: ["Register the user data or group under the machine's own account"],
    ko: ["VM과 같은 계정으로 사용자 데이터와 그룹을 등록"],
  },
  example: `new compute.Instance("ai-a-train-01", { account: "strata-tenant-a", userDataId: userDataOfTenantB.id, … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.instance],
  async check(instance: Subject<Instance>, { world, report, part }) {
    const owner = await ownerOf(instance, world);
    const { userDataId, affinityGroupIds } = instance.raw;
    await part(() => {
      for (const pair of instance.props.keyPairs ?? []) {
        const other = tenantInName(pair, world.settings);
        if (other === undefined || other === owner) continue;
        report({
          en: `${instance.name} of ${ownerName(owner).en} lets in key pair ${pair} of ${ownerName(other).en} (keyPairs)`,
          ko: `${ownerName(owner).ko}의 ${instance.name}이(가) ${ownerName(other).ko}의 키 쌍 ${pair}을(를) 허용함 (keyPairs)`,
        });
      }
    });
    const used = [
      ["userDataId", types.userData, idsIn(userDataId)],
      ["affinityGroupIds", types.affinityGroup, idsIn(affinityGroupIds)],
    ] as const;
    for (const [property, type, ids] of used) {
      await part(async () => {
        for (const thing of await world.referents(instance, property, type, ids)) {
          const other = await ownerOf(thing, world);
          if (other === owner) continue;
          report({
            en: `${instance.name} of ${ownerName(owner).en} uses ${thing.name} of ${ownerName(other).en} (${property})`,
            ko: `${ownerName(owner).ko}의 ${instance.name}이(가) ${ownerName(other).ko}의 ${thing.name}을(를) 사용함 (${property})`,
          });
        }
      });
    }
  },
});
