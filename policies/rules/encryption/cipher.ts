import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Text } from "../../core/text.ts";
import { types } from "../../model/types.ts";
import { userDataOf } from "../../model/user-data.ts";

export default resourceRule({
  id: "encryption-cipher",
  title: { en: "Volumes are encrypted with AES-256 or better", ko: "볼륨 암호화는 AES-256 이상" },
  description: {
    en: "What cryptsetup takes by itself depends on how it was built. XTS halves its key, so AES-256 is a key of 512 bits.",
    ko: "cryptsetup의 기본값은 빌드에 따라 다르다. XTS는 키를 둘로 나누므로 AES-256에는 512비트 키가 필요하다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P1.6"],
  frameworks: [n2sf("EA-1", "approved encryption algorithms"), csap("12", "data protection and encryption")],
  remediation: {
    en: ["Format with --cipher aes-xts-plain64 --key-size 512"],
    ko: ["--cipher aes-xts-plain64 --key-size 512 옵션으로 포맷"],
  },
  example: `new compute.Instance("ai-a-data-01", {
  userData: "… cryptsetup luksFormat --cipher aes-xts-plain64 --key-size 256 …",
  …
});`,
  settings: z.strictObject({
    keyBits: z.int().min(128).max(256).default(256).describe("Bits of the cipher's key, before XTS doubles them."),
  }),
  grades: {},
  kind: "resource",
  types: [types.instance, types.userData],
  async check(subject, { world, settings, report }) {
    const text = await userDataOf(subject, world);
    for (const [command] of text.matchAll(/\bcryptsetup\b[^\n]*?\bluksFormat\b(?:[^\n]*\\\n)*[^\n]*/g)) {
      const weakness = weaknessOf(command, settings.keyBits);
      if (weakness === undefined) continue;
      report({ en: `cryptsetup luksFormat: ${weakness.en}`, ko: `cryptsetup luksFormat: ${weakness.ko}` });
    }
  },
});

function weaknessOf(command: string, keyBits: number): Text | undefined {
  const cipher = /(?:--cipher|-c)[\s=]+["']?([\w-]+)/.exec(command)?.[1];
  const given = /(?:--key-size|-s)[\s=]+["']?(\d+)/.exec(command)?.[1];
  if (cipher === undefined || given === undefined) {
    return { en: "cipher and key size are left to chance", ko: "암호와 키 길이가 명시되지 않음" };
  }
  if (!cipher.startsWith("aes-")) return { en: `${cipher} is not AES`, ko: `${cipher}은(는) AES가 아님` };
  const bits = cipher.includes("-xts") ? Number(given) / 2 : Number(given);
  if (bits >= keyBits) return undefined;
  return { en: `AES-${bits} is weaker than AES-${keyBits}`, ko: `AES-${bits}은(는) AES-${keyBits}보다 약함` };
}
