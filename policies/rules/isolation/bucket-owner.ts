import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { ownerName, platform, tenantInName } from "../../model/owner.ts";
import { type Bucket, types } from "../../model/types.ts";

/** Where objects lie: of a bucket the target, of a target and a storage class the pools. */
interface Places {
  placementTarget?: string;
  indexPool?: string;
  dataPool?: string;
  dataExtraPool?: string;
}

export default resourceRule({
  id: "isolation-bucket-owner",
  title: { en: "A bucket is private to its owner", ko: "버킷은 소유자 전용이어야 함" },
  description: {
    en: "Buckets have no public access here. What is left to get wrong is the owner: a tenant's bucket under another user, one user for two tenants, or objects of one tenant in another's pool by a placement target or storage class.",
    ko: "버킷에는 공개 접근이 없다. 남는 위험은 소유자 오류로, 테넌트의 버킷이 다른 사용자 소유이거나, 한 사용자를 두 테넌트가 쓰거나, 배치 대상(placement target)이나 스토리지 클래스를 통해 객체가 다른 테넌트의 풀에 놓이는 경우이다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.3", "T5", "SC-01"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("12", "data protection")],
  remediation: {
    en: [
      "Make the bucket's owner a user of the same tenant",
      "Use no anonymous or shared user",
      "Name pools of the same tenant in its placement targets and storage classes",
    ],
    ko: [
      "같은 테넌트의 사용자를 버킷 소유자로 지정",
      "익명 또는 공용 사용자 사용 금지",
      "배치 대상과 스토리지 클래스에는 같은 테넌트의 풀을 지정",
    ],
  },
  example: `new rgw.RgwBucket("b", { name: "tenant-b-documents", owner: "tenant-a" });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.bucket, types.placementTarget, types.storageClass],
  async check(subject: Subject<Bucket & Places>, { world, report, part }) {
    await part(() => {
      const { name, placementTarget, indexPool, dataPool, dataExtraPool } = subject.props;
      const named = [name, placementTarget, indexPool, dataPool, dataExtraPool];
      const tenants = new Set(named.flatMap((one) => (one && tenantInName(one, world.settings)) || []));
      if (tenants.size < 2) return;
      const places = named.slice(1).filter((one) => one !== undefined);
      report({
        en: `${subject.name} mixes tenants ${[...tenants].join(" and ")} (${[name, ...places].join(", ")})`,
        ko: `${subject.name}에 테넌트 ${[...tenants].join(", ")}이(가) 섞여 있음 (${[name, ...places].join(", ")})`,
      });
    });
    if (subject.type !== types.bucket) return;
    const { name, owner } = subject.props;
    const whose = tenantInName(name, world.settings) ?? platform;
    const holder = tenantInName(owner, world.settings) ?? platform;
    if (whose === holder && owner !== "anonymous") return;
    report({
      en: `bucket ${name} of ${ownerName(whose).en} is owned by ${owner}`,
      ko: `${ownerName(whose).ko}의 버킷 ${name}의 소유자가 ${owner}임`,
    });
  },
});
