/** A failure as the dashboard answers it: its own JSON body, or the page of the web server below it. */
export class Failure extends Error {
  readonly status: number;
  readonly body: "dashboard" | "page";
  readonly code: string | undefined;
  readonly component: string | undefined;
  /** Python's last line, which the web server's page carries as `traceback`. */
  readonly traceback: string;

  constructor(status: number, text: string, options: FailureOptions) {
    super(text);
    this.status = status;
    this.body = options.body;
    this.code = options.code;
    this.component = options.component;
    this.traceback = options.traceback ?? "";
  }
}

interface FailureOptions {
  readonly body: "dashboard" | "page";
  readonly code?: string | undefined;
  readonly component?: string | undefined;
  readonly traceback?: string;
}

/** `DashboardException`: 400 unless said otherwise; the code is left out when nothing gave one (`exceptions.py`). */
export function dashboardError(
  text: string,
  options: { readonly code?: string; readonly component?: string; readonly status?: number } = {},
): Failure {
  return new Failure(options.status ?? 400, text, {
    body: "dashboard",
    code: options.code,
    component: options.component,
  });
}

/** `cherrypy.HTTPError`: the web server's own page, as JSON (`json_error_page`). */
export function httpError(status: number, text: string): Failure {
  return new Failure(status, text, { body: "page" });
}

/** An exception that nobody caught: 500, and what happened is only in the traceback. */
export function pythonError(type: string, text: string): Failure {
  const shown = "The server encountered an unexpected condition which prevented it from fulfilling the request.";
  return new Failure(500, shown, { body: "page", traceback: `Traceback (most recent call last):\n${type}: ${text}\n` });
}

/** What a real server has and this one lacks: always refused, by name. */
export function notImplemented(what: string): Failure {
  return dashboardError(`${what} is not implemented by this emulator (see emulator/ceph/COVERAGE.md)`, {
    status: 501,
    code: "not_implemented",
    component: "emulator",
  });
}

/** Linux error numbers that monitors answer with. */
const errnos = {
  EPERM: 1,
  ENOENT: 2,
  EBUSY: 16,
  EEXIST: 17,
  EINVAL: 22,
  ERANGE: 34,
  ENOTEMPTY: 39,
  ENOTSUP: 95,
} as const;

/** A command that the monitors refused: `[errno -1] text`, 400, with the number as code (`SendCommandError`). */
export class MonitorRefusal extends Error {
  readonly errno: number;
  readonly reason: string;

  constructor(name: keyof typeof errnos, reason: string) {
    super(`[errno -${errnos[name]}] ${reason}`);
    this.errno = errnos[name];
    this.reason = reason;
  }
}

export function refuse(name: keyof typeof errnos, reason: string): MonitorRefusal {
  return new MonitorRefusal(name, reason);
}
