import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import type { Surroundings } from "../../core/world.ts";
import { tagOf } from "../../model/scope.ts";
import { type Instance, type Tags, types, type Volume } from "../../model/types.ts";

export default resourceRule({
  id: "hygiene-tags-agree",
  title: { en: "Tags that rules go by say one thing", ko: "규칙의 기준이 되는 태그는 서로 일치" },
  description: {
    en: "What must be encrypted or backed up is told by tags. A volume that calls itself a demonstration's while its machine is in production, or a tag that is laid over a thing from outside it, takes it out of every rule's sight.",
    ko: "암호화와 백업 대상은 태그로 정해진다. VM은 운영인데 볼륨만 demo라고 하거나 리소스 밖에서 태그를 덧씌우면 모든 규칙의 시야에서 벗어난다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["P1.6", "P1.7"],
  frameworks: [n2sf("AC-3", "inventory by grade"), csap("3", "identification of assets")],
  remediation: {
    en: ["Give the volume the tags of its machine", "Set these tags on the resource itself, not by management.Tags"],
    ko: ["볼륨의 태그를 VM과 같게 지정", "해당 태그는 management.Tags가 아니라 리소스 자체에 지정"],
  },
  example: `new storage.Volume("data", { instanceId: machineInProduction.id, tags: { env: "demo" }, … });`,
  settings: z.strictObject({
    names: z
      .array(z.string().min(1))
      .default(["env", "data-class"])
      .describe("Tags that a volume has as its machine has them."),
    reserved: z
      .array(z.string().min(1))
      .default(["env", "layer", "tenant", "owner", "data-class", "snapshots", "restart-priority"])
      .describe("Tags that only the resource itself may set."),
  }),
  grades: {},
  kind: "resource",
  types: [types.volume, types.tags],
  async check(subject: Subject<Volume | Tags>, { world, settings, report }) {
    if (subject.type === types.tags) {
      const { tags } = (subject as Subject<Tags>).props;
      const laid = settings.reserved.filter((name) => tags[name] !== undefined);
      if (laid.length === 0) return;
      report({
        en: `${subject.name} lays the tags ${laid.join(", ")} over other resources`,
        ko: `${subject.name}이(가) 다른 리소스에 태그 ${laid.join(", ")}을(를) 덧씌움`,
      });
      return;
    }
    const instance = await machineOf(subject as Subject<Volume>, world);
    for (const name of instance === undefined ? [] : settings.names) {
      const [own, machines] = [tagOf(subject, name), instance && tagOf(instance, name)];
      if (own === undefined || machines === undefined || own === machines) continue;
      report({
        en: `${subject.name} says ${name} = ${own}, and its machine ${instance?.name} says ${machines}`,
        ko: `${subject.name}의 ${name} 태그는 ${own}, VM ${instance?.name}의 태그는 ${machines}`,
      });
    }
  },
});

async function machineOf(volume: Subject<Volume>, world: Surroundings): Promise<Subject<Instance> | undefined> {
  const { instanceId } = volume.raw;
  const [instance] = await world.referents<Instance>(volume, "instanceId", types.instance, [instanceId]);
  return instance;
}
