import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { wholeCard } from "../../model/sizes.ts";
import { type GpuCard, types, type VgpuProfile } from "../../model/types.ts";

export default resourceRule({
  id: "quota-slices-fit-card",
  title: { en: "All slices of a profile fit their card", ko: "프로파일의 슬라이스 합은 카드 이내" },
  description: {
    en: "Slices that together have more memory than the card are a promise that somebody pays for: a job of another tenant fails.",
    ko: "슬라이스 합이 카드 메모리를 넘으면 다른 테넌트의 작업이 실패하게 된다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P5.3", "GPU-02"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources")],
  remediation: {
    en: ["Set maxPerCard to what the vendor's table says for this card and profile"],
    ko: ["maxPerCard를 제조사 표의 값으로 설정"],
  },
  example: `// a card of 40 GiB
new gpu.VgpuProfile("8c", { name: "A100-8C", gpuCardId: a100.id, videoRamMib: 8192, maxPerCard: 6 });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.vgpuProfile],
  async check(profile: Subject<VgpuProfile>, { world, report }) {
    const { name, videoRamMib = 0, maxPerCard = 1 } = profile.props;
    if (videoRamMib === 0 || name === wholeCard) return;
    const found = await world.referents<GpuCard>(profile, "gpuCardId", types.gpuCard, [profile.raw.gpuCardId]);
    for (const card of found) {
      const { videoRamMib: all = 0 } = card.props;
      if (all === 0 || videoRamMib * maxPerCard <= all) continue;
      report({
        en: `${maxPerCard} × ${name} are ${videoRamMib * maxPerCard} MiB, and ${card.props.name} has ${all} MiB`,
        ko: `${name} ${maxPerCard}개는 ${videoRamMib * maxPerCard} MiB이나 ${card.props.name}은(는) ${all} MiB`,
      });
    }
  },
});
