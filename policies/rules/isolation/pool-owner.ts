import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { ownerName, platform, tenantInName } from "../../model/owner.ts";
import { type StoragePool, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-pool-owner",
  title: {
    en: "A storage pool, its Ceph user and its tag are one tenant's",
    ko: "스토리지 풀, Ceph 사용자, 태그는 한 테넌트의 것이어야 함",
  },
  description: {
    en: "A tenant's pool that CloudStack opens with another's key, or offers under another's tag, joins what two tenants store.",
    ko: "테넌트 풀을 다른 테넌트의 키로 열거나 다른 태그로 제공하면 두 테넌트의 데이터가 섞인다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.3", "P1.6"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("12", "data protection")],
  remediation: {
    en: ["Register tenant-x's pool with client.tenant-x and a storage tag of tenant x only"],
    ko: ["tenant-x 풀은 client.tenant-x와 해당 테넌트 태그로만 등록"],
  },
  example: `new storage.StoragePool("tenant-a", { pool: "tenant-a-ai-data", user: "client.tenant-b", … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.storagePool],
  check(subject: Subject<StoragePool>, { world, report }) {
    const { pool, dataPool, user, storageTags = [], fileSystem, path = "" } = subject.props;
    const whose = (name: string | undefined) =>
      name === undefined || name === "" ? undefined : (tenantInName(name, world.settings) ?? platform);
    // A file system and the folders above may be everybody's.
    const within = [fileSystem ?? "", ...path.split("/")].flatMap((name) => tenantInName(name, world.settings) ?? []);
    const named = [whose(pool), whose(dataPool), whose(user), ...storageTags.map(whose), ...within];
    const owners = [...new Set(named.filter((owner) => owner !== undefined))];
    if (owners.length === 1 && owners[0] !== platform && storageTags.length === 0) {
      report({
        en: `${subject.name} of tenant ${owners[0]} has no storage tag, so any volume may be put there`,
        ko: `테넌트 ${owners[0]}의 ${subject.name}에 스토리지 태그가 없어 아무 볼륨이나 배치될 수 있음`,
      });
    }
    if (owners.length < 2) return;
    const names = owners.map(ownerName);
    const places = [fileSystem, path].filter((place) => place !== undefined && place !== "");
    const what = [pool, user, ...storageTags, ...places].join(", ");
    report({
      en: `${subject.name} mixes ${names.map(({ en }) => en).join(" and ")} (pool, user, tags, places: ${what})`,
      ko: `${subject.name}에 ${names.map(({ ko }) => ko).join(", ")}이(가) 섞여 있음 (풀, 사용자, 태그, 위치: ${what})`,
    });
  },
});
