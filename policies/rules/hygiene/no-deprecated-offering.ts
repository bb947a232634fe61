import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { pattern } from "../../core/settings.ts";
import type { Subject } from "../../core/subject.ts";
import { diskOfferingOf, sizeOf } from "../../model/sizes.ts";
import { type Instance, types, type Volume } from "../../model/types.ts";

export default resourceRule({
  id: "hygiene-no-deprecated-offering",
  title: { en: "Nothing new is made of an offering that is on its way out", ko: "폐기 예정 오퍼링을 사용하지 않음" },
  description: {
    en: "A deleted offering is Inactive and lives as long as its machines: they can be neither scaled nor made again.",
    ko: "삭제된 오퍼링은 Inactive 상태로 VM이 있는 동안만 유지된다. 그 VM은 크기 변경도 재생성도 할 수 없다.",
  },
  severity: "low",
  strength: "mandatory",
  requirements: ["P1.2"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources"), csap("3.2", "change of assets")],
  remediation: { en: ["Take an offering of the catalogue"], ko: ["카탈로그의 현행 오퍼링을 사용"] },
  example: `new compute.ServiceOffering("old", { name: "2c-4g-deprecated", … });
new compute.Instance("ai-a-data-01", { serviceOfferingId: old.id, … });`,
  settings: z.strictObject({
    names: pattern
      .default("(?:^|[^a-z])(?:deprecated|legacy|obsolete)(?:[^a-z]|$)")
      .describe("Names of offerings that are on their way out; upper and lower case alike."),
  }),
  grades: {},
  kind: "resource",
  types: [types.instance, types.volume],
  async check(subject, { world, settings, report }) {
    const offering: Subject<{ name: string; displayText?: string | undefined; state?: string }> =
      subject.type === types.instance
        ? await sizeOf(subject as unknown as Subject<Instance>, world)
        : await diskOfferingOf(subject as unknown as Subject<Volume>, world);
    const { name, displayText = "" } = offering.props;
    const isOld = new RegExp(settings.names, "i").test(`${name} ${displayText}`);
    // Only what has been made has a state.
    if (!isOld && offering.raw.state !== "Inactive") return;
    report({
      en: `${subject.name} is made of ${name}, which is on its way out`,
      ko: `${subject.name}이(가) 폐기 예정 오퍼링 ${name}을(를) 사용함`,
    });
  },
});
