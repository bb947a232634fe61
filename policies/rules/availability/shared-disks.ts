import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { types } from "../../model/types.ts";

export default resourceRule({
  id: "availability-shared-disks",
  title: { en: "Disks lie on shared storage", ko: "디스크는 공유 스토리지에 위치" },
  description: {
    en: "A disk on a host's own storage is gone as long as its host: the machine cannot start elsewhere, nor move while it runs.",
    ko: "호스트 로컬 디스크는 호스트와 함께 사라져 VM이 다른 호스트에서 시작하거나 실시간 이동할 수 없다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["T6", "P1.3"],
  frameworks: [csap("6.2", "availability")],
  remediation: { en: ["Set storageType: shared"], ko: ["storageType: shared 설정"] },
  example: `new compute.ServiceOffering("fast", { storageType: "local", … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.serviceOffering, types.diskOffering],
  check(subject: Subject<{ storageType?: string | undefined }>, { report }) {
    if (subject.props.storageType !== "local") return;
    report({
      en: `disks of ${subject.name} lie on one host's own storage`,
      ko: `${subject.name}의 디스크가 호스트 로컬 스토리지에 위치함`,
    });
  },
});
