import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import { demandsIn } from "../../model/demand.ts";
import { platform } from "../../model/owner.ts";
import { types } from "../../model/types.ts";

export default stackRule({
  id: "quota-tenant-gpu-memory",
  title: { en: "A tenant's shares of cards fit its GPU memory", ko: "테넌트의 GPU 지분은 GPU 메모리 할당량 이내" },
  description: {
    en: "CloudStack's limit counts GPUs and slices alike, so a tenant with two slices of 4 GiB may as well take two whole cards. The memory is what is shared out.",
    ko: "CloudStack 한도는 GPU와 슬라이스를 똑같이 하나로 세므로 4 GiB 슬라이스 2개 대신 카드 2장도 가질 수 있다. 나눠 갖는 것은 메모리이다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P5.3", "P5.4", "GPU-02"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources")],
  remediation: {
    en: [
      "Give the machines smaller slices",
      "Or raise the tenant's GPU memory in the pack's configuration, with approval",
    ],
    ko: ["VM에 더 작은 슬라이스 할당", "또는 승인 후 정책 설정에서 테넌트의 GPU 메모리를 상향"],
  },
  example: `// profile of 40 GiB, and tenant a may have 24 GiB
new compute.ServiceOffering("whole", { vgpuProfileId: passthrough.id, gpuCount: 1, … });
new compute.Instance("ai-a-train-01", { account: "strata-tenant-a", serviceOfferingId: whole.id, … });`,
  settings: z.strictObject({
    dedicatedGib: z
      .record(z.string(), z.number().min(0))
      .default({ a: 24, b: 24, c: 16 })
      .describe("GPU memory of each tenant by its key, in GiB."),
    othersGib: z.number().min(0).default(16).describe("GPU memory of a tenant that is not listed, in GiB."),
  }),
  grades: {},
  kind: "stack",
  types: [types.serviceOffering, types.instance],
  async check(world, { settings, report, part }) {
    for (const [owner, demand] of await demandsIn(world, part)) {
      if (owner === platform) continue;
      await part(() => {
        const limit = settings.dedicatedGib[owner] ?? settings.othersGib;
        if (!demand.exceeds("gpuMemoryGib", limit)) return;
        const used = demand.known("gpuMemoryGib");
        report({
          en: `tenant ${owner} has ${used} GiB of GPU memory, and may have ${limit} GiB`,
          ko: `테넌트 ${owner}: GPU 메모리 ${used} GiB, 할당량은 ${limit} GiB`,
        });
      });
    }
  },
});
