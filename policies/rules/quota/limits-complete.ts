import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { countedKinds } from "../../model/demand.ts";
import { type ResourceLimits, types } from "../../model/types.ts";

export default resourceRule({
  id: "quota-limits-complete",
  title: { en: "Limits bind everything that a tenant takes", ko: "한도는 테넌트가 쓰는 모든 자원을 포함" },
  description: {
    en: "A kind that is left out keeps the server's default, and -1 is no limit: the tenant could take the whole zone of it.",
    ko: "빠진 항목은 서버 기본값을 따르고 -1은 무제한이다. 테넌트가 해당 자원을 존 전체만큼 점유할 수 있다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P1.7"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources")],
  remediation: {
    en: [
      "Give a number for every kind: machines, volumes, vCPU, memory, primary storage, GPUs",
      "Or, where the server has no GPU API (Mold) and so limits no GPUs, leave gpus out of this rule's kinds",
    ],
    ko: [
      "VM, 볼륨, vCPU, 메모리, 기본 스토리지, GPU 모두에 값을 지정",
      "GPU API가 없어 GPU 한도를 둘 수 없는 서버(Mold)라면 이 규칙의 kinds에서 gpus를 제외",
    ],
  },
  example: `new identity.ResourceLimits("tenant-a-account", { limits: { cpus: 8, memoryMib: -1 }, … });`,
  settings: z.strictObject({
    kinds: z
      .array(z.enum(countedKinds))
      .min(1)
      .default([...countedKinds])
      .describe("Kinds that must be limited."),
  }),
  grades: {},
  kind: "resource",
  types: [types.limits],
  async check(subject: Subject<ResourceLimits>, { settings, report, part }) {
    for (const kind of settings.kinds) {
      await part(() => {
        const limit = subject.props.limits[kind];
        if (limit !== undefined && limit >= 0) return;
        const missing = limit === undefined;
        report({
          en: `${subject.name} ${missing ? "has no limit for" : "makes unlimited"}: ${kind}`,
          ko: `${subject.name}: ${kind} ${missing ? "한도 없음" : "무제한"}`,
        });
      });
    }
  },
});
