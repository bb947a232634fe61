import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import type { World } from "../../core/world.ts";
import { type GpuDevice, types, type VgpuProfile } from "../../model/types.ts";

export default stackRule({
  id: "quota-one-slice-size",
  title: {
    en: "A card is cut in slices of one size, no more than it has",
    ko: "카드 하나는 한 크기의 슬라이스로만, 개수 이내로 분할",
  },
  description: {
    en: "The vendor's scheduler gives a card one profile size at a time: a slice of another size, or one too many, starts nowhere.",
    ko: "카드는 한 번에 한 가지 프로파일 크기만 지원한다. 다른 크기나 개수를 넘는 슬라이스는 어디서도 시작되지 않는다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P5.3"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources")],
  remediation: {
    en: ["Give all devices of the card the same profile", "Take away those beyond the profile's maxPerCard"],
    ko: ["카드의 모든 장치에 같은 프로파일을 지정", "프로파일의 maxPerCard를 넘는 장치를 제거"],
  },
  example: `new gpu.GpuDevice("slice-1", { parentGpuDeviceId: card0.id, vgpuProfileId: a100_8c.id, … });
new gpu.GpuDevice("slice-2", { parentGpuDeviceId: card0.id, vgpuProfileId: a100_4c.id, … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "stack",
  types: [types.gpuDevice],
  async check(world, { report, part }) {
    for (const [card, slices] of await slicesByCard(world, part)) {
      await part(async () => {
        const profiles = new Set<Subject<VgpuProfile>>();
        for (const slice of slices) for (const profile of await profileOf(slice, world)) profiles.add(profile);
        const [only] = profiles;
        if (only === undefined) return;
        const names = [...profiles].map(({ props }) => props.name).sort();
        const [first = only] = slices;
        if (profiles.size > 1) {
          report(
            {
              en: `card ${card} is cut in slices of ${names.join(" and ")}`,
              ko: `카드 ${card}이(가) ${names.join(", ")} 슬라이스로 함께 분할됨`,
            },
            first,
          );
          return;
        }
        const { maxPerCard } = only.props;
        if (maxPerCard === undefined || slices.length <= maxPerCard) return;
        report(
          {
            en: `card ${card} has ${slices.length} slices of ${only.props.name}, and gives ${maxPerCard}`,
            ko: `카드 ${card}에 ${only.props.name} 슬라이스 ${slices.length}개, 최대 ${maxPerCard}개`,
          },
          first,
        );
      });
    }
  },
});

async function slicesByCard(world: World, part: (check: () => Promise<void>) => Promise<void>) {
  const byCard = new Map<string, Subject<GpuDevice>[]>();
  for (const device of world.ofType<GpuDevice>(types.gpuDevice)) {
    const { parentGpuDeviceId } = device.raw;
    if (parentGpuDeviceId === undefined) continue;
    await part(async () => {
      const [card] = await world.referents<GpuDevice>(device, "parentGpuDeviceId", types.gpuDevice, [
        parentGpuDeviceId,
      ]);
      const name = card?.name ?? device.props.parentGpuDeviceId ?? "";
      const slices = byCard.get(name) ?? [];
      slices.push(device);
      byCard.set(name, slices);
    });
  }
  return byCard;
}

async function profileOf(device: Subject<GpuDevice>, world: World): Promise<Subject<VgpuProfile>[]> {
  return world.referents<VgpuProfile>(device, "vgpuProfileId", types.vgpuProfile, [device.raw.vgpuProfileId]);
}
