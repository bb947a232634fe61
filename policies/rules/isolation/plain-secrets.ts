import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { keysOf } from "../../core/pointer.ts";
import { resourceRule } from "../../core/rule.ts";
import { isUnknown } from "../../core/sdk.ts";
import { isRegularExpression } from "../../core/settings.ts";
import type { Subject } from "../../core/subject.ts";
import { decoded, pairs, secretIn } from "../../model/secrets.ts";
import { types } from "../../model/types.ts";

interface Texts {
  userData?: string;
  userDataDetails?: Record<string, string>;
  details?: Record<string, string>;
  tags?: Record<string, string>;
}

const properties = ["userData", "userDataDetails", "details", "tags"] as const;

/** What a property says, of maps a name and its value a line. */
function textOf(subject: Subject<Texts>, property: (typeof properties)[number]): string {
  const value = subject.raw[property];
  const isMap = typeof value === "object" && value !== null;
  // Reading by the proxy, which throws where something is unknown, takes long: only where something is.
  const known = (isMap ? Object.values(value) : [value]).some(isUnknown) ? subject.props[property] : value;
  return isMap ? pairs(known as Record<string, string>) : decoded(String(known));
}

const taggable = [
  types.instance,
  types.userData,
  types.network,
  types.vpc,
  types.volume,
  types.publicIp,
  types.loadBalancer,
  types.portForwarding,
  types.template,
  types.tags,
];

export default resourceRule({
  id: "isolation-plain-secrets",
  title: { en: "No secret stands in user data or tags", ko: "사용자 데이터와 태그에 비밀 값 금지" },
  description: {
    en: "User data and tags are readable to whoever may see the machine, and to everything inside it.",
    ko: "사용자 데이터와 태그는 VM을 볼 수 있는 모든 사람과 VM 내부의 모든 프로세스가 읽을 수 있다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.6"],
  frameworks: [n2sf("DU-2", "protection of stored data"), n2sf("EK-1", "keys"), csap("12", "data protection")],
  remediation: {
    en: ["Let the machine fetch the secret, or generate it there", "Revoke what has been written down"],
    ko: ["비밀 값은 VM이 직접 받아오거나 내부에서 생성", "이미 노출된 값은 폐기"],
  },
  example: `new compute.Instance("db", { userData: "#cloud-config\\npassword: correct-horse\\n", … });`,
  settings: z.strictObject({
    patterns: z
      .array(z.string().refine(isRegularExpression, "must be a regular expression"))
      .default([])
      .describe("Regular expressions of secrets besides the built-in ones."),
  }),
  grades: {},
  kind: "resource",
  types: taggable,
  async check(subject: Subject<Texts>, { settings, report, part }) {
    for (const property of properties) {
      if (subject.raw[property] === undefined) continue;
      await part(() => {
        const kind = secretIn(textOf(subject, property), settings.patterns);
        const isSecret = [...subject.secrets].some((path) => keysOf(path)[0] === property);
        if (kind === undefined && !isSecret) return;
        report({
          en: `${subject.name}: ${property} holds ${kind ?? "a value that the program keeps secret"}`,
          ko: `${subject.name}: ${property}에 비밀 값이 있음 (${kind ?? "프로그램의 secret"})`,
        });
      });
    }
  },
});
