import { expect } from "vitest";
import { staysInCeph } from "./ceph.ts";
import type { Run } from "./engine.ts";

/** A run that did what it should without a word of complaint, but of what cannot be otherwise. */
export function succeeded(run: Run): Run {
  expect(diagnosticsOf(run).replaceAll(staysInCeph, "").trim()).toBe("");
  expect(run.code).toBe(0);
  return run;
}

/** What a run that failed had to say about it. */
export function complaintOf(run: Run): string {
  expect(run.code).not.toBe(0);
  expect(run.text, "a stack trace is no message").not.toContain("node_modules");
  return diagnosticsOf(run);
}

/** The engine's last word: errors and warnings by resource. Empty where there are none. */
function diagnosticsOf({ text }: Run): string {
  return /^Diagnostics:\n([\s\S]*?)\n(?=\S|$(?![\s\S]))/m.exec(text)?.[1] ?? "";
}
