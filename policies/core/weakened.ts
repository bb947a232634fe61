import type { Enforcement, Rule, Severity } from "./rule.ts";

/** A rule of which a configuration asks less than the pack does by itself. */
export interface Weakened {
  /** The rule's id. */
  readonly rule: string;
  readonly severity: Severity;
  /** What a violation does by itself. */
  readonly normally: Normal;
  readonly here: Less;
}

/** What a violation does where no configuration says otherwise. */
export const normals = ["advisory", "mandatory", "remediate"] as const satisfies readonly Enforcement[];
type Normal = (typeof normals)[number];

/** From less to more; to stop and to put right are as much as one another. */
export const lesser = ["disabled", "advisory"] as const satisfies readonly Enforcement[];
type Less = (typeof lesser)[number];

/** How the rule is weakened by what is asked of it; undefined where it is not. */
export function weakening({ id, severity }: Rule, normally: Normal, here: Enforcement): Weakened | undefined {
  if (here !== "disabled" && (here !== "advisory" || normally === "advisory")) return undefined;
  return { rule: id, severity, normally, here };
}
