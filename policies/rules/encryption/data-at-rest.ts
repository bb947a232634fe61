import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { isIn } from "../../model/scope.ts";
import { diskOfferingOf } from "../../model/sizes.ts";
import { type Instance, types, type Volume } from "../../model/types.ts";
import { userDataOf } from "../../model/user-data.ts";

/** Demonstrations hold no data that is worth anything, and the shipped ones are not encrypted. */
const environments = ["prod"];

export default resourceRule({
  id: "encryption-data-at-rest",
  title: { en: "Data volumes are encrypted at rest", ko: "데이터 볼륨은 저장 시 암호화" },
  description: {
    en: "A disk that leaves the data centre, or a snapshot of a pool, must not be readable without the tenant's key. Counts: an offering that encrypts, or LUKS set up by the machine's user data.",
    ko: "반출된 디스크나 풀의 스냅샷을 테넌트의 키 없이 읽을 수 없어야 한다. 암호화 오퍼링, 또는 VM 사용자 데이터의 LUKS 설정을 인정한다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P1.6"],
  frameworks: [
    n2sf("DU-2", "encryption of stored data"),
    n2sf("EA-1", "approved encryption algorithms"),
    csap("12", "data protection and encryption"),
  ],
  remediation: {
    en: ["Set storage.encryption: true in the profile", "Or take a disk offering with encrypt: true"],
    ko: ["프로필에 storage.encryption: true 설정", "또는 encrypt: true인 디스크 오퍼링 사용"],
  },
  example: `new storage.Volume("ai-a-data-01-data", {
  tags: { env: "prod", … },
  diskOfferingId: offeringWithoutEncryption.id,
  instanceId: machineWithoutLuks.id,
  …
});`,
  settings: z.strictObject({
    environments: z
      .array(z.string().min(1))
      .default(environments)
      .describe(
        "Values of the tag env in which data must be encrypted; * is all. A volume without the tag is held to it.",
      ),
  }),
  grades: {
    "n2sf:C": { environments: ["*"] },
    "n2sf:S": { environments: ["*"] },
    "csap:high": { environments: ["*"] },
  },
  kind: "resource",
  types: [types.volume],
  async check(volume: Subject<Volume>, { world, settings, report }) {
    if (!isIn(volume, settings.environments)) return;
    // A volume may have the one without the other being known yet.
    const [byMachine, byOffering] = await Promise.allSettled([
      isUnlockedInGuest(volume, world),
      diskOfferingOf(volume, world).then(({ props }) => props.encrypt === true),
    ]);
    const ways = [byMachine, byOffering];
    if (ways.some((way) => way.status === "fulfilled" && way.value)) return;
    for (const way of ways) if (way.status === "rejected") throw way.reason;
    report({
      en: `${volume.props.name} is not encrypted: neither its offering nor its machine's user data does it`,
      ko: `${volume.props.name} 암호화 안 됨: 오퍼링과 VM 사용자 데이터 모두 암호화하지 않음`,
    });
  },
});

async function isUnlockedInGuest(volume: Subject<Volume>, world: Parameters<typeof userDataOf>[1]): Promise<boolean> {
  const found = await world.referents<Instance>(volume, "instanceId", types.instance, [volume.raw.instanceId]);
  const texts = await Promise.all(found.map((instance) => userDataOf(instance, world)));
  return texts.length > 0 && texts.every((text) => /\bcryptsetup\s+(?:luksFormat|luksOpen|open)\b/.test(text));
}
