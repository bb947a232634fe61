/** Why a call fails. The kind decides the HTTP status, the cserrorcode, and what is left of it in a job result. */
type Kind = keyof typeof kinds;

/** HTTP status and cserrorcode by exception of the real server (`ApiServer.handleRequest`, `CSExceptionErrorCode`). */
const kinds = {
  "invalid-parameter": { status: 431, code: 4350 },
  "permission-denied": { status: 531, code: 4365 },
  "insufficient-address-capacity": { status: 533, code: 4320 },
  "resource-allocation": { status: 535, code: 4370 },
  runtime: { status: 530, code: 4250 },
} as const;

/** A bare `ServerApiException`: the command re-wrapped whatever happened. */
export const bareCode = 9999;

export class ApiError extends Error {
  readonly status: number;
  /** `cserrorcode`; absent in answers to callers that are not authenticated. */
  readonly code: number | undefined;
  /** The error code in the result of a failed job, which is poorer than HTTP (`ApiAsyncJobDispatcher.runJob`). */
  readonly jobCode: number;
  /** True when the answer goes under `errorresponse` whatever the command. */
  readonly anonymous: boolean;

  constructor(text: string, status: number, code: number | undefined, jobCode: number, anonymous = false) {
    super(text);
    this.status = status;
    this.code = code;
    this.jobCode = jobCode;
    this.anonymous = anonymous;
  }
}

/** The exception of this kind, as CloudStack's services throw it. */
export function fail(kind: Kind, text: string): ApiError {
  const { status, code } = kinds[kind];
  return new ApiError(text, status, code, kind === "invalid-parameter" ? status : kinds.runtime.status);
}

/** A `ServerApiException`: code 9999, and the status survives in a job. */
export function failBare(status: number, text: string): ApiError {
  return new ApiError(text, status, bareCode, status);
}

/** `InvalidParameterValueException`, the most frequent error: 431, 4350. */
export function invalid(text: string): ApiError {
  return fail("invalid-parameter", text);
}

/** The same failure as a command shows it that wraps every exception in a `ServerApiException`. */
export function rewrapped(error: unknown, status?: number): ApiError {
  if (error instanceof ApiError) return failBare(status ?? error.status, error.message);
  throw error;
}

/** Refused before the caller is known: 401 without a cserrorcode. */
export function unauthorized(): ApiError {
  return new ApiError("unable to verify user credentials and/or request signature", 401, undefined, 401);
}

/** The caller's role does not allow the command: 432 under `errorresponse`. */
export function unsupported(text: string): ApiError {
  return new ApiError(text, 432, undefined, 432, true);
}
