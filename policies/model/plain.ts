import { keysOf, pointerOf } from "../core/pointer.ts";
import { isUnknown } from "../core/sdk.ts";
import type { Subject } from "../core/subject.ts";

/** What resources keep secret, as far as it is text and known. */
export function secretsOf(subjects: Iterable<Subject>, minLength: number): readonly string[] {
  const texts = [...subjects].flatMap(({ raw, secrets }: Subject) =>
    [...secrets].map((path) => keysOf(path).reduce<unknown>(within, raw)),
  );
  return [...new Set(texts.filter((text) => typeof text === "string"))].filter(
    (text) => text.length >= minLength && !isUnknown(text),
  );
}

function within(value: unknown, key: string): unknown {
  return (value as Record<string, unknown> | undefined)?.[key];
}

/** Texts that are not marked as secret, unknown ones included. */
export function plainTexts(
  value: unknown,
  path: readonly string[],
  secrets: ReadonlySet<string>,
): [string[], string][] {
  if (secrets.has(pointerOf(path))) return [];
  if (typeof value === "string") return [[[...path], value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => plainTexts(part, [...path, key], secrets));
}
