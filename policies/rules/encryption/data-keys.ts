import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import { isUnknown } from "../../core/sdk.ts";
import { pattern } from "../../core/settings.ts";
import type { Subject } from "../../core/subject.ts";
import type { Text } from "../../core/text.ts";
import { Undecided } from "../../core/unknown.ts";
import { type RandomBytes, stackType, types } from "../../model/types.ts";

/** A key among the outputs, by its path. */
interface DataKey {
  path: string;
  value: string;
}

export default stackRule({
  id: "encryption-data-keys",
  title: {
    en: "Every owner's data volumes have a long key of their own",
    ko: "데이터 볼륨 키는 소유자마다 별도로, 충분한 길이로 생성",
  },
  description: {
    en: "A key of two owners opens both's volumes, and a short one is guessed sooner than AES-256 is broken. Keys are compared by what the stack exports; a preview of new ones counts what makes them.",
    ko: "두 소유자가 공유하는 키는 양쪽 볼륨을 모두 열고, 짧은 키는 AES-256보다 먼저 추측된다. 스택 출력의 키 값을 비교하며, 아직 생성되지 않은 키는 미리보기에서 생성 리소스의 수로 검사한다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.6"],
  frameworks: [
    n2sf("EK-1", "management of encryption keys"),
    n2sf("DU-2", "protection of stored data"),
    csap("12", "data protection and encryption"),
  ],
  remediation: {
    en: [
      "Make a RandomBytes of 64 bytes for each owner",
      "Exchange the shared or short key: luksChangeKey keeps the data",
    ],
    ko: ["소유자마다 64바이트 RandomBytes를 생성", "공유되거나 짧은 키는 교체 (luksChangeKey는 데이터를 유지)"],
  },
  example: `const key = new RandomBytes("data-key", { length: 64 }).base64;
export const dataKeys = { "tenant-a": key, "tenant-b": key };`,
  settings: z.strictObject({
    minBytes: z.int().min(16).default(32).describe("Fewest random bytes of a key; 32 are as many as AES-256 has."),
    outputs: pattern
      .default("[dD]ataKeys$")
      .describe("Regular expression of the outputs that hold a key for each owner."),
  }),
  grades: {},
  kind: "stack",
  // Not the stack's own: that one is always there, and a pack that looks at nothing else has been talked around.
  types: Object.values(types),
  async check(world, { settings, report, part }) {
    const makers = world.ofType<RandomBytes>(types.randomBytes);
    for (const stack of world.ofType(stackType)) {
      const keys = keysOf(stack, new RegExp(settings.outputs));
      const known = keys.filter(({ value }) => !isUnknown(value));
      const tell = (message: Text) => report(message, stack);
      for (const key of known) checkLength(key, makers, settings.minBytes, tell);
      for (const same of Map.groupBy(known, ({ value }) => value).values()) checkShared(same, tell);
      const toCome = makers.filter((maker) => isToCome(maker) && maker.props.length >= settings.minBytes);
      checkMakers(keys.length - known.length, toCome.length, settings.minBytes, tell);
      await part(() => leaveOpen(keys.length - known.length));
    }
  },
});

type Tell = (message: Text) => void;
type Maker = Subject<RandomBytes>;

function checkLength({ path, value }: DataKey, makers: readonly Maker[], least: number, tell: Tell): void {
  const bytes = lengthOf(value, makers);
  if (bytes >= least) return;
  tell({
    en: `the data key ${path} has ${bytes} bytes, and must have ${least} at least`,
    ko: `데이터 키 ${path}의 길이가 ${bytes}바이트로 최소 ${least}바이트보다 짧음`,
  });
}

function checkShared(keys: readonly DataKey[], tell: Tell): void {
  if (keys.length < 2) return;
  const paths = keys.map(({ path }) => path).join(", ");
  tell({ en: `one data key for several owners: ${paths}`, ko: `여러 소유자가 데이터 키 하나를 공유: ${paths}` });
}

/** Before there are keys: a preview does not tell which output is made of what, but there must be enough to make them. */
function checkMakers(keys: number, makers: number, least: number, tell: Tell): void {
  if (keys <= makers) return;
  tell({
    en: `${keys} data keys are to be made by ${makers} RandomBytes of ${least} bytes or more: one is shared, or too short`,
    ko: `데이터 키 ${keys}개를 ${least}바이트 이상의 RandomBytes ${makers}개로 생성: 공유되거나 너무 짧은 키가 있음`,
  });
}

function keysOf(stack: Subject, wanted: RegExp): DataKey[] {
  const outputs = Object.entries(stack.raw).filter(([name]) => wanted.test(name));
  return outputs.flatMap(([name, value]) => textsIn(value, name));
}

function textsIn(value: unknown, path: string): DataKey[] {
  if (typeof value === "string") return [{ path, value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => textsIn(part, `${path}.${key}`));
}

/** By what made it, which knows better than its spelling; else as the base64 that the machines' agents take. */
function lengthOf(value: string, makers: readonly Maker[]): number {
  const maker = makers.find(({ raw }) => raw.base64 === value || raw.hex === value);
  return maker === undefined ? Buffer.from(value, "base64").length : maker.props.length;
}

/** What is made already has its key among those that are known. */
function isToCome({ raw }: Maker): boolean {
  return raw.base64 === undefined || isUnknown(raw.base64);
}

function leaveOpen(keys: number): void {
  if (keys === 0) return;
  throw new Undecided({ en: `${keys} data keys are not known yet`, ko: `데이터 키 ${keys}개가 아직 미정` });
}
