import type { Summary } from "../../policies/core/finding.ts";
import { type FindingRecord, recordIn } from "../../policies/core/record.ts";
import type { Text } from "../../policies/core/text.ts";
import type { Weakened } from "../../policies/core/weakened.ts";
import type { Exception } from "./model.ts";

/** What the policy pack says of its run, as data. */
export interface PackRun {
  readonly findings: readonly FindingRecord[];
  readonly exceptions: Exception[];
  readonly weakened: Weakened[];
  /** Absent where the run broke off: a rule stopped an update, or a rule failed. */
  readonly summary?: Summary;
}

/**
 * The pack's records among the lines of a run; undefined where there are none, because the pack did not run.
 * @param scrub takes secrets out of texts
 * @throws where a record cannot be read, or violations are missing that the pack has counted
 */
export function packRun(lines: Iterable<string>, scrub: (text: string) => string): PackRun | undefined {
  const findings: FindingRecord[] = [];
  let exceptions: Exception[] | undefined;
  let weakened: Weakened[] = [];
  let summary: Summary | undefined;
  for (const line of lines) {
    const record = recordIn(line.trim());
    if (record === undefined) continue;
    if (record.record === "findings") {
      findings.push(...record.findings.map((finding) => ({ ...finding, message: scrubbed(finding.message, scrub) })));
      continue;
    }
    exceptions = record.exceptions.map(({ covers, ...rest }) => ({
      ...rest,
      reason: scrub(rest.reason),
      ...(covers === undefined ? {} : { covers }),
    }));
    weakened = record.weakened;
    if (record.record === "end") summary = record.summary;
  }
  if (exceptions === undefined) return undefined;
  const told = findings.filter(({ enforcement }) => enforcement === "mandatory").length;
  if (summary !== undefined && told !== summary.violations) {
    throw new Error(`the policy pack counted ${summary.violations} violations and its records tell of ${told}`);
  }
  return { findings, exceptions, weakened, ...(summary && { summary }) };
}

function scrubbed({ en, ko }: Text, scrub: (text: string) => string): Text {
  return { en: scrub(en), ko: scrub(ko) };
}
