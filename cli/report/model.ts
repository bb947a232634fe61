import type { Text } from "../../policies/core/text.ts";
import type { Weakened } from "../../policies/core/weakened.ts";

/**
 * What a run of the engine did or would do, without any value of a property: nothing in it can be a secret of a resource.
 * It is plain JSON, because on pull requests it is written by a job that nobody trusts and shown by another one.
 */
export interface RunReport {
  version: typeof reportVersion;
  stacks: StackReport[];
}

/** Two jobs of one pipeline may come from two commits: what one wrote, the other may not know. */
export const reportVersion = 3;

export interface StackReport {
  stack: string;
  /** `strata:profile` of the run. */
  profile?: string;
  operation: Operation;
  /** `incomplete`: the log ends before the engine's summary, as after a kill. */
  result: "succeeded" | "failed" | "incomplete";
  /** Resources without a change. */
  unchanged: number;
  /** The dangerous ones first. */
  changes: Change[];
  findings: Finding[];
  /** Every exception that the pack was given, whether it covers anything or not. */
  exceptions: Exception[];
  /** Rules of the pack that the configuration switches off, or makes advice. */
  weakened: Weakened[];
  packs: Pack[];
  errors: string[];
}

export const operations = ["preview", "update", "refresh"] as const;
export type Operation = (typeof operations)[number];

export interface Pack {
  name: string;
  /** How often one of its rules looked at a resource, or at the stack. */
  decisions: number;
}

/** In the order of danger. In a refresh: what differs from the state (`update`) or is gone (`delete`). */
export const steps = ["delete", "replace", "update", "import", "create"] as const;
export type StepKind = (typeof steps)[number];

export interface Change {
  step: StepKind;
  /** Name of the layer's component, such as `tenant-a`; `foundation` for what belongs to none. */
  layer: string;
  type: string;
  name: string;
  /** Paths of the properties that change, never their values. */
  properties: string[];
  /** It holds what cannot be made again. */
  holdsData: boolean;
  /** A running machine stops for it. */
  stopsMachine: boolean;
}

/** What nobody can make again is taken away, or made anew and so empty. */
export function losesData({ holdsData, step }: Change): boolean {
  return holdsData && (step === "delete" || step === "replace");
}

export const levels = ["mandatory", "undecided", "excepted", "advisory", "remediated"] as const;
export type Level = (typeof levels)[number];

export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];

export interface Finding {
  rule: string;
  pack: string;
  /** `undecided`: the rule needs what is not known; after a preview it decides when that is applied. `excepted`: somebody answers for it. */
  level: Level;
  severity?: Severity;
  layer: string;
  /** Name of the resource; empty for a finding about the whole stack. */
  resource: string;
  /** What is wrong, as the rule says it. Packs of others say it in one language. */
  message: Text;
  /** What puts it right; empty where the message says so, or nothing is to do. */
  remedy: Text;
}

/** What may violate a rule for a while, and who answers for it. */
export interface Exception {
  rule: string;
  /** Pattern of urns. */
  resource: string;
  reason: string;
  owner: string;
  /** The last day, such as `2027-01-31`. */
  expires: string;
  /** Expired ones are violations. */
  state: ExceptionState;
  /** How many violations it covers; absent where the run broke off. */
  covers?: number;
}

export const exceptionStates = ["in force", "expired"] as const;
export type ExceptionState = (typeof exceptionStates)[number];
