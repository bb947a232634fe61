import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { ownerName, ownerOf, platform, tenantInName } from "../../model/owner.ts";
import { type Instance, type Template, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-template-owner",
  title: { en: "A tenant's images stay the tenant's", ko: "테넌트의 템플릿은 해당 테넌트만 사용" },
  description: {
    en: "An image that is made of a tenant's disk holds its data. A machine of somebody else that starts from it reads them; a public image everybody does.",
    ko: "테넌트 디스크로 만든 이미지에는 그 데이터가 들어 있다. 다른 소유자의 VM이 그 이미지로 시작하면 데이터를 읽을 수 있고, 공개 이미지는 누구나 읽을 수 있다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.6", "AI-01", "T7"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("12", "data protection")],
  remediation: {
    en: [
      "Start the machine from a template of the platform's",
      "Leave isPublic and isFeatured off for tenants' templates",
    ],
    ko: ["플랫폼 템플릿으로 VM을 생성", "테넌트 템플릿의 isPublic과 isFeatured를 끔"],
  },
  example: `new compute.Template("a-disk", { account: "strata-tenant-a", isPublic: true, … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.instance, types.template],
  async check(subject: Subject<Instance | Template>, { world, report }) {
    const owner = await ownerOf(subject, world);
    if (subject.type === types.template) {
      const { name, isPublic = false, isFeatured = false } = (subject as Subject<Template>).props;
      const named = tenantInName(name, world.settings);
      if (named !== undefined && named !== owner) {
        report({
          en: `template ${name} is named after tenant ${named} and belongs to ${ownerName(owner).en}`,
          ko: `템플릿 ${name}은(는) 테넌트 ${named}의 이름이지만 ${ownerName(owner).ko} 소유임`,
        });
      }
      if (owner === platform || !(isPublic || isFeatured)) return;
      report({
        en: `template ${subject.name} of ${ownerName(owner).en} is open to everybody`,
        ko: `${ownerName(owner).ko}의 템플릿 ${subject.name}이(가) 모두에게 공개됨`,
      });
      return;
    }
    const { templateId } = subject.raw;
    for (const template of await world.referents<Template>(subject, "templateId", types.template, [templateId])) {
      const other = await ownerOf(template, world);
      if (other === platform || other === owner) continue;
      report({
        en: `${subject.name} of ${ownerName(owner).en} starts from ${template.name} of ${ownerName(other).en}`,
        ko: `${ownerName(owner).ko}의 ${subject.name}이(가) ${ownerName(other).ko}의 템플릿 ${template.name}(으)로 시작함`,
      });
    }
  },
});
