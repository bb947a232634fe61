import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { types } from "../../model/types.ts";

/** What makes resources in the program's own process, of whatever it is told. */
const dynamic = /^pulumi-(?:nodejs|python):/;

/** The package that makes a resource, undefined of a component, which is made of others and makes nothing. */
function makerOf({ type, provider }: Subject): string | undefined {
  const [head = "", middle, tail] = type.split(":");
  if (head === "pulumi" && middle === "providers") return tail;
  return dynamic.test(type) || provider !== undefined ? head : undefined;
}

export default stackRule({
  id: "isolation-known-makers",
  title: { en: "Everything is made by providers that rules know", ko: "규칙이 아는 프로바이더로만 리소스를 생성" },
  description: {
    en: "A command on the deploying machine, a dynamic resource or another provider for the same server does with the platform's keys what no rule sees.",
    ko: "배포 장비에서 실행되는 명령, 동적 리소스, 같은 서버에 대한 다른 프로바이더는 플랫폼의 키로 어떤 규칙도 보지 못하는 일을 할 수 있다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.5", "P1.7", "AI-01"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("10.2", "administrators' access")],
  remediation: {
    en: ["Make it with cloudstack or ceph", "Name a provider that has been looked at in the rule's parameter packages"],
    ko: ["cloudstack 또는 ceph 프로바이더로 생성", "검토한 프로바이더는 규칙의 매개변수 packages에 등록"],
  },
  example: `new pulumi.dynamic.Resource(provider, "open-port", {});`,
  settings: z.strictObject({
    packages: z
      .array(z.string().min(1))
      .default(["cloudstack", "ceph", "random", "pulumi"])
      .describe("Packages whose resources rules know, or that reach nothing of the platform's."),
  }),
  grades: {},
  kind: "stack",
  types: Object.values(types),
  check(world, { settings, report }) {
    for (const subject of world.all()) {
      const maker = makerOf(subject);
      if (maker === undefined || settings.packages.includes(maker)) continue;
      report(
        {
          en: `${subject.name} is made by ${maker}, of which no rule knows what it does`,
          ko: `${subject.name}을(를) 생성하는 ${maker}은(는) 규칙이 동작을 알 수 없는 프로바이더임`,
        },
        subject,
      );
    }
  },
});
