import { hintFor } from "./hints.ts";

/** What went wrong, in the terms a caller decides by. */
export type ErrorKind =
  // No CloudStack answered.
  | "refused"
  | "dns"
  | "tls"
  | "dropped"
  | "timeout"
  | "not-cloudstack"
  // CloudStack answered no.
  | "auth"
  | "clock"
  | "forbidden"
  | "not-found"
  | "invalid"
  | "limit"
  | "capacity"
  | "in-use"
  | "conflict"
  | "unavailable"
  | "busy"
  | "server"
  // We stopped waiting.
  | "cancelled"
  | "job-timeout";

export interface ErrorFacts {
  kind: ErrorKind;
  command: string;
  /** What the server or the operating system said, unchanged but for length. */
  text: string;
  httpStatus?: number | undefined;
  /** CloudStack's `errorcode` (often the HTTP status) and `cserrorcode` (the exception behind it). */
  errorCode?: number | undefined;
  csErrorCode?: number | undefined;
  jobId?: string | undefined;
  /** The object the failed job was about: it may exist, half made. */
  instanceId?: string | undefined;
  /** The request may have been carried out although no answer came. */
  mayHaveHappened?: boolean;
  /** What to do about it, where more is known than what `hintFor` can tell by the text. */
  hint?: string;
  cause?: unknown;
}

/** Every failure of a call: command, what was said, codes, job and a remedy, in one message. */
export class CloudStackError extends Error {
  readonly facts: ErrorFacts;
  readonly hint: string | undefined;

  constructor(facts: ErrorFacts) {
    const hint = facts.hint ?? hintFor(facts);
    super(describe(facts, hint), { cause: facts.cause });
    this.name = "CloudStackError";
    this.facts = facts;
    this.hint = hint;
  }

  get kind(): ErrorKind {
    return this.facts.kind;
  }
}

/** Whether `error` is a CloudStackError of one of `kinds` (any, if none is given). */
export function isCloudStackError(error: unknown, ...kinds: ErrorKind[]): error is CloudStackError {
  return error instanceof CloudStackError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** Whether a request may have been carried out of which nothing more is known, not even a job. */
export function isAnswerLost(error: unknown): boolean {
  return isCloudStackError(error) && error.facts.mayHaveHappened === true && error.facts.jobId === undefined;
}

/**
 * The server's proof that the object with `id` does not exist. A refusal of access, a lost connection or a missing *other*
 * object (say, the domain of the scope) is never such a proof: state must not be dropped for them (users-peers §3, 6 and 7).
 */
export function provesGone(error: unknown, id: string): boolean {
  if (!isCloudStackError(error, "not-found")) return false;
  const named = /Invalid parameter \w+ value=(\S+) due to/.exec(error.facts.text)?.[1];
  return named === undefined || named === id;
}

const GONE =
  /entity does not exist|Unable to find UUID for id|Unable to find .* (by|with) (specified )?(id|uuid)|doesn't exist$/i;
const LIMIT = /Maximum (amount|domain resource|number)|resource limits? .*exceeded|cannot surpass/i;

/** Sorts an answer of the server into a kind, by code first and by text where the server collapses codes into 431 and 530. */
export function kindOf(errorCode: number | undefined, text: string): ErrorKind {
  switch (errorCode) {
    case 401:
      return "auth";
    case 429:
    case 503:
      return "busy";
    case 531:
      // Also how RoleManagerImpl refuses to delete a role and to add a rule, whoever asks.
      if (/role in use/.test(text)) return "in-use";
      return /Rule already exists/.test(text) ? "conflict" : "forbidden";
    case 432:
      return /does not exist or is not available for the account/.test(text) ? "forbidden" : "invalid";
    case 532:
    case 535:
      return "limit";
    case 533:
      return "capacity";
    case 534:
      return "unavailable";
    case 536:
      return "in-use";
    case 537:
      return "conflict";
  }
  if (GONE.test(text)) return "not-found";
  if (LIMIT.test(text)) return "limit";
  if (/already exists|already in use|already on /i.test(text)) return "conflict";
  if (/still associated|used by|in use|yet because it has|Failed to delete network$/i.test(text)) return "in-use";
  return errorCode === 431 || errorCode === 430 || errorCode === 400 ? "invalid" : "server";
}

function describe(facts: ErrorFacts, hint: string | undefined): string {
  const codes = [
    facts.httpStatus !== undefined && `HTTP ${facts.httpStatus}`,
    facts.errorCode !== undefined && facts.errorCode !== facts.httpStatus && `error ${facts.errorCode}`,
    facts.csErrorCode !== undefined && `cserrorcode ${facts.csErrorCode}`,
    facts.jobId !== undefined && `job ${facts.jobId}`,
    facts.instanceId !== undefined && `object ${facts.instanceId}`,
  ].filter(Boolean);
  const detail = codes.length > 0 ? ` (${codes.join(", ")})` : "";
  const doubt = facts.mayHaveHappened ? " The request may have been carried out all the same." : "";
  return `${facts.command}: ${facts.text}${detail}.${doubt}${hint ? `\n  ${hint}` : ""}`;
}
