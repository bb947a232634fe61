import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import { demandsIn } from "../../model/demand.ts";
import { platform } from "../../model/owner.ts";
import { types } from "../../model/types.ts";

export default stackRule({
  id: "quota-burst-within-pool",
  title: { en: "A tenant's burst fits what the pool has", ko: "테넌트의 버스트는 풀 용량 이내" },
  description: {
    en: "Beyond what is its own, a tenant borrows from the platform's cards while they are idle. A promise of more than there is never comes true. Burst is a matter of the scheduler and of no resource, so it stands in the pack's configuration.",
    ko: "테넌트는 자기 몫 외에는 플랫폼 카드의 유휴 용량을 빌린다. 보유량을 넘는 약속은 지켜질 수 없다. 버스트는 스케줄러의 설정이라 리소스에 나타나지 않으므로 정책 설정에 적는다.",
  },
  severity: "low",
  strength: "mandatory",
  requirements: ["P5.4", "P5.5"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources")],
  remediation: {
    en: ["Lower the tenant's burst", "Or give the platform's machines more cards"],
    ko: ["테넌트의 버스트를 축소", "또는 플랫폼 VM에 카드를 추가"],
  },
  example: `// settings: { burstGib: { a: 400 } }, and the platform's machines have eight cards of 40 GiB`,
  settings: z.strictObject({
    burstGib: z
      .record(z.string(), z.number().min(0))
      .default({ a: 40, b: 40, c: 24 })
      .describe(
        "GPU memory up to which each tenant may borrow, its own included, in GiB. Tenants without GPUs are passed over.",
      ),
  }),
  grades: {},
  kind: "stack",
  types: [types.serviceOffering, types.instance],
  async check(world, { settings, report, part }) {
    const byOwner = await demandsIn(world, part);
    const pool = byOwner.get(platform);
    for (const [owner, demand] of byOwner) {
      const burst = settings.burstGib[owner];
      if (owner === platform || burst === undefined || demand.known("gpus") === 0) continue;
      await part(() => {
        // Enough is enough, even where a part is not known yet; that a sum is too small can be said only of all of it.
        const there = (pool?.known("gpuMemoryGib") ?? 0) + demand.known("gpuMemoryGib");
        if (there >= burst) return;
        pool?.exceeds("gpuMemoryGib", Number.POSITIVE_INFINITY);
        demand.exceeds("gpuMemoryGib", Number.POSITIVE_INFINITY);
        report({
          en: `tenant ${owner} may burst to ${burst} GiB, and its own and the platform's cards are ${there} GiB`,
          ko: `테넌트 ${owner}의 버스트 한도 ${burst} GiB, 자체 및 플랫폼 GPU 메모리 합계 ${there} GiB`,
        });
      });
    }
  },
});
