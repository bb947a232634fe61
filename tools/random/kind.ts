/** Plain values of a resource: what Pulumi's struct messages carry. */
export type Values = Record<string, unknown>;

/** One input that cannot be, and why. */
export interface Failure {
  property: string;
  reason: string;
}

/** What one resource type of `@pulumi/random` does. Nothing of it can change in place: every new input makes a new value. */
export interface RandomKind {
  /** Inputs the program may leave out; the state shows them all the same. */
  defaults: Values;
  /** Outputs that exist only after creation. */
  computed: readonly string[];
  /** Those of them that are secret even when nobody says so. */
  secret: readonly string[];
  /** All that is wrong with the inputs, defaults filled in. An unknown input is not looked at. */
  check(inputs: Values): Failure[];
  /** Makes the value from complete inputs. */
  create(inputs: Values): { id: string; outputs: Values };
  /** Takes over a value that exists: what `pulumi import` is given as id. */
  adopt(importId: string): { id: string; inputs: Values; outputs: Values };
}

/** An input as a number; 0 where it is absent or not known yet. */
export function numberOf(inputs: Values, name: string): number {
  const value = inputs[name];
  return typeof value === "number" ? value : 0;
}

/** An input as text; empty where it is absent. */
export function textOf(inputs: Values, name: string): string {
  const value = inputs[name];
  return typeof value === "string" ? value : "";
}

/** A failure when a whole number is below its minimum. */
export function atLeast(inputs: Values, property: string, minimum: number): Failure[] {
  const value = inputs[property];
  if (typeof value !== "number" || (Number.isInteger(value) && value >= minimum)) return [];
  return [{ property, reason: `must be a whole number of at least ${minimum}, not ${value}` }];
}
