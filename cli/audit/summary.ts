import { glob } from "../../policies/core/exceptions.ts";
import type { Language } from "../../policies/core/text.ts";
import type { Exception } from "../report/model.ts";
import { type AuditReport, type Excepted, type Finding, type Severity, worstOf } from "./finding.ts";
import { auditWords } from "./words.ts";

/** What every form of the report says first. */
export interface Verdict {
  /** Undefined where nothing was found. */
  readonly worst: Severity | undefined;
  readonly isClean: boolean;
  readonly sentences: readonly string[];
}

export function verdictOf({ findings, unasked }: AuditReport, language: Language): Verdict {
  const say = auditWords[language];
  const worst = worstOf(findings);
  const isClean = worst === undefined && unasked.length === 0;
  const count = findings.filter(({ severity }) => severity === worst).length;
  return {
    worst,
    isClean,
    sentences: [
      ...(isClean ? [say.clean] : []),
      ...(worst === undefined ? [] : [say.verdict[worst](count)]),
      ...(unasked.length === 0 ? [] : [say.verdictOpen(unasked.length)]),
    ],
  };
}

/** An exception as a reader needs it: how long it still holds, and what it lets through. */
export interface ExceptionView extends Exception {
  /** Whole days from the audit to the last day; negative since then. */
  readonly days: number;
  readonly covered: readonly Excepted[];
  /** What it would cover, had it not expired. */
  readonly uncovered: readonly Finding[];
}

/** Those that have expired first, then by what expires next. */
export function exceptionViews({ exceptions, excepted, findings, at }: AuditReport): ExceptionView[] {
  const today = Date.parse(at.slice(0, 10));
  const views = exceptions.map((one) => ({
    ...one,
    days: Math.round((Date.parse(one.expires) - today) / 86_400_000),
    covered: excepted.filter(({ rule, exception }) => rule === one.rule && isSame(exception, one)),
    uncovered: one.state === "expired" ? findings.filter(({ rule, id }) => rule === one.rule && fits(one, id)) : [],
  }));
  return views.sort((one, other) => one.days - other.days || (one.rule < other.rule ? -1 : 1));
}

function fits({ resource }: Exception, urn: string): boolean {
  return glob(resource).test(urn);
}

function isSame(exception: Excepted["exception"], { resource, owner, expires }: Exception): boolean {
  return exception.resource === resource && exception.owner === owner && exception.expires === expires;
}
