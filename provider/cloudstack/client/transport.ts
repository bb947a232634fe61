import type { Agent, ClientRequest, IncomingHttpHeaders } from "node:http";
import { http, https } from "../../core/http.ts";
import { authority, isTlsFailure } from "../../core/tls.ts";
import { CloudStackError, type ErrorKind } from "./errors.ts";
import { isRead } from "./repeatable.ts";

export interface TransportOptions {
  apiUrl: string;
  /** Seconds that one answer may take. Jobs are no answers: they are polled. */
  timeout: number;
  /** Requests on the way at once, for all clients of one endpoint in this process. */
  concurrency: number;
  /** PEM text, or the path of a PEM file, of the authority that issued the server's certificate. */
  caCertificate?: string | undefined;
  verifyTls: boolean;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** How long the answer to a change that was sent is still waited for when nobody wants it any more: it names what was made. */
const LAST_ANSWER_MS = 5_000;

/** The management server closes idle connections after 30 s; ours close first, so that a request never meets a closing one. */
const IDLE_MS = 10_000;

const agents = new Map<string, Agent>();

/** Sends signed form bodies to one endpoint over kept-alive connections. The endpoint's agent is also its concurrency limit. */
export class Transport {
  private readonly url: URL;
  private readonly options: TransportOptions;
  private readonly agent: Agent;

  constructor(options: TransportOptions) {
    this.options = options;
    this.url = new URL(options.apiUrl);
    this.agent = agentFor(this.url, options);
  }

  /** One POST, no retry. A change that was sent before `signal` aborts may still be answered. */
  post(command: string, body: string, signal?: AbortSignal): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    // Nothing of a request can have been read by the server before its connection stood.
    let connected = false;
    const fail = (error: NodeJS.ErrnoException) =>
      reject(wireError(command, this.url, error, connected, signal?.aborted ?? false));

    const request = (this.url.protocol === "https:" ? https : http).request(
      this.url,
      {
        method: "POST",
        agent: this.agent,
        timeout: this.options.timeout * 1000,
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "content-length": Buffer.byteLength(body),
          accept: "application/json",
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    request.on("socket", (socket) => {
      if (!socket.connecting) connected = true;
      else socket.once(this.url.protocol === "https:" ? "secureConnect" : "connect", () => (connected = true));
    });
    cancelWith(signal, request, () => connected && !isRead(command));
    request.on("timeout", () => request.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
    request.on("error", fail);
    request.end(body);
    return promise;
  }
}

/** Ends the request when `signal` aborts, or somewhat later if `deservesAnswer`. */
function cancelWith(signal: AbortSignal | undefined, request: ClientRequest, deservesAnswer: () => boolean): void {
  const end = () => request.destroy(new Error("cancelled"));
  const cancel = () => (deservesAnswer() ? setTimeout(end, LAST_ANSWER_MS).unref() : end());
  if (signal?.aborted) end();
  signal?.addEventListener("abort", cancel, { once: true });
  request.on("close", () => signal?.removeEventListener("abort", cancel));
}

function agentFor(url: URL, options: TransportOptions): Agent {
  const key = [url.origin, options.concurrency, options.verifyTls, options.caCertificate ?? ""].join("\n");
  const known = agents.get(key);
  if (known) return known;
  const common = { keepAlive: true, maxSockets: options.concurrency, timeout: IDLE_MS, scheduling: "lifo" } as const;
  const agent =
    url.protocol === "https:"
      ? new https.Agent({ ...common, rejectUnauthorized: options.verifyTls, ...authority(options.caCertificate) })
      : new http.Agent(common);
  agents.set(key, agent);
  return agent;
}

function wireError(
  command: string,
  url: URL,
  error: NodeJS.ErrnoException,
  connected: boolean,
  cancelled: boolean,
): CloudStackError {
  const code = error.code ?? "";
  const kind: ErrorKind = cancelled
    ? "cancelled"
    : isTlsFailure(code)
      ? "tls"
      : code === "ENOTFOUND" || code === "EAI_AGAIN"
        ? "dns"
        : code === "ETIMEDOUT"
          ? "timeout"
          : connected
            ? "dropped"
            : "refused";
  return new CloudStackError({
    kind,
    command,
    text: `${WIRE_TEXTS[kind] ?? "no answer from"} ${url.origin}${kind === "cancelled" ? "" : ` (${error.message})`}`,
    mayHaveHappened: connected && kind !== "tls",
    cause: error,
  });
}

const WIRE_TEXTS: Partial<Record<ErrorKind, string>> = {
  refused: "cannot connect to",
  dns: "unknown host of",
  tls: "no trusted TLS connection to",
  timeout: "no answer in time from",
  dropped: "the connection was lost before an answer came from",
  cancelled: "cancelled while waiting for",
};
