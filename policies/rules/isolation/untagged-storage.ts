import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import { tenantInName } from "../../model/owner.ts";
import { type DiskOffering, type StoragePool, types } from "../../model/types.ts";

export default stackRule({
  id: "isolation-untagged-storage",
  title: {
    en: "Where tenants have pools, every offering says which pool",
    ko: "테넌트 풀이 있으면 모든 오퍼링에 스토리지 태그 지정",
  },
  description: {
    en: "CloudStack puts a disk of an offering without a storage tag into any pool: another owner's root disk lands in a tenant's pool, under its key and on its quota.",
    ko: "스토리지 태그가 없는 오퍼링의 디스크는 아무 풀에나 놓인다. 다른 소유자의 루트 디스크가 테넌트 풀에 들어가 그 키와 쿼터를 쓰게 된다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.3", "P1.6"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("12", "data protection")],
  remediation: {
    en: ["Give the offering a storage tag (infrastructure.ceph.rootTag in the profile)"],
    ko: ["오퍼링에 스토리지 태그를 지정 (프로필의 infrastructure.ceph.rootTag)"],
  },
  example: `new storage.StoragePool("tenant-a", { storageTags: ["strata-tenant-a"], … });
new compute.ServiceOffering("2c-8g", { cpuNumber: 2, memoryMib: 8192 }); // no storageTags`,
  settings: z.strictObject({}),
  grades: {},
  kind: "stack",
  types: [types.storagePool],
  async check(world, { report, part }) {
    const pools = world.ofType<StoragePool>(types.storagePool);
    const isTenants = ({ props: { storageTags = [], pool = "" } }: (typeof pools)[number]) =>
      [...storageTags, pool].some((name) => tenantInName(name, world.settings) !== undefined);
    let some = false;
    for (const pool of pools) {
      await part(() => {
        some ||= isTenants(pool);
      });
    }
    if (!some) return;
    for (const type of [types.serviceOffering, types.diskOffering]) {
      for (const offering of world.ofType<DiskOffering>(type)) {
        await part(() => {
          if ((offering.props.storageTags ?? []).length > 0) return;
          report(
            {
              en: `disks of ${offering.name} may land in a tenant's pool: it has no storage tag`,
              ko: `${offering.name}에 스토리지 태그가 없어 디스크가 테넌트 풀에 놓일 수 있음`,
            },
            offering,
          );
        });
      }
    }
  },
});
