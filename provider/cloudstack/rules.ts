/** Rules across properties that several resources share. What is not known yet is not judged. */
import { diff, isEmpty } from "../core/diff.ts";
import type { Issue } from "../core/errors.ts";
import type { Fields } from "../core/fields.ts";
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

/** The inputs in force, for rules about changes of a thing that stays: absent where there is none, or where it is made anew. */
export function staying(fields: Fields, inputs: PlainObject, before: PlainObject | undefined): PlainObject {
  if (before === undefined) return {};
  return diff(fields, before, inputs).some(({ effect }) => effect === "replace") ? {} : before;
}

/** A size that can only grow; `what` names the thing in words. */
export function neverSmaller(name: string, what: string, inputs: PlainObject, before: PlainObject): Issue[] {
  const [wanted, present] = [inputs[name], before[name]];
  if (typeof wanted !== "number" || typeof present !== "number" || wanted >= present) return [];
  return [{ path: name, reason: `${wanted}: ${neverShrinks(what, present)} → give at least that, or leave it out` }];
}

/** The rule that a smaller size breaks; `present` in GiB. */
export function neverShrinks(what: string, present: number): string {
  return `${what} never shrinks, and this one has ${present} GiB`;
}

/** A property that the server can change and not clear. */
export function neverRemoved(name: string, remedy: string, inputs: PlainObject, before: PlainObject): Issue[] {
  if (isEmpty(before[name]) || !isEmpty(inputs[name])) return [];
  return [{ path: name, reason: `cannot be taken away, the server can only exchange it → ${remedy}` }];
}
