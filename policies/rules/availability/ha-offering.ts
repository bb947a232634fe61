import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { tagOf } from "../../model/scope.ts";
import { sizeOf } from "../../model/sizes.ts";
import { type Instance, types } from "../../model/types.ts";

export default resourceRule({
  id: "availability-ha-offering",
  title: { en: "What everybody waits for restarts elsewhere", ko: "핵심 VM은 호스트 장애 시 다른 호스트에서 재시작" },
  description: {
    en: "Machines of the edge and the gate, and those of high restart priority, need an offering with HA. One with a share of a card cannot promise it: its share must be free elsewhere.",
    ko: "엣지와 게이트의 VM, 재시작 우선순위가 높은 VM은 HA 오퍼링이 필요하다. GPU 지분이 있는 VM은 다른 호스트의 여유 지분이 필요해 보장할 수 없으므로 제외한다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["T6", "O4", "P5.2"],
  frameworks: [n2sf("IF-12", "availability of the path between grades"), csap("6.2", "availability")],
  remediation: {
    en: ["Take a service offering with offerHa: true", "Take haEnabled: false off the instance"],
    ko: ["offerHa: true인 서비스 오퍼링 사용", "인스턴스의 haEnabled: false 제거"],
  },
  example: `new compute.ServiceOffering("small", { offerHa: false, … });
new compute.Instance("ai-gateway-01", { serviceOfferingId: small.id, tags: { layer: "service-edge", … }, … });`,
  settings: z.strictObject({
    layers: z
      .array(z.string().min(1))
      .default(["service-edge", "quality-gate"])
      .describe("Values of the tag layer whose machines need HA; * is all."),
    priorities: z
      .array(z.string().min(1))
      .default(["high"])
      .describe("Values of the tag restart-priority that need HA."),
    exceptGpu: z.boolean().default(true).describe("Whether machines with a share of a card are let off."),
  }),
  grades: { "csap:high": { layers: ["*"] } },
  kind: "resource",
  types: [types.instance],
  async check(instance: Subject<Instance>, { world, settings, report }) {
    const { layers, priorities, exceptGpu } = settings;
    const layer = tagOf(instance, "layer");
    const isCore = layers.includes("*") || (layer !== undefined && layers.includes(layer));
    if (!isCore && !priorities.includes(tagOf(instance, "restart-priority") ?? "")) return;
    const offering = await sizeOf(instance, world);
    if (exceptGpu && offering.raw.vgpuProfileId !== undefined) return;
    const { name, offerHa } = offering.props;
    if (instance.props.haEnabled === false) {
      report({ en: `${instance.name} switches HA off for itself`, ko: `${instance.name}이(가) 자체 HA를 끔` });
    }
    if (offerHa === true) return;
    report({
      en: `${instance.name} has offering ${name}, which is without HA`,
      ko: `${instance.name}의 오퍼링 ${name}에 HA가 없음`,
    });
  },
});
