import { z } from "zod";
import { type ExceptionUse, exceptionSchema } from "./exceptions.ts";
import type { Finding, Summary } from "./finding.ts";
import { packPolicy } from "./settings.ts";
import type { Steps } from "./text.ts";
import { lesser, normals, type Weakened } from "./weakened.ts";

/**
 * What tools read of a run, in lines that the pack writes for them: nobody has to understand the words for people. The engine
 * keeps them in its event log and shows them only with `--debug`, or where the variable of `recordsShown` asks for it.
 */
const prefix = "strata-policies-record ";

/** With the value `shown` the lines are among what the engine prints, for commands of it that write no event log. */
export const recordsShown = "STRATA_POLICY_RECORDS";

const severity = z.enum(["low", "medium", "high", "critical"]);
const text = z.object({ en: z.string(), ko: z.string() });

const findingSchema = z.object({
  /** Id of the rule, or the pack's own policy. */
  rule: z.string(),
  /** Empty for the stack as a whole. */
  urn: z.string(),
  status: z.enum(["violation", "excepted", "undecided", "notice"]),
  enforcement: z.enum(["advisory", "mandatory"]),
  /** The rule's, whatever its status. */
  severity,
  message: text,
  /** What puts it right; empty where the message says it. */
  remedy: text,
  requirements: z.array(z.string()),
  /** Controls of public frameworks: own mapping. */
  references: z.array(z.string()),
  exception: exceptionSchema.optional(),
});
export type FindingRecord = z.output<typeof findingSchema>;

const exceptionUseSchema = exceptionSchema.extend({
  state: z.enum(["in force", "expired"]),
  /** Violations that it covered; absent while nobody knows. */
  covers: z.int().optional(),
});
export type ExceptionRecord = z.output<typeof exceptionUseSchema>;

const weakenedSchema = z.object({
  rule: z.string(),
  severity,
  normally: z.enum(normals),
  here: z.enum(lesser),
}) satisfies z.ZodType<Weakened>;

const summarySchema = z.object({
  rules: z.int(),
  resources: z.int(),
  checks: z.int(),
  violations: z.int(),
  advisories: z.int(),
  excepted: z.int(),
  undecided: z.int(),
}) satisfies z.ZodType<Summary>;

/** What the run lets pass that the pack by itself would not. */
const allowed = { exceptions: z.array(exceptionUseSchema), weakened: z.array(weakenedSchema) };

const recordSchema = z.discriminatedUnion("record", [
  /** Before anything is judged: an update that a rule stops has no end. */
  z.object({ record: z.literal("start"), ...allowed }),
  z.object({ record: z.literal("findings"), findings: z.array(findingSchema) }),
  z.object({ record: z.literal("end"), summary: summarySchema, ...allowed }),
]);
export type PackRecord = z.output<typeof recordSchema>;

export function recordLine(record: PackRecord): string {
  return prefix + JSON.stringify(record);
}

/**
 * The record in a line of the engine; undefined for any other line.
 * @throws where a record cannot be read: what it said is then not known
 */
export function recordIn(line: string): PackRecord | undefined {
  if (!line.startsWith(prefix)) return undefined;
  try {
    return recordSchema.parse(JSON.parse(line.slice(prefix.length)));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`a record of the policy pack cannot be read, so that its findings are not known: ${why}`);
  }
}

/** For what the pack says of an exception itself. */
const renewal: Steps = {
  en: ["put right what it covered, or have its owner give a new reason and date", "take out what nothing needs"],
  ko: ["예외였던 항목을 바로잡거나 책임자가 새 사유와 만료일을 기재", "필요 없는 예외는 삭제"],
};

export function findingRecord({ rule, urn = "", status, enforcement, message, exception }: Finding): FindingRecord {
  const steps = rule?.remediation ?? (exception === undefined ? { en: [], ko: [] } : renewal);
  return {
    rule: rule?.id ?? packPolicy,
    urn,
    status,
    enforcement,
    severity: rule?.severity ?? (enforcement === "mandatory" ? "high" : "low"),
    message,
    remedy: { en: steps.en.join(" → "), ko: steps.ko.join(" → ") },
    requirements: [...(rule?.requirements ?? [])],
    references: (rule?.frameworks ?? []).map(({ name, reference }) => `${name} ${reference}`),
    ...(exception && { exception }),
  };
}

/** @param isOver whether all has been judged */
export function exceptionRecord({ entry, hasExpired, uses }: ExceptionUse, isOver: boolean): ExceptionRecord {
  return { ...entry, state: hasExpired ? "expired" : "in force", ...(isOver && { covers: uses }) };
}
