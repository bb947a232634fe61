import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { types, type Volume } from "../../model/types.ts";

export default resourceRule({
  id: "availability-protect-data",
  title: { en: "What holds data is protected from deletion", ko: "데이터를 담은 리소스는 삭제로부터 보호" },
  description: {
    en: "A mistake in a profile deletes a volume as readily as a rule. Without a grade this asks for no more than that a volume is protected in both places or in neither, because the profiles as shipped can be taken down again on purpose (platform.protectData: false); with N2SF C or S, CSAP 중 or 상 everything that holds data must be protected.",
    ko: "프로필의 실수 한 번으로 볼륨도 규칙만큼 쉽게 삭제된다. 등급이 없으면 볼륨의 두 보호가 일치하는지만 확인한다: 배포된 프로필은 의도적으로 철거 가능하다(platform.protectData: false). N2SF C·S, CSAP 중·상에서는 데이터를 담은 모든 리소스를 보호해야 한다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P6.1", "O4"],
  frameworks: [n2sf("DU-2", "protection of stored data"), csap("6.2", "availability"), csap("12", "data protection")],
  remediation: {
    en: [
      "Set platform.protectData: true in strata:overrides",
      "Or the option protect: true, and deleteProtection: true on volumes",
    ],
    ko: [
      "strata:overrides에 platform.protectData: true 설정",
      "또는 옵션 protect: true, 볼륨은 deleteProtection: true",
    ],
  },
  example: `new storage.Volume("ai-a-data-01-data", { deleteProtection: true, … });
// and not { protect: true }: the engine would still delete it, once somebody takes the property out`,
  settings: z.strictObject({
    require: z
      .enum(["never", "consistent", "always"])
      .default("consistent")
      .describe("consistent: a volume has both protections or neither; always: everything that holds data has them."),
  }),
  grades: {
    "n2sf:C": { require: "always" },
    "n2sf:S": { require: "always" },
    "csap:mid": { require: "always" },
    "csap:high": { require: "always" },
  },
  kind: "resource",
  types: [types.volume, types.cephPool, types.filesystem, types.bucket],
  check({ type, name, props, protect }, { settings, report }) {
    if (settings.require === "never") return;
    const isVolume = type === types.volume;
    const byServer = isVolume ? (props as unknown as Volume).deleteProtection === true : protect;
    if (settings.require === "consistent" && protect === byServer) return;
    if (!protect) {
      report({ en: `${name} lacks the option protect: true`, ko: `${name}에 옵션 protect: true가 없음` });
    }
    if (!byServer && isVolume) {
      report({ en: `${name} lacks deleteProtection: true`, ko: `${name}에 deleteProtection: true가 없음` });
    }
  },
});
