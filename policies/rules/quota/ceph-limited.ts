import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { types } from "../../model/types.ts";

export default resourceRule({
  id: "quota-ceph-limited",
  title: { en: "Everything in Ceph has a quota", ko: "Ceph의 모든 저장 공간에 쿼터가 있음" },
  description: {
    en: "A pool, file system, folder of it or owner of buckets without a quota fills the cluster, and a full cluster takes no writes from anybody.",
    ko: "쿼터 없는 풀, 파일 시스템, 서브볼륨, 버킷 소유자는 클러스터를 가득 채우며, 가득 찬 클러스터는 모두의 쓰기를 거부한다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P1.3", "P6.1", "T5"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources"), csap("6.2", "availability")],
  remediation: { en: ["Set quotaGib, or sizeGib of files"], ko: ["quotaGib 설정 (파일은 sizeGib)"] },
  example: `new ceph.pool.Pool("tenant-a", { name: "tenant-a-ai-data", applications: ["rbd"] });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.cephPool, types.filesystem, types.bucketUser, types.subvolume, types.subvolumeGroup],
  check(subject: Subject<{ quotaGib?: number; sizeGib?: number }>, { report }) {
    // 0 is Ceph's word for "no limit".
    const { quotaGib = 0, sizeGib = 0 } = subject.props;
    if (quotaGib > 0 || sizeGib > 0) return;
    report({ en: `${subject.name} has no quota`, ko: `${subject.name}에 쿼터가 없음` });
  },
});
