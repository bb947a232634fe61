import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import { isUnknown } from "../../core/sdk.ts";
import type { Subject } from "../../core/subject.ts";
import { Undecided } from "../../core/unknown.ts";
import type { World } from "../../core/world.ts";
import { plainTexts, secretsOf } from "../../model/plain.ts";
import { stackType, types } from "../../model/types.ts";

export default stackRule({
  id: "encryption-plain-copies",
  title: {
    en: "No secret of one resource stands in plain text in another",
    ko: "리소스의 비밀 값을 다른 리소스에 평문으로 두지 않음",
  },
  description: {
    en: "A key that was unwrapped on its way, into a tag, a detail or user data, is read there by whoever may see that resource, whatever it looks like.",
    ko: "secret 표시가 벗겨진 채 태그, details, 사용자 데이터에 들어간 키는 형태와 무관하게 그 리소스를 볼 수 있는 누구나 읽을 수 있다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.6"],
  frameworks: [n2sf("DU-2", "protection of stored data"), n2sf("EK-1", "keys"), csap("12", "data protection")],
  remediation: {
    en: ["Let the machine fetch the secret, or generate it there", "Make a new secret: this one is known"],
    ko: ["비밀 값은 VM이 직접 받아오거나 내부에서 생성", "노출된 비밀 값은 새로 발급"],
  },
  example: `new compute.Instance("ai-a-data-01", { tags: { note: pulumi.unsecret(keyOfTenantB.base64) }, … });`,
  settings: z.strictObject({
    minLength: z
      .int()
      .min(8)
      .default(16)
      .describe("Fewest characters of a secret that is looked for: a short one may be a word."),
  }),
  grades: {},
  kind: "stack",
  types: Object.values(types),
  async check(world, { settings, report, part }) {
    const secrets = secretsOf(world.all(), settings.minLength);
    // What the stack exports is another rule's matter; a provider's own keys are its configuration.
    const others = [...world.all()].filter(({ type }) => type !== stackType && !type.startsWith("pulumi:providers:"));
    for (const subject of others) {
      for (const [path, text] of plainTexts(subject.raw, [], subject.secrets)) {
        if (isUnknown(text)) {
          await part(() => leaveOpen(subject, path, world));
          continue;
        }
        if (!secrets.some((secret) => text.includes(secret))) continue;
        report(
          {
            en: `${subject.name}: ${path.join(".")} holds in plain text what another resource keeps secret`,
            ko: `${subject.name}: ${path.join(".")}에 다른 리소스의 secret이 평문으로 있음`,
          },
          subject,
        );
      }
    }
  },
});

/** What makes keys: of a value that comes from there, and is not marked as secret, nobody can say what it will be. */
const makers: readonly string[] = [types.randomBytes, "random:index/randomPassword:RandomPassword", types.cephUser];

function leaveOpen(subject: Subject, path: readonly string[], world: World): void {
  const made = (subject.dependencies.get(path[0] ?? "") ?? []).flatMap((urn) => world.get(urn) ?? []);
  const [maker] = made.filter(({ type }) => makers.includes(type));
  if (maker === undefined) return;
  const where = `${subject.name}: ${path.join(".")}`;
  throw new Undecided({ en: `${where} is made of ${maker.name}`, ko: `${where}이(가) ${maker.name}에서 만들어짐` });
}
