import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { ownerName, ownerOf, tenantInName } from "../../model/owner.ts";
import { types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-key-owner",
  title: {
    en: "Key pairs, user data and groups belong to whom their name says",
    ko: "SSH 키, 사용자 데이터, 그룹의 소유 계정이 이름과 일치해야 함",
  },
  description: {
    en: "A key pair that is named after one tenant and lies in another's account opens the wrong machines.",
    ko: "한 테넌트의 이름을 가진 키가 다른 계정에 있으면 엉뚱한 VM을 열게 된다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.6"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("10.1", "access control")],
  remediation: {
    en: ["Register the key under the account of the tenant that it is named after"],
    ko: ["이름에 해당하는 테넌트의 계정으로 키를 등록"],
  },
  example: `new compute.SshKeyPair("k", { name: "tenant-a-operators", account: "strata-tenant-b", … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.keyPair, types.userData, types.affinityGroup],
  async check(subject: Subject<{ name: string }>, { world, report }) {
    const named = tenantInName(subject.props.name, world.settings);
    const owner = await ownerOf(subject, world);
    if (named === undefined || named === owner) return;
    report({
      en: `${subject.props.name} is named after tenant ${named} and belongs to ${ownerName(owner).en}`,
      ko: `${subject.props.name}은(는) 테넌트 ${named}의 이름이지만 ${ownerName(owner).ko} 소유임`,
    });
  },
});
