import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { pattern } from "../../core/settings.ts";
import type { Subject } from "../../core/subject.ts";
import { ownerOf, platform } from "../../model/owner.ts";
import { shareOf, sizeOf } from "../../model/sizes.ts";
import { type Instance, types } from "../../model/types.ts";
import { userDataOf } from "../../model/user-data.ts";

export default resourceRule({
  id: "quota-no-time-slicing",
  title: { en: "Tenants never share a card by time", ko: "테넌트는 GPU를 시분할하지 않음" },
  description: {
    en: "Time slicing and MPS keep no memory apart: one tenant's job can fill, and in the worst case read, what another has on the card.",
    ko: "시분할과 MPS는 메모리를 격리하지 않는다. 한 테넌트의 작업이 다른 테넌트의 GPU 메모리를 소진하거나 최악의 경우 읽을 수 있다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P5.1"],
  frameworks: [
    n2sf("IS-4", "isolation of resources"),
    csap("9.1", "creation, change and reclaim of virtual resources"),
  ],
  remediation: {
    en: [
      "Give the tenant a vGPU or MIG slice, or a whole card",
      "Take time slicing out of the machine's configuration",
    ],
    ko: ["테넌트에 vGPU나 MIG 슬라이스 또는 카드 전체를 할당", "VM 설정에서 시분할을 제거"],
  },
  example: `new gpu.VgpuProfile("shared", { name: "A100-timesliced", … });
// and a tenant's machine with an offering of that profile`,
  settings: z.strictObject({
    profiles: pattern
      .default("time[-_ ]?slic|(?:^|[-_])(?:ts|mps|shared)(?:[-_]|$)")
      .describe("Names of profiles whose cards are shared by time; upper and lower case alike."),
  }),
  grades: {},
  kind: "resource",
  types: [types.instance],
  async check(instance: Subject<Instance>, { world, settings, report, part }) {
    if ((await ownerOf(instance, world)) === platform) return;
    await part(async () => {
      const share = await shareOf(await sizeOf(instance, world), world);
      if (share === undefined || !new RegExp(settings.profiles, "i").test(share.profile)) return;
      report({
        en: `${instance.name} has ${share.profile}, a card shared by time`,
        ko: `${instance.name}이(가) 시분할 프로파일 ${share.profile}을(를) 사용함`,
      });
    });
    await part(async () => {
      const text = await userDataOf(instance, world);
      const means = /\btimeSlicing:|\bnvidia-cuda-mps-control\b|\bnvidia-smi\b[^\n]*--timeslice\b/.exec(text)?.[0];
      if (means === undefined) return;
      report({
        en: `the user data of ${instance.name} shares a card by time (${means})`,
        ko: `${instance.name}의 사용자 데이터가 GPU 시분할을 설정함 (${means})`,
      });
    });
  },
});
