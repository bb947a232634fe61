import type { Agent, IncomingHttpHeaders } from "node:http";
import type { Agent as TlsAgent } from "node:https";
import { http, https } from "../../core/http.ts";
import { authority, isTlsFailure } from "../../core/tls.ts";
import { CephError, type ErrorKind } from "./errors.ts";

export interface TransportOptions {
  /** Seconds that one answer may take. Tasks are no answers: they are polled. */
  readonly timeout: number;
  /** PEM text, or the path of a PEM file. */
  readonly caCertificate?: string | undefined;
  readonly verifyTls: boolean;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** The endpoint as messages name it. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The dashboard has 30 threads for everybody. */
const concurrency = 8;
/** Its web server closes idle connections after 10 s; ours close first, so that a request never meets a closing one. */
const idleMs = 5_000;

/** Sends requests to any manager over kept-alive connections, without any retry. */
export class Transport {
  private readonly options: TransportOptions;
  private readonly agents: { http: Agent; https: TlsAgent };

  constructor(options: TransportOptions) {
    this.options = options;
    const common = { keepAlive: true, maxSockets: concurrency, timeout: idleMs, scheduling: "lifo" } as const;
    this.agents = {
      http: new http.Agent(common),
      https: new https.Agent({
        ...common,
        rejectUnauthorized: options.verifyTls,
        ...authority(options.caCertificate),
      }),
    };
  }

  send(wanted: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const url = new URL(wanted.url);
    const isSecure = url.protocol === "https:";
    // Nothing of a request can have been read by the server before its connection stood.
    let connected = false;
    const fail = (error: NodeJS.ErrnoException) => reject(wireError(wanted, url, error, { connected, signal }));
    const { method, body } = wanted;
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const request = (isSecure ? https : http).request(
      url,
      {
        method,
        agent: isSecure ? this.agents.https : this.agents.http,
        timeout: this.options.timeout * 1000,
        headers: { ...wanted.headers, ...length },
        ...(signal === undefined ? {} : { signal }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, text: Buffer.concat(chunks).toString("utf8") });
        });
      },
    );
    request.on("socket", (socket) => {
      if (!socket.connecting) connected = true;
      else socket.once(isSecure ? "secureConnect" : "connect", () => (connected = true));
    });
    request.on("timeout", () => request.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
    request.on("error", fail);
    request.end(body);
    return promise;
  }
}

interface Circumstances {
  readonly connected: boolean;
  readonly signal: AbortSignal | undefined;
}

function wireError(
  { endpoint }: HttpRequest,
  url: URL,
  error: NodeJS.ErrnoException,
  { connected, signal }: Circumstances,
): CephError {
  const kind = kindOfWire(error.code ?? "", connected, signal?.aborted ?? false);
  const why = kind === "cancelled" ? reasonOf(signal) : ` (${error.message})`;
  return new CephError({
    kind,
    endpoint,
    text: `${wireTexts[kind] ?? "no answer from"} ${url.origin}${why}`,
    mayHaveHappened: connected && kind !== "tls",
    cause: error,
  });
}

function reasonOf(signal: AbortSignal | undefined): string {
  return signal?.reason instanceof Error ? `: ${signal.reason.message}` : "";
}

function kindOfWire(code: string, connected: boolean, cancelled: boolean): ErrorKind {
  if (cancelled) return "cancelled";
  if (isTlsFailure(code)) return "tls";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "dns";
  if (code === "ETIMEDOUT") return connected ? "timeout" : "refused";
  return connected ? "dropped" : "refused";
}

const wireTexts: Partial<Record<ErrorKind, string>> = {
  refused: "cannot connect to",
  dns: "unknown host of",
  tls: "no trusted TLS connection to",
  timeout: "no answer in time from",
  dropped: "the connection was lost before an answer came from",
  cancelled: "cancelled while waiting for",
};
