import { Pack } from "../../policies/core/pack.ts";
import type { Rule } from "../../policies/core/rule.ts";
import { type Given, readSettings } from "../../policies/core/settings.ts";
import { type Description, type Subject, subjectOf } from "../../policies/core/subject.ts";
import type { LookUp } from "../../policies/core/world.ts";

export { unknownValue as unknown } from "../../policies/core/sdk.ts";

interface Options {
  /** Parameters of the rule. */
  settings?: Record<string, unknown>;
  /** Settings of the pack, such as a grade. */
  pack?: Record<string, unknown>;
  lookUp?: LookUp;
}

/** What one rule says about resources, as after a preview: what is wrong (by resource), and whether it could not be told. */
export async function judge(rule: Rule, resources: readonly Description[], options: Options = {}) {
  const given = new Map<string, Given>([
    [rule.id, { settings: options.settings ?? {} }],
    ["strata-pack", { settings: options.pack ?? {} }],
  ]);
  const settings = readSettings([rule], given);
  const pack = new Pack({ rules: [rule], settings, isPreview: true, lookUp: options.lookUp });
  const subjects: Subject[] = resources.map(subjectOf);
  // A resource of its own, so that an empty list is not the pack's own error.
  const { findings } = await pack.analyzeStack(subjects);
  const own = findings.filter(({ rule: of }) => of === rule);
  return {
    violations: own
      .filter(({ status }) => status === "violation")
      .map(({ urn, message }) => `${urn?.split("::").at(-1) ?? "stack"}: ${message.en}`),
    undecided: own.filter(({ status }) => status === "undecided").map(({ message }) => message.en),
    korean: own.map(({ message }) => message.ko),
  };
}
