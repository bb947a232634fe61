import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { type Setting, types } from "../../model/types.ts";

/** Where CloudStack stops to place volumes, and where it warns; by its own defaults at 85 % and 75 %. */
const thresholds = new Set([
  "pool.storage.capacity.disablethreshold",
  "pool.storage.allocated.capacity.disablethreshold",
  "pool.storage.allocated.resize.capacity.disablethreshold",
  "cluster.storage.capacity.notificationthreshold",
  "cluster.storage.allocated.capacity.notificationthreshold",
]);

export default resourceRule({
  id: "quota-storage-threshold",
  title: {
    en: "Whoever sets the server's thresholds keeps storage below 80 %",
    ko: "서버 임계값을 설정할 때는 스토리지를 80 % 미만으로 유지",
  },
  description: {
    en: "Ceph slows down and then stops as it fills; the server must warn and stop placing volumes before that. Judged where a program sets a threshold: the server's own are its operator's, and what a program places itself quota-storage-headroom keeps below 80 %.",
    ko: "Ceph는 가득 차면 느려지다가 멈춘다. 서버가 그 전에 경고하고 볼륨 배치를 중단해야 한다. 프로그램이 임계값을 설정한 경우에 검사하며, 서버 기본값은 운영자 소관이다. 프로그램이 배치하는 볼륨은 quota-storage-headroom이 80 % 미만으로 유지한다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["P6.2", "T5"],
  frameworks: [csap("6.2", "availability")],
  remediation: {
    en: ["Set the threshold to 0.8 or less"],
    ko: ["임계값을 0.8 이하로 설정"],
  },
  example: `new management.Setting("full", { name: "pool.storage.capacity.disablethreshold", value: "0.95" });`,
  settings: z.strictObject({
    highest: z.number().gt(0).max(1).default(0.8).describe("Highest threshold, as a part of 1."),
  }),
  grades: {},
  kind: "resource",
  types: [types.setting],
  check({ props }: Subject<Setting>, { settings, report }) {
    if (!thresholds.has(props.name) || Number(props.value) <= settings.highest) return;
    report({
      en: `${props.name} is ${props.value}, and may be ${settings.highest} at most`,
      ko: `${props.name} = ${props.value}, 최대 ${settings.highest}`,
    });
  },
});
