import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-raw-devices",
  title: { en: "No machine brings its own hypervisor definition", ko: "VM에 하이퍼바이저 정의를 직접 추가하지 않음" },
  description: {
    en: "What stands in details.extraconfig goes into the machine's definition as it is: a card that is another's, a disk of the host, a network without a router. Nothing else in CloudStack knows of it. A template hands its details on to every machine; an offering's pciDevice and vgpuType give cards that no limit counts.",
    ko: "details.extraconfig의 내용은 VM 정의에 그대로 들어간다. 다른 소유자의 카드, 호스트의 디스크, 라우터 없는 네트워크도 붙일 수 있으며 CloudStack은 이를 알지 못한다. 템플릿의 details는 모든 VM에 복사되고, 오퍼링의 pciDevice·vgpuType은 한도에 집계되지 않는 카드를 할당한다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "P5.2"],
  frameworks: [n2sf("IS-4", "isolation of resources"), n2sf("LP-1", "least privilege"), csap("10.1", "access control")],
  remediation: {
    en: [
      "Give cards by a service offering, or by gpu.HostDevice",
      "Take extraconfig, pciDevice and vgpuType out of the details",
    ],
    ko: ["카드는 서비스 오퍼링이나 gpu.HostDevice로 할당", "details에서 extraconfig, pciDevice, vgpuType 제거"],
  },
  example: `new compute.Instance("m", { details: { "extraconfig-1": "<devices><hostdev …/></devices>" }, … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.instance, types.template, types.serviceOffering],
  check(subject: Subject<{ details?: Record<string, string> }>, { report }) {
    const raw = Object.keys(subject.props.details ?? {}).filter((key) => hidden.test(key));
    if (raw.length === 0) return;
    report({
      en: `${subject.name} writes into machines' hypervisor definition (${raw.join(", ")})`,
      ko: `${subject.name}이(가) VM의 하이퍼바이저 정의를 직접 추가함 (${raw.join(", ")})`,
    });
  },
});

/** The last two are an offering's: cards as before CloudStack 4.21, which no limit on GPUs counts. */
const hidden = /^(?:extraconfig|pciDevice$|vgpuType$)/i;
