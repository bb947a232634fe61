import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { type Context, stackRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import type { World } from "../../core/world.ts";
import { cephNames } from "../../model/ceph.ts";
import { gibOf } from "../../model/demand.ts";
import { diskOfferingOf } from "../../model/sizes.ts";
import { type CephPool, type StoragePool, types, type Volume } from "../../model/types.ts";

export default stackRule({
  id: "quota-storage-headroom",
  title: { en: "Volumes fill a pool to 80 % at most", ko: "볼륨은 풀의 80 % 이내" },
  description: {
    en: "Volumes are thin, and snapshots and metadata need room, too: a pool whose volumes are as large as its quota stops taking writes before they are full.",
    ko: "볼륨은 씬 프로비저닝이고 스냅샷과 메타데이터도 공간이 필요하다. 볼륨 합이 쿼터와 같으면 볼륨이 차기 전에 쓰기가 멈춘다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["P1.3", "P1.4", "P6.2"],
  frameworks: [csap("6.2", "availability")],
  remediation: {
    en: ["Make volumes smaller", "Or raise the pool's quota (the tenant's storage in the profile)"],
    ko: ["볼륨을 축소", "또는 풀의 쿼터(프로필의 테넌트 storage)를 상향"],
  },
  example: `new ceph.pool.Pool("tenant-a", { name: "tenant-a-ai-data", quotaGib: 500 });
new storage.Volume("data", { sizeGib: 450, diskOfferingId: offeringOfThatPool.id, … });`,
  settings: z.strictObject({
    percent: z.number().gt(0).max(100).default(80).describe("Most of a pool's quota that volumes may fill."),
  }),
  grades: {},
  kind: "stack",
  types: [types.volume],
  async check(world, { settings, report, part }) {
    const pools = await poolsByTag(world, part);
    const used = new Map<Subject<CephPool>, number>();
    for (const volume of world.ofType<Volume>(types.volume)) {
      await part(async () => {
        const { storageTags = [] } = (await diskOfferingOf(volume, world)).props;
        const pool = storageTags.map((tag) => pools.get(tag)).find((one) => one !== undefined);
        if (pool !== undefined) used.set(pool, (used.get(pool) ?? 0) + (await gibOf(volume, world)));
      });
    }
    for (const [pool, gib] of used) {
      await part(() => {
        const { name, quotaGib = 0 } = pool.props;
        const most = (quotaGib * settings.percent) / 100;
        // Without a quota there is nothing to compare with: another rule's matter.
        if (quotaGib === 0 || gib <= most) return;
        report(
          {
            en: `volumes fill ${gib} of the ${quotaGib} GiB of ${name}, and may fill ${most}`,
            ko: `${name} ${quotaGib} GiB 중 볼륨 합계 ${gib} GiB, 최대 ${most} GiB`,
          },
          pool,
        );
      });
    }
  },
});

/** The Ceph pool behind each storage tag. */
async function poolsByTag(
  world: World,
  part: Context<unknown>["part"],
): Promise<ReadonlyMap<string, Subject<CephPool>>> {
  const { pools } = cephNames(world);
  const byTag = new Map<string, Subject<CephPool>>();
  for (const { props } of world.ofType<StoragePool>(types.storagePool)) {
    await part(() => {
      const pool = pools.get(props.pool ?? "");
      if (pool !== undefined) for (const tag of props.storageTags ?? []) byTag.set(tag, pool);
    });
  }
  return byTag;
}
