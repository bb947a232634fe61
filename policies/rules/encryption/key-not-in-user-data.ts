import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { types } from "../../model/types.ts";
import { userDataOf } from "../../model/user-data.ts";

/** A file for the key among the files to write, or a passphrase in a command. The path alone is what our own service reads. */
const deliveries = [
  /\bpath:\s*["']?\/(?:run\/strata|etc\/strata\/secrets)\/data\.key\b/,
  /\bpath:\s*["']?[^\s"']*luks[^\s"']*\.(?:key|bin)\b/i,
  /(?:\becho|\bprintf)\b[^\n|]*\|\s*(?:sudo\s+)?cryptsetup\b/,
  />\s*["']?\/(?:run\/strata|etc\/strata\/secrets)\/data\.key\b/,
];

export default resourceRule({
  id: "encryption-key-not-in-user-data",
  title: { en: "No volume's key comes in user data", ko: "볼륨 키를 사용자 데이터로 전달하지 않음" },
  description: {
    en: "CloudStack shows user data to everybody who may see the machine, and the router to every process in it. A key there is no key.",
    ko: "사용자 데이터는 VM을 볼 수 있는 모두와 VM 내 모든 프로세스에 공개된다. 그곳의 키는 키가 아니다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.6"],
  frameworks: [n2sf("EK-1", "management of encryption keys"), csap("12", "data protection and encryption")],
  remediation: {
    en: ["Bring the key over SSH or the guest agent into /run/strata/data.key", "Make a new key: this one is known"],
    ko: ["키는 SSH나 게스트 에이전트로 /run/strata/data.key에 전달", "노출된 키는 새 키로 교체"],
  },
  example: `new compute.Instance("ai-a-data-01", {
  userData: "#cloud-config\\nwrite_files:\\n  - path: /run/strata/data.key\\n    content: …",
  …
});`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.instance, types.userData],
  async check(subject, { world, report }) {
    const text = await userDataOf(subject, world);
    // Most user data has nothing to do with it, and is long.
    if (!/data\.key|luks|cryptsetup/i.test(text) || !deliveries.some((delivery) => delivery.test(text))) return;
    report({
      en: `the user data of ${subject.name} brings the key of an encrypted volume`,
      ko: `${subject.name}의 사용자 데이터에 암호화 볼륨의 키가 포함됨`,
    });
  },
});
