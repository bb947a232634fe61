import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { type Setting, types } from "../../model/types.ts";

export default resourceRule({
  id: "quota-overcommit",
  title: { en: "CPU is promised twice at most, memory once", ko: "CPU 오버커밋 2:1, 메모리 1:1 이내" },
  description: {
    en: "Memory that is promised twice is paid for with machines that the host kills; CPU beyond 2:1 with answers that come late.",
    ko: "메모리를 초과 할당하면 호스트가 VM을 강제 종료하고, CPU가 2:1을 넘으면 응답이 늦어진다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["T1"],
  frameworks: [csap("6.2", "availability"), csap("9.1", "creation, change and reclaim of virtual resources")],
  remediation: {
    en: ["Set cpu.overprovisioning.factor to 2 or less and mem.overprovisioning.factor to 1"],
    ko: ["cpu.overprovisioning.factor는 2 이하, mem.overprovisioning.factor는 1로 설정"],
  },
  example: `new management.Setting("memory", { name: "mem.overprovisioning.factor", value: "1.5" });`,
  settings: z.strictObject({
    cpu: z.number().min(1).default(2).describe("Highest factor for CPU."),
    memory: z.number().min(1).default(1).describe("Highest factor for memory."),
  }),
  grades: { "csap:high": { cpu: 1 } },
  kind: "resource",
  types: [types.setting],
  check({ props }: Subject<Setting>, { settings, report }) {
    const most = { "cpu.overprovisioning.factor": settings.cpu, "mem.overprovisioning.factor": settings.memory }[
      props.name
    ];
    // What is no number is refused, too: nobody could say what it does.
    if (most === undefined || Number(props.value) <= most) return;
    report({
      en: `${props.name} is ${props.value}, and may be ${most} at most`,
      ko: `${props.name} = ${props.value}, 최대 ${most}`,
    });
  },
});
