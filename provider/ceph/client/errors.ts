import { hintFor } from "./hints.ts";

/** What went wrong, in the terms a caller decides by. */
export type ErrorKind =
  // No dashboard answered.
  | "refused"
  | "dns"
  | "tls"
  | "timeout"
  | "dropped"
  | "standby"
  | "not-ceph"
  // The dashboard answered no.
  | "auth"
  | "forbidden"
  | "version"
  | "not-found"
  | "exists"
  | "in-use"
  | "not-empty"
  | "not-permitted"
  | "invalid"
  | "server"
  // The manager that knew about the task is no longer the active one.
  | "task-lost"
  // We stopped waiting.
  | "cancelled";

export interface ErrorFacts {
  readonly kind: ErrorKind;
  /** Method and path with placeholders, `PUT /api/pool/{name}`, so that no value is in it. */
  readonly endpoint: string;
  /** What the server or the operating system said, unchanged but for length. */
  readonly text: string;
  /** Addresses of the managers that were asked. */
  readonly managers?: readonly string[] | undefined;
  readonly httpStatus?: number | undefined;
  /** The dashboard's own code: an errno such as "1" (EPERM), or a word such as "invalid_credentials". */
  readonly code?: string | undefined;
  /** The request may have been carried out although no answer came. */
  readonly mayHaveHappened?: boolean;
  readonly cause?: unknown;
}

/** Every failure of a call: endpoint, what was said, codes and a remedy, in one message. */
export class CephError extends Error {
  readonly facts: ErrorFacts;
  readonly hint: string | undefined;

  constructor(facts: ErrorFacts) {
    const hint = hintFor(facts);
    super(describe(facts, hint), { cause: facts.cause });
    this.name = "CephError";
    this.facts = facts;
    this.hint = hint;
  }

  get kind(): ErrorKind {
    return this.facts.kind;
  }
}

/** Whether `error` is a CephError of one of `kinds` (any, if none is given). */
export function isCephError(error: unknown, ...kinds: ErrorKind[]): error is CephError {
  return error instanceof CephError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** Whether a request may have been carried out of which nothing more is known. */
export function isAnswerLost(error: unknown): boolean {
  return isCephError(error) && error.facts.mayHaveHappened === true && error.kind !== "cancelled";
}

/** Error numbers of the operating system, which Ceph uses for its commands. */
const kindsByErrno: Readonly<Record<string, ErrorKind>> = {
  "1": "not-permitted",
  "2": "not-found",
  "16": "in-use",
  "17": "exists",
  "39": "not-empty",
};

const kindsByText: readonly (readonly [RegExp, ErrorKind])[] = [
  [/NoSuch(User|Bucket)|does not exist|No such (pool|erasure code profile|crush rule)/i, "not-found"],
  [/BucketNotEmpty|not empty/i, "not-empty"],
  [/AlreadyExists|already exists/i, "exists"],
  [/\bEBUSY\b|is in use|is used by|currently in use|being used/i, "in-use"],
  [/mon_allow_pool_delete|\bEPERM\b/, "not-permitted"],
];

/** Sorts an answer of the dashboard into a kind: by HTTP status, by Ceph's code, and by text where both say nothing. */
export function kindOf(httpStatus: number, code: string | undefined, text: string): ErrorKind {
  if (httpStatus === 401 || code === "invalid_credentials") return "auth";
  if (httpStatus === 403) return "forbidden";
  if (httpStatus === 415) return "version";
  // A path that this version of the dashboard does not have; what CherryPy says of it.
  if (httpStatus === 404 && /path '.*' was not found/.test(text)) return "version";
  // The object gateway's refusal, passed on by the dashboard with a status of its own.
  const gateway = /failed request with status code (\d+)/.exec(text)?.[1];
  const byText = kindsByText.find(([pattern]) => pattern.test(text))?.[1];
  if (httpStatus === 404 || gateway === "404") return "not-found";
  if (gateway === "403") return byText ?? "forbidden";
  const errno = /\[errno -?(\d+)\]/.exec(text)?.[1] ?? code;
  const byErrno = errno === undefined ? undefined : kindsByErrno[errno];
  return byErrno ?? byText ?? (httpStatus === 409 ? "exists" : httpStatus >= 500 ? "server" : "invalid");
}

function describe(facts: ErrorFacts, hint: string | undefined): string {
  const codes = [
    facts.httpStatus !== undefined && `HTTP ${facts.httpStatus}`,
    facts.code !== undefined && `code ${facts.code}`,
    facts.managers !== undefined && `asked: ${facts.managers.join(", ")}`,
  ].filter(Boolean);
  const detail = codes.length > 0 ? ` (${codes.join("; ")})` : "";
  const doubt = facts.mayHaveHappened ? " The request may have been carried out all the same." : "";
  return `${facts.endpoint}: ${facts.text}${detail}.${doubt}${hint ? `\n  → ${hint}` : ""}`;
}
