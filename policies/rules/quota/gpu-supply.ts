import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import { shareOf, sizeOf } from "../../model/sizes.ts";
import { type Instance, types } from "../../model/types.ts";

export default stackRule({
  id: "quota-gpu-supply",
  title: { en: "No more cards and slices are given than there are", ko: "보유한 카드와 슬라이스 이내로 할당" },
  description: {
    en: "A machine whose slice is not there starts nowhere, and takes another tenant's slice when that one is stopped. A stopped machine keeps its share, so all count.",
    ko: "슬라이스가 없는 VM은 시작되지 않으며, 다른 테넌트의 VM이 정지하면 그 슬라이스를 차지한다. 정지된 VM도 지분을 유지하므로 모두 합산한다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P5.2", "P5.3", "GPU-02"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources")],
  remediation: {
    en: ["Take the share from a machine", "Or add a card and say so in the pack's configuration"],
    ko: ["일부 VM의 지분을 회수", "또는 카드를 증설하고 정책 설정에 반영"],
  },
  example: `// card 0 gives five slices of A100-8C, and six machines have one each`,
  settings: z.strictObject({
    supply: z
      .record(z.string(), z.int().min(0))
      .default({ "A100-8C": 5, "A100-4C": 10, passthrough: 8 })
      .describe("How many of each profile the site has; the default is that of P5.2 and P5.3. Others are not judged."),
  }),
  grades: {},
  kind: "stack",
  types: [types.serviceOffering, types.instance],
  async check(world, { settings, report, part }) {
    const given = new Map<string, number>();
    for (const instance of world.ofType<Instance>(types.instance)) {
      await part(async () => {
        const share = await shareOf(await sizeOf(instance, world), world);
        if (share !== undefined) given.set(share.profile, (given.get(share.profile) ?? 0) + share.count);
      });
    }
    for (const [profile, count] of given) {
      const supply = settings.supply[profile];
      if (supply === undefined || count <= supply) continue;
      report({
        en: `${count} × ${profile} are given to machines, and there are ${supply}`,
        ko: `${profile} ${count}개가 할당되었으나 보유량은 ${supply}개`,
      });
    }
  },
});
