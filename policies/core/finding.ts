import type { ExceptionEntry } from "./exceptions.ts";
import type { Rule } from "./rule.ts";
import type { Text } from "./text.ts";

/** Something that a rule, or the pack itself (`rule` undefined), says about a resource or the stack. */
export interface Finding {
  readonly rule: Rule | undefined;
  /** Undefined for the stack as a whole. */
  readonly urn: string | undefined;
  readonly message: Text;
  readonly enforcement: "advisory" | "mandatory";
  readonly status: "violation" | "excepted" | "undecided" | "notice";
  readonly exception?: ExceptionEntry;
}

/** What a run did, for its last line and for reports. */
export interface Summary {
  /** Rules that are switched on. */
  readonly rules: number;
  /** Resources of types that rules look at. */
  readonly resources: number;
  /** How often a rule looked at a resource, or at the stack. */
  readonly checks: number;
  readonly violations: number;
  readonly advisories: number;
  readonly excepted: number;
  /** Pairs of rule and resource that cannot be decided yet. */
  readonly undecided: number;
}
