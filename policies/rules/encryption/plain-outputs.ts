import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import { isUnknown } from "../../core/sdk.ts";
import { Undecided } from "../../core/unknown.ts";
import { plainTexts, secretsOf } from "../../model/plain.ts";
import { secretIn } from "../../model/secrets.ts";
import { stackType, types } from "../../model/types.ts";

export default stackRule({
  id: "encryption-plain-outputs",
  title: { en: "No secret is exported in plain text", ko: "스택 출력에 평문 비밀 값 금지" },
  description: {
    en: "Outputs that are not marked as secret stand unencrypted in the state, in logs of CI and in every stack that refers to this one.",
    ko: "secret으로 표시되지 않은 출력은 상태 파일, CI 로그, 이 스택을 참조하는 모든 스택에 암호화 없이 남는다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.6"],
  frameworks: [n2sf("DU-2", "protection of stored data"), n2sf("EK-1", "keys"), csap("12", "data protection")],
  remediation: {
    en: ["Mark the output by pulumi.secret, or export it not at all", "Make a new secret: this one is known"],
    ko: ["pulumi.secret으로 출력을 표시하거나 출력에서 제거", "노출된 비밀 값은 새로 발급"],
  },
  example: `export const adminPassword = pulumi.unsecret(password.result);`,
  settings: z.strictObject({
    minLength: z.int().min(4).default(8).describe("Fewest characters of a secret that is looked for in other outputs."),
  }),
  grades: {},
  kind: "stack",
  // Not the stack's own: that one is always there, and a pack that looks at nothing else has been talked around.
  types: Object.values(types),
  async check(world, { settings, report, part }) {
    const secrets = secretsOf(world.all(), settings.minLength);
    for (const stack of world.ofType(stackType)) {
      for (const [path, text] of plainTexts(stack.raw, [], stack.secrets)) {
        if (isUnknown(text)) {
          await part(() => leaveOpen(path));
          continue;
        }
        const kind = secretIn(`${words(path.at(-1) ?? "")}: ${text}`, []) ?? secretIn(text, []);
        const isKnown = secrets.some((secret) => text.includes(secret));
        if (kind === undefined && !isKnown) continue;
        const what = kind ?? "a value that another resource keeps secret";
        report(
          {
            en: `output ${path.join(".")} holds ${what} in plain text`,
            ko: `출력 ${path.join(".")}에 비밀 값이 평문으로 있음 (${kind ?? "다른 리소스의 secret"})`,
          },
          stack,
        );
      }
    }
  },
});

function leaveOpen(path: readonly string[]): never {
  const output = path.join(".");
  throw new Undecided({ en: `output ${output} is not known yet`, ko: `출력 ${output} 값이 아직 미정` });
}

/** `adminPassword` → `admin-password`, the form in which secrets' names are recognised. */
function words(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}
