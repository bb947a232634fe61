import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { type LoadBalancer, types } from "../../model/types.ts";

export default resourceRule({
  id: "availability-edge-members",
  title: { en: "The way in has enough gateways", ko: "진입점에 게이트웨이가 충분함" },
  description: {
    en: "With one gateway its restart is everybody's outage. The small profiles have one on purpose; grades ask for two.",
    ko: "게이트웨이가 하나면 재시작이 곧 전체 중단이다. 소규모 프로필은 의도적으로 하나이며, 등급은 둘을 요구한다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["P4.1", "O4"],
  frameworks: [n2sf("IF-12", "availability of the path between grades"), csap("14", "redundancy")],
  remediation: { en: ["Add a gateway to the profile"], ko: ["프로필에 게이트웨이를 추가"] },
  example: `new network.LoadBalancerRule("service-edge", { instanceIds: [], … });`,
  settings: z.strictObject({
    members: z.int().min(1).default(1).describe("Fewest members of a load balancer."),
  }),
  grades: { "n2sf:C": { members: 2 }, "csap:mid": { members: 2 }, "csap:high": { members: 2 } },
  kind: "resource",
  types: [types.loadBalancer],
  check({ name, props }: Subject<LoadBalancer>, { settings, report }) {
    // How many there are is known before their ids are.
    const { length } = props.instanceIds;
    if (length >= settings.members) return;
    report({
      en: `${name} has ${length} members, of ${settings.members} at least`,
      ko: `${name} 멤버 ${length}개, 최소 ${settings.members}개`,
    });
  },
});
