import { expect } from "vitest";
import type { Step } from "../support/engine.ts";

/** A change by somebody's hand, and what a refresh must find. */
export interface Drift {
  what: string;
  byHand: () => Promise<unknown>;
  repairs: Repair[];
}

/** One step of the next `up`: resource type and logical name, and for an update the beginning of each path of its diff. */
export interface Repair {
  op: "create" | "update";
  type: string;
  name: string;
  diff?: string[];
}

const titleOf = ({ type, name }: Repair | Step) => `${type.split(":").at(-1)} ${name}`;

/** The step is there, once, and changes just what was changed by hand. */
export function expectRepair(steps: readonly Step[], repair: Repair): void {
  const { op, diff = [] } = repair;
  const matching = steps.filter((step) => titleOf(step) === titleOf(repair));
  const found = matching.map((step) => ({
    op: step.op,
    diff: Object.keys(step.diff).map((path) => diff.find((beginning) => path.startsWith(beginning)) ?? path),
  }));
  expect({ [titleOf(repair)]: found }).toEqual({ [titleOf(repair)]: [{ op, diff }] });
}

/** The steps are those of the drifts and no others. */
export function expectNoOthers(steps: readonly Step[], drifts: readonly Drift[]): void {
  expect(steps.map(titleOf).sort()).toEqual(drifts.flatMap(({ repairs }) => repairs.map(titleOf)).sort());
}
