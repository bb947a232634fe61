import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import { isUnknown } from "../../core/sdk.ts";
import type { Subject } from "../../core/subject.ts";
import { Undecided } from "../../core/unknown.ts";
import { tagOf } from "../../model/scope.ts";
import { type SnapshotPolicy, types, type Volume } from "../../model/types.ts";

export default stackRule({
  id: "availability-snapshots",
  title: { en: "Volumes that need them have snapshots", ko: "필요한 볼륨에 스냅샷 정책이 있음" },
  description: {
    en: "Copies in Ceph save nobody from a wrong command. A volume with the tag snapshots: required, or of a data class that the grade names, has a policy.",
    ko: "Ceph 복제는 잘못된 명령으로부터 보호하지 못한다. 태그 snapshots: required가 있거나 등급이 정한 data-class의 볼륨에는 스냅샷 정책이 있어야 한다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["P6.1"],
  frameworks: [csap("6.2", "availability")],
  remediation: {
    en: ["Make a SnapshotPolicy for the volume"],
    ko: ["볼륨에 SnapshotPolicy를 생성"],
  },
  example: `new storage.Volume("db", { tags: { snapshots: "required", … }, … });
// and no storage.SnapshotPolicy with its volumeId`,
  settings: z.strictObject({
    dataClasses: z
      .array(z.string().min(1))
      .default([])
      .describe("Values of the tag data-class whose volumes need snapshots; * is all."),
    keep: z.int().min(1).default(1).describe("How many snapshots a policy keeps at least."),
  }),
  grades: {
    "n2sf:C": { dataClasses: ["*"] },
    "csap:high": { dataClasses: ["*"], keep: 7 },
    "csap:mid": { dataClasses: ["classified"] },
  },
  kind: "stack",
  types: [types.volume],
  async check(world, { settings, report, part }) {
    const kept = new Map<string, number>();
    // Policies that may be for any volume: an id that is known, though not to whom we ask, is no volume's of this stack.
    const open = new Set<Subject<SnapshotPolicy>>();
    for (const policy of world.ofType<SnapshotPolicy>(types.snapshotPolicy)) {
      if (isUnknown(policy.raw.volumeId)) open.add(policy);
      await part(async () => {
        const volumes = await world.referents<Volume>(policy, "volumeId", types.volume, [policy.raw.volumeId]);
        open.delete(policy);
        for (const { urn } of volumes) kept.set(urn, Math.max(kept.get(urn) ?? 0, policy.props.maxSnapshots));
      });
    }
    for (const volume of world.ofType<Volume>(types.volume)) {
      await part(() => {
        const dataClass = tagOf(volume, "data-class") ?? "";
        const { dataClasses, keep } = settings;
        const isAsked = dataClasses.includes("*") || dataClasses.includes(dataClass);
        if (!isAsked && tagOf(volume, "snapshots") !== "required") return;
        const snapshots = kept.get(volume.urn) ?? 0;
        if (snapshots >= keep) return;
        if (open.size > 0) throw new Undecided(openFor(volume.name));
        report(
          {
            en:
              snapshots === 0
                ? `${volume.name} has no snapshots`
                : `${volume.name} keeps ${snapshots} snapshots of ${keep}`,
            ko:
              snapshots === 0
                ? `${volume.name}에 스냅샷 정책이 없음`
                : `${volume.name} 스냅샷 ${snapshots}개, 최소 ${keep}개`,
          },
          volume,
        );
      });
    }
  },
});

function openFor(name: string) {
  return {
    en: `a policy whose volume is not known yet may be for the snapshots of ${name}`,
    ko: `대상 볼륨이 아직 미정인 정책이 ${name}용일 수 있음`,
  };
}
