import type { z } from "zod";
import type { Framework } from "./frameworks.ts";
import type { Subject, Values } from "./subject.ts";
import type { Steps, Text } from "./text.ts";
import type { Surroundings, World } from "./world.ts";

export type Severity = "low" | "medium" | "high" | "critical";
/** What a violation does: a word, a stop, or a change of the inputs before they are used. */
export type Enforcement = "advisory" | "mandatory" | "remediate" | "disabled";
/** `hard`: always mandatory; a single resource can be excepted, the rule cannot be switched off. */
export type Strength = "hard" | Exclude<Enforcement, "disabled">;
/** Grades by which a rule's parameters may differ: N2SF C (기밀) S (민감) O (공개), CSAP 하 중 상. */
export type Grade = "n2sf:C" | "n2sf:S" | "n2sf:O" | "csap:low" | "csap:mid" | "csap:high";

/** What every rule says about itself, in this order (`fieldOrder`). */
interface About<S> {
  /** Name of the policy and of its file: `<group>-<id>` of `rules/<group>/<id>.ts`. */
  readonly id: string;
  readonly title: Text;
  /** Why the rule is there: what goes wrong without it. */
  readonly description: Text;
  readonly severity: Severity;
  readonly strength: Strength;
  /** Ids of requirements, such as `P1.5`. */
  readonly requirements: readonly string[];
  readonly frameworks: readonly Framework[];
  readonly remediation: Steps;
  /** A violation as somebody would write it, for the documentation. */
  readonly example: string;
  /** Parameters with their defaults. */
  readonly settings: z.ZodType<S>;
  /** What a grade asks for instead of the defaults; the configuration wins over it. */
  readonly grades: Partial<Record<Grade, Partial<S>>>;
}

/** What a check is given besides what it checks. */
export interface Context<S, W extends Surroundings = Surroundings> {
  readonly world: W;
  readonly settings: S;
  /** Says that something is wrong. A stack rule names the resource that it is about. */
  report(message: Text, about?: Pick<Subject<unknown>, "urn">): void;
  /**
   * Checks a part by itself: when it meets something unknown, this part is undecided and the rest is still checked.
   */
  part(check: () => void | Promise<void>): Promise<void>;
}

/** Looks at one resource, before it is created or changed: nothing that violates it ever comes to be. */
export interface ResourceRule<S = unknown, P = Values> extends About<S> {
  readonly kind: "resource";
  /** Resource types that it looks at. */
  readonly types: readonly string[];
  /** May throw `Undecided` and read unknowns: both mean "undecided", not "violated". */
  check(subject: Subject<P>, context: Context<S>): void | Promise<void>;
  /** Top-level inputs to set instead of reporting, with strength `remediate` only; undefined where nothing is to do. */
  remediate?(subject: Subject<P>, context: Pick<Context<S>, "settings" | "world">): Record<string, unknown> | undefined;
}

/** Looks at everything at once, for sums and pairs: after a preview, and at the end of an update. */
export interface StackRule<S = unknown> extends About<S> {
  readonly kind: "stack";
  /** Resource types without which it has nothing to look at. */
  readonly types: readonly string[];
  check(world: World, context: Context<S, World>): void | Promise<void>;
}

export type Rule = ResourceRule | StackRule;

/** The order of the fields in every rule's file; the generator holds the files to it. */
export const fieldOrder = [
  "id",
  "title",
  "description",
  "severity",
  "strength",
  "requirements",
  "frameworks",
  "remediation",
  "example",
  "settings",
  "grades",
  "kind",
  "types",
  "check",
  "remediate",
] as const;

/** Gives a rule its types. Parameters are erased afterwards: the pack only ever passes what `settings` has made. */
export function resourceRule<S, P = Values>(rule: ResourceRule<S, P>): Rule {
  return rule as Rule;
}

/** Like {@link resourceRule} for a rule over the whole stack. */
export function stackRule<S>(rule: StackRule<S>): Rule {
  return rule as Rule;
}
