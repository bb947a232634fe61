import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { claimedTenant, ownerName, ownerOf, platform } from "../../model/owner.ts";
import { types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-tag-owner",
  title: {
    en: "What is tagged as a tenant's belongs to that tenant's account",
    ko: "tenant 태그와 실제 소유 계정이 일치해야 함",
  },
  description: {
    en: "Reports, charges and other rules go by the tag, CloudStack goes by the account. Where they differ, one of them is deceived.",
    ko: "보고와 과금은 태그를, CloudStack은 계정을 기준으로 한다. 둘이 다르면 한쪽의 판단이 틀린다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.1", "P1.7"],
  frameworks: [n2sf("LP-1", "least privilege"), n2sf("AC-3", "inventory of accounts"), csap("3", "assets")],
  remediation: {
    en: ["Set account and domainId to the tenant's, or correct the tag"],
    ko: ["account와 domainId를 해당 테넌트로 지정하거나 태그를 수정"],
  },
  example: `new compute.Instance("ai-a-train-02", { tags: { tenant: "a" }, … }); // no account: it is the platform's`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.instance, types.network, types.volume, types.publicIp, types.loadBalancer, types.vpc, types.template],
  async check(subject: Subject<unknown>, { world, report }) {
    const claimed = claimedTenant(subject.raw);
    const { account, domainId } = subject.raw;
    const owned = (account ?? "") !== "" || (domainId ?? "") !== "";
    const owner = owned ? await ownerOf(subject, world) : platform;
    if (claimed === undefined ? true : claimed === owner) return;
    const [tag, real] = [ownerName(claimed ?? platform), ownerName(owner)];
    report({
      en: `${subject.name} is tagged as of ${tag.en} and belongs to ${real.en}`,
      ko: `${subject.name}의 태그는 ${tag.ko}이지만 실제 소유자는 ${real.ko}임`,
    });
  },
});
