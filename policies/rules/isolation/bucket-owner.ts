import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { ownerName, platform, tenantInName } from "../../model/owner.ts";
import { type Bucket, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-bucket-owner",
  title: { en: "A bucket is private to its owner", ko: "버킷은 소유자 전용이어야 함" },
  description: {
    en: "Buckets have no public access here. What is left to get wrong is the owner: a tenant's bucket under another user, or one user for two tenants.",
    ko: "버킷에는 공개 접근이 없다. 남는 위험은 소유자 오류로, 테넌트의 버킷이 다른 사용자 소유이거나 한 사용자를 두 테넌트가 쓰는 경우이다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.3", "T5", "SC-01"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("12", "data protection")],
  remediation: {
    en: ["Make the bucket's owner a user of the same tenant", "Use no anonymous or shared user"],
    ko: ["같은 테넌트의 사용자를 버킷 소유자로 지정", "익명 또는 공용 사용자 사용 금지"],
  },
  example: `new rgw.RgwBucket("b", { name: "tenant-b-documents", owner: "tenant-a" });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.bucket],
  check(bucket: Subject<Bucket>, { world, report }) {
    const { name, owner } = bucket.props;
    const whose = tenantInName(name, world.settings) ?? platform;
    const holder = tenantInName(owner, world.settings) ?? platform;
    if (whose === holder && owner !== "anonymous") return;
    report({
      en: `bucket ${name} of ${ownerName(whose).en} is owned by ${owner}`,
      ko: `${ownerName(whose).ko}의 버킷 ${name}의 소유자가 ${owner}임`,
    });
  },
});
