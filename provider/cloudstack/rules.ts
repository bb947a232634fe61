/** Rules across properties that several resources share. What is not known yet is not judged. */
import type { Issue } from "../core/errors.ts";
import type { PlainObject } from "../core/values.ts";

/** Exactly one of two properties has to be given. */
export function exactlyOneOf(inputs: PlainObject, a: string, b: string): Issue[] {
  const given = [a, b].filter((name) => inputs[name] !== undefined);
  if (given.length === 1) return [];
  return [
    { path: a, reason: `give exactly one of ${a} and ${b}; ${given.length === 0 ? "none is" : "both are"} given` },
  ];
}

/** Where `name` is given, `needed` has to be given too. */
export function together(inputs: PlainObject, name: string, needed: string): Issue[] {
  if (inputs[name] === undefined || inputs[needed] !== undefined) return [];
  return [{ path: needed, reason: `is required together with ${name}` }];
}
