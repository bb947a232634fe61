import type { Subject } from "../core/subject.ts";

/** What a tag says, undefined where there is none. Throws while it is not known, which makes the rule undecided. */
export function tagOf(subject: Subject<unknown>, name: string): string | undefined {
  const { tags } = subject.props as { tags?: Readonly<Record<string, string>> };
  return tags?.[name];
}

/** Whether something is in one of the environments; `*` is any, and what does not say where it belongs counts as in. */
export function isIn(subject: Subject<unknown>, environments: readonly string[]): boolean {
  if (environments.includes("*")) return true;
  const environment = tagOf(subject, "env");
  return environment === undefined || environments.includes(environment);
}
