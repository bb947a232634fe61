import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import type { Text } from "../../core/text.ts";
import { countedKinds, Demand, demandsIn, type Kind } from "../../model/demand.ts";
import { ownerOf } from "../../model/owner.ts";
import { type ResourceLimits, types } from "../../model/types.ts";

const nouns: Record<Kind, Text> = {
  instances: { en: "machines", ko: "VM" },
  volumes: { en: "volumes", ko: "볼륨" },
  cpus: { en: "vCPU", ko: "vCPU" },
  memoryMib: { en: "MiB of memory", ko: "MiB 메모리" },
  primaryStorageGib: { en: "GiB of primary storage", ko: "GiB 기본 스토리지" },
  gpus: { en: "GPUs", ko: "GPU" },
};

export default stackRule({
  id: "quota-tenant-within-limits",
  title: { en: "A tenant's machines fit its limits", ko: "테넌트의 VM은 한도 이내" },
  description: {
    en: "CloudStack refuses what goes beyond a limit, but one machine at a time: the stack would be left half built. Machines, volumes, vCPU, memory, storage and GPUs are summed for each owner and compared with its limits on account and domain.",
    ko: "CloudStack은 한도를 넘는 VM을 하나씩 거부하므로 스택이 반쯤 구성된 채 남는다. 소유자별로 VM, 볼륨, vCPU, 메모리, 스토리지, GPU를 합산해 계정과 도메인의 한도와 비교한다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P1.7", "P5.4", "AI-05"],
  frameworks: [
    csap("9.1", "creation, change and reclaim of virtual resources"),
    n2sf("IS-4", "isolation of resources"),
  ],
  remediation: {
    en: ["Take away machines or make them smaller", "Or raise the tenant's limits in the profile, with approval"],
    ko: ["VM 수나 크기를 축소", "또는 승인 후 프로필에서 테넌트의 한도를 상향"],
  },
  example: `new identity.ResourceLimits("tenant-a-account", { limits: { cpus: 8, … }, … });
// and three machines of tenant a with 4 vCPU each`,
  settings: z.strictObject({}),
  grades: {},
  kind: "stack",
  types: [types.limits],
  async check(world, { report, part }) {
    const byOwner = await demandsIn(world, part);
    for (const limits of world.ofType<ResourceLimits>(types.limits)) {
      await part(async () => {
        const owner = await ownerOf(limits, world);
        const demand = byOwner.get(owner) ?? new Demand();
        for (const kind of countedKinds) {
          await part(() => {
            const limit = limits.props.limits[kind];
            // Without a limit nothing is exceeded; that there is one is another rule's matter.
            if (limit === undefined || limit < 0 || !demand.exceeds(kind, limit)) return;
            const [used, noun] = [demand.known(kind), nouns[kind]];
            report(
              {
                en: `tenant ${owner} has ${used} ${noun.en}, and the limit is ${limit}`,
                ko: `테넌트 ${owner}: ${noun.ko} ${used}, 한도는 ${limit}`,
              },
              limits,
            );
          });
        }
      });
    }
  },
});
