import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { domainOwner, tenantInName } from "../../model/owner.ts";
import { idsIn } from "../../model/storage.ts";
import { type Domain, types } from "../../model/types.ts";

interface Offering {
  storageTags?: string[];
}

export default resourceRule({
  id: "isolation-offering-owner",
  title: {
    en: "A tenant's storage is offered to that tenant only",
    ko: "테넌트 스토리지 오퍼링은 해당 테넌트에만 공개",
  },
  description: {
    en: "An offering with a tenant's storage tag lets whoever sees it put volumes into that tenant's pool, under its key and on its quota.",
    ko: "테넌트 스토리지 태그를 가진 오퍼링이 다른 도메인에 보이면 그 테넌트의 풀, 키, 쿼터를 쓸 수 있게 된다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.3", "P1.6"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("10.1", "access control")],
  remediation: {
    en: ["Set domainIds to the tenant's domain, and to no other", "One storage tag per offering"],
    ko: ["domainIds를 해당 테넌트 도메인 하나로 지정", "오퍼링마다 스토리지 태그 하나만 사용"],
  },
  example: `new storage.DiskOffering("tenant-a", { storageTags: ["strata-tenant-a"], … }); // no domainIds: everybody sees it`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.diskOffering, types.serviceOffering],
  async check(offering: Subject<Offering>, { world, report }) {
    const tags = (offering.props.storageTags ?? []).flatMap((tag) => tenantInName(tag, world.settings) ?? []);
    const tagged = [...new Set(tags)];
    if (tagged.length === 0) return;
    const domains = await world.referents<Domain>(offering, "domainIds", types.domain, idsIn(offering.raw.domainIds));
    const seers = new Set(domains.map((domain) => domainOwner(domain.props.name, world.settings)));
    if (tagged.length === 1 && seers.size === 1 && seers.has(tagged[0] ?? "")) return;
    const list = [...seers].join(", ");
    report({
      en: `${offering.name} offers storage of tenant ${tagged.join(", ")} to ${list || "everybody"}`,
      ko: `${offering.name}이(가) 테넌트 ${tagged.join(", ")}의 스토리지를 다음에 공개함: ${list || "모두"}`,
    });
  },
});
