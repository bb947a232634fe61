import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import type { World } from "../../core/world.ts";
import { ownerOf } from "../../model/owner.ts";
import { type AffinityGroup, type Instance, types } from "../../model/types.ts";

export default stackRule({
  id: "availability-replicas-apart",
  title: { en: "Replicas stand on different hosts", ko: "복제 VM은 서로 다른 호스트에 배치" },
  description: {
    en: "Two gateways on one host fail together. Machines of one owner whose names differ only in the number at the end are replicas, and share a group that keeps them apart.",
    ko: "한 호스트의 게이트웨이 두 대는 함께 멈춘다. 소유자가 같고 이름 끝 번호만 다른 VM은 복제이며, 분리 그룹을 공유해야 한다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["T3", "T4", "O4", "P4.1"],
  frameworks: [n2sf("IF-12", "availability of the path between grades"), csap("6.2", "availability")],
  remediation: {
    en: [
      "Give the replicas one AffinityGroup of type host anti-affinity",
      "Profiles: machines of the same roles get one by themselves",
    ],
    ko: ["복제 VM에 host anti-affinity 유형의 AffinityGroup을 함께 지정", "프로필에서는 같은 역할의 VM에 자동 지정됨"],
  },
  example: `new compute.Instance("ai-gateway-01", { … });
new compute.Instance("ai-gateway-02", { … });
// neither names affinityGroupIds`,
  settings: z.strictObject({
    strict: z.boolean().default(true).describe("False accepts groups that give way where hosts are few."),
  }),
  grades: {},
  kind: "stack",
  types: [types.instance],
  async check(world, { settings, report, part }) {
    const kinds = settings.strict ? ["host anti-affinity"] : ["host anti-affinity", "non-strict host anti-affinity"];
    for (const replicas of (await replicaSets(world, part)).values()) {
      const [first] = replicas;
      if (first === undefined || replicas.length < 2) continue;
      await part(async () => {
        const groups = await Promise.all(replicas.map((replica) => groupsOf(replica, kinds, world)));
        const [some, ...others] = groups;
        if ([...(some ?? [])].some((group) => others.every((other) => other.has(group)))) return;
        const names = replicas.map(({ props }) => props.name).join(", ");
        report({ en: `nothing keeps ${names} on different hosts`, ko: `${names}을(를) 분리하는 그룹이 없음` }, first);
      });
    }
  },
});

async function replicaSets(world: World, part: (check: () => Promise<void>) => Promise<void>) {
  const sets = new Map<string, Subject<Instance>[]>();
  for (const instance of world.ofType<Instance>(types.instance)) {
    await part(async () => {
      const stem = /^(.+)-\d+$/.exec(instance.props.name)?.[1];
      if (stem === undefined) return;
      const key = `${await ownerOf(instance, world)} ${stem}`;
      const set = sets.get(key) ?? [];
      set.push(instance);
      sets.set(key, set);
    });
  }
  return sets;
}

/** Groups of the given types; one that is still to be made counts as what the program says of it. */
async function groupsOf(
  instance: Subject<Instance>,
  kinds: readonly string[],
  world: World,
): Promise<ReadonlySet<Subject<AffinityGroup>>> {
  const { affinityGroupIds = [] } = instance.raw as { affinityGroupIds?: readonly unknown[] };
  const ids = Array.isArray(affinityGroupIds) ? affinityGroupIds : [affinityGroupIds];
  const found = await world.referents<AffinityGroup>(instance, "affinityGroupIds", types.affinityGroup, ids);
  return new Set(found.filter(({ props }) => kinds.includes(props.type)));
}
