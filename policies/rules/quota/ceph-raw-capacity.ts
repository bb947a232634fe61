import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import type { Text } from "../../core/text.ts";
import { Undecided, undecidedReason } from "../../core/unknown.ts";
import { cephNames, type RawDemand, rawDemandOf, rawDemandOfFiles } from "../../model/ceph.ts";
import { type CephPool, type Filesystem, types } from "../../model/types.ts";

export default stackRule({
  id: "quota-ceph-raw-capacity",
  title: { en: "Ceph's quotas fit its raw capacity", ko: "Ceph 쿼터 합은 원시 용량 이내" },
  description: {
    en: "A quota is a promise. All of them, times their copies or chunks, must fit the disks, or one tenant's promise is kept with another's space.",
    ko: "쿼터는 약속이다. 복제나 청크를 곱한 합이 디스크를 넘으면 한 테넌트의 약속을 다른 테넌트의 공간으로 지키게 된다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P6.1", "P6.2"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources"), csap("6.2", "availability")],
  remediation: {
    en: ["Lower quotas", "Or add disks and say so in the pack's configuration (rawGib)"],
    ko: ["쿼터를 축소", "또는 디스크를 증설하고 정책 설정(rawGib)에 반영"],
  },
  example: `// 15 TiB of SSD
new ceph.pool.Pool("big", { name: "big", size: 3, crushRule: "strata-ssd", quotaGib: 6144 });`,
  settings: z.strictObject({
    rawGib: z
      .record(z.string(), z.number().min(0))
      .default({ ssd: 15_360, hdd: 7_680 })
      .describe(
        "Raw capacity by device class in GiB; the default holds P6.2's 5 TiB of SSD in three copies and 5 TiB of HDD with 4+2 chunks. Pools that choose no class count against all of it.",
      ),
  }),
  grades: {},
  kind: "stack",
  types: [types.cephPool, types.filesystem],
  check(world, { settings, report }) {
    const names = cephNames(world);
    const sums = new Map<string, number>();
    const open: Text[] = [];
    const add = (demand: () => RawDemand) => {
      try {
        const { deviceClass, gib } = demand();
        sums.set(deviceClass, (sums.get(deviceClass) ?? 0) + gib);
      } catch (error) {
        const reason = undecidedReason(error);
        if (reason === undefined) throw error;
        open.push(reason);
      }
    };
    for (const pool of world.ofType<CephPool>(types.cephPool)) add(() => rawDemandOf(pool, names));
    for (const files of world.ofType<Filesystem>(types.filesystem)) add(() => rawDemandOfFiles(files, names));
    const all = { gib: sum(Object.values(settings.rawGib)), asked: sum(sums.values()) };
    for (const [deviceClass, asked] of sums) {
      const there = settings.rawGib[deviceClass];
      if (there !== undefined && asked > there) report(tooMuch(deviceClass, asked, there));
    }
    if (all.asked > all.gib) report(tooMuch("Ceph", all.asked, all.gib));
    const [reason] = open;
    if (reason !== undefined) throw new Undecided(reason);
  },
});

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

function tooMuch(what: string, asked: number, there: number): Text {
  return {
    en: `${what}: quotas take ${Math.ceil(asked)} GiB of raw capacity, and there are ${there} GiB`,
    ko: `${what}: 쿼터의 원시 용량 합계 ${Math.ceil(asked)} GiB, 보유 ${there} GiB`,
  };
}
