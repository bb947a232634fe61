import { z } from "zod";
import { type ResourceRule, resourceRule, stackRule } from "../../../policies/core/rule.ts";
import { addAnalyzer } from "../../../policies/core/service.ts";
import { Undecided } from "../../../policies/core/unknown.ts";
import { servePlugin } from "../../../tools/plugin/serve.ts";

const about = {
  title: { en: "Sample", ko: "예시" },
  description: { en: "why", ko: "이유" },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5"],
  frameworks: [{ name: "N2SF", version: "1.0", reference: "SG-4", specification: "separation" }],
  remediation: { en: ["take it out"], ko: ["제거"] },
  example: "",
  settings: z.strictObject({}),
  grades: {},
} as const satisfies Partial<ResourceRule>;

const rules = [
  resourceRule({
    ...about,
    id: "sample-machines",
    kind: "resource",
    types: ["cloudstack:compute:Instance"],
    check({ name }, { report }) {
      if (/^ai-[bc]-/.test(name)) report({ en: `${name} is wrong | here`, ko: `${name}이(가) 잘못됨` });
    },
  }),
  resourceRule({
    ...about,
    id: "sample-address",
    severity: "medium",
    kind: "resource",
    types: ["cloudstack:network:PublicIp"],
    check() {
      throw new Undecided({ en: "the address is not known yet", ko: "주소를 아직 알 수 없음" });
    },
  }),
  resourceRule({
    ...about,
    id: "sample-volumes",
    strength: "mandatory",
    kind: "resource",
    types: ["cloudstack:storage:Volume"],
    check({ name }, { report }) {
      report({ en: `${name} is never right`, ko: `${name}은(는) 항상 잘못됨` });
    },
  }),
  stackRule({
    ...about,
    id: "sample-sum",
    severity: "low",
    strength: "advisory",
    kind: "stack",
    types: ["cloudstack:compute:Instance"],
    check(_, { report }) {
      report({ en: "there are some machines", ko: "가상머신이 있음" });
    },
  }),
];

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

const exception = {
  rule: "sample-machines",
  resource: "*::ai-b-data-01",
  reason: "moved out in spring, ticket 1207",
  owner: "Kim | net team",
  expires: inDays(30),
};
const exceptions = [
  exception,
  { ...exception, resource: "*::ai-a-*", reason: "covers nothing at all" },
  { ...exception, resource: "*::ai-c-ml-01", owner: "lee", expires: "2020-01-31" },
];

servePlugin((server) => addAnalyzer(server, { rules, version: "0.1.0", exceptions: async () => exceptions }));
