import type { Json } from "../../cloudstack/models/jobs.ts";
import { dashboardError, Failure, MonitorRefusal, pythonError } from "../models/errors.ts";

/** An answer before it is written. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  415: "Unsupported Media Type",
  500: "Internal Server Error",
  501: "Not Implemented",
};

/** Version of the web server that the error page names. */
const cherrypyVersion = "18.6.1";

export function mediaType(version: string): string {
  return `application/vnd.ceph.api.v${version}+json`;
}

export function jsonAnswer(status: number, content: Json | undefined, version?: string): Answer {
  const type = version === undefined ? "application/json" : mediaType(version);
  const body = status === 204 ? "" : JSON.stringify(content ?? null);
  return { status, body, headers: { "Content-Type": type } };
}

export function htmlAnswer(body: string): Answer {
  return { status: 200, body, headers: { "Content-Type": "text/html;charset=utf-8" } };
}

/** The answer to whatever was thrown; `component` names the controller where the monitors refused. */
export function failureAnswer(error: unknown, component: string | undefined): Answer {
  const failure = asFailure(error, component);
  const { status, message, code } = failure;
  if (failure.body === "page") return errorPage(status, message, failure.traceback);
  const content = { detail: message, ...(code === undefined ? {} : { code }), component: failure.component ?? null };
  return jsonAnswer(status, content);
}

/** The web server's own page, as JSON. */
export function errorPage(status: number, detail: string, traceback = ""): Answer {
  const line = `${status} ${reasons[status] ?? "Error"}`;
  return jsonAnswer(status, { status: line, detail, traceback, version: cherrypyVersion });
}

function asFailure(error: unknown, component: string | undefined): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof MonitorRefusal) {
    return dashboardError(error.message, { code: String(error.errno), ...(component ? { component } : {}) });
  }
  console.error("the Ceph emulator failed:", error);
  return pythonError(error instanceof Error ? error.name : "Exception", String(error));
}
