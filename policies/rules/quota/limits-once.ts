import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { type Domain, type ResourceLimits, types } from "../../model/types.ts";

export default stackRule({
  id: "quota-limits-once",
  title: { en: "What is limited is limited once", ko: "한도는 대상마다 한 번만 지정" },
  description: {
    en: "Two resources that limit the same account or domain overwrite each other in CloudStack, and which of them stands is a matter of chance.",
    ko: "같은 계정이나 도메인에 한도를 지정하는 리소스가 둘이면 서로 덮어쓰며, 어느 값이 남을지 알 수 없다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P1.7"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources")],
  remediation: { en: ["Take one of them away"], ko: ["둘 중 하나를 제거"] },
  example: `new identity.ResourceLimits("a", { account: "strata-tenant-a", limits: { cpus: 8, … }, … });
new identity.ResourceLimits("more", { account: "strata-tenant-a", limits: { cpus: 800, … }, … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "stack",
  types: [types.limits],
  async check(world, { report, part }) {
    const first = new Map<string, Subject<ResourceLimits>>();
    for (const limits of world.ofType<ResourceLimits>(types.limits)) {
      await part(async () => {
        const { account = "" } = limits.props;
        const [domain] = await world.referents<Domain>(limits, "domainId", types.domain, [limits.raw.domainId]);
        const key = `${account} ${domain?.urn}`;
        const other = first.get(key);
        first.set(key, other ?? limits);
        if (other === undefined) return;
        report(
          {
            en: `${other.name} and ${limits.name} limit the same ${account === "" ? "domain" : `account ${account}`}`,
            ko: `${other.name}와(과) ${limits.name}이(가) 같은 ${account === "" ? "도메인" : `계정 ${account}`}의 한도를 지정함`,
          },
          limits,
        );
      });
    }
  },
});
