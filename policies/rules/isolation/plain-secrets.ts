import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { keysOf } from "../../core/pointer.ts";
import { resourceRule } from "../../core/rule.ts";
import { isRegularExpression } from "../../core/settings.ts";
import { decoded, pairs, secretIn } from "../../model/secrets.ts";
import { types } from "../../model/types.ts";

/** What is for everybody's eyes: whoever uses an offering or a network reads its words, and a log shows an address. */
const properties = [
  ...["userData", "userDataDetails", "details", "tags"],
  ...["name", "displayName", "displayText", "description", "group", "url", "rules"],
] as const;

/** What a property says, of maps and lists a name and its value a line. Throws where something in it is unknown. */
function textIn(value: unknown): string {
  // A key may look like base64 itself: what it seems to encode is read besides.
  if (typeof value !== "object" || value === null) return `${value}\n${decoded(String(value))}`;
  const parts = Object.entries(value);
  const isDeep = parts.some(([, part]) => typeof part === "object" && part !== null);
  return isDeep ? parts.map(([, part]) => textIn(part)).join("\n") : pairs(value);
}

const readable = [
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
  types.aclList,
  types.networkOffering,
  types.serviceOffering,
  types.diskOffering,
  types.role,
  types.domain,
  types.affinityGroup,
];

export default resourceRule({
  id: "isolation-plain-secrets",
  title: { en: "No secret stands in user data, tags or words", ko: "사용자 데이터, 태그, 설명에 비밀 값 금지" },
  description: {
    en: "User data and tags are readable to whoever may see the machine, and to everything inside it; names and descriptions, to whoever uses an offering or a network.",
    ko: "사용자 데이터와 태그는 VM을 볼 수 있는 모든 사람과 VM 내부의 모든 프로세스가 읽을 수 있다. 이름과 설명은 오퍼링이나 네트워크를 쓰는 모두에게 보인다.",
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
  types: readable,
  async check(subject, { settings, report, part }) {
    for (const property of properties) {
      if (subject.raw[property] === undefined) continue;
      await part(() => {
        const kind = secretIn(textIn(subject.props[property]), settings.patterns);
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
