import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer } from "./envelope.ts";

/** What a path prefix is served by. `undefined` = cut the connection without an answer. */
export type Handler = (request: IncomingMessage) => Promise<Answer | undefined>;

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the handlers on loopback with keep-alive; the longest prefix of the path that fits wins.
 * @param now the time of the `Date` header, by which a client finds out that its clock differs
 */
export async function listen(
  port: number,
  handlers: Readonly<Record<string, Handler>>,
  now: () => number = Date.now,
): Promise<Listener> {
  const prefixes = Object.keys(handlers).sort((a, b) => b.length - a.length);
  const date = dateHeader(now);
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "/";
    const handler = handlers[prefixes.find((prefix) => path === prefix || path.startsWith(`${prefix}/`)) ?? ""];
    void serve(handler, request, response, date);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

async function serve(
  handler: Handler | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  date: () => string,
): Promise<void> {
  try {
    const answer = handler ? await handler(request) : notFound;
    if (answer) write(response, answer, date());
    else request.socket.destroy();
  } catch (error) {
    console.error(`${request.method} ${request.url?.split("?", 1)[0]}:`, error);
    request.socket.destroy();
  }
}

const notFound: Answer = { status: 404, body: Buffer.from("Not found\n"), contentType: "text/plain; charset=UTF-8" };

/** The header's text, made once a second. */
function dateHeader(now: () => number): () => string {
  let second = Number.NaN;
  let text = "";
  return () => {
    const current = Math.floor(now() / 1000);
    if (current !== second) {
      second = current;
      text = new Date(current * 1000).toUTCString();
    }
    return text;
  };
}

function write(response: ServerResponse, { status, body, contentType, errorText }: Answer, date: string): void {
  const described = errorText === undefined ? {} : { "X-Description": errorText.replace(/[^\x20-\x7e]/g, "?") };
  const headers = { Date: date, "Content-Type": contentType, "Content-Length": body.length, ...described };
  response.writeHead(status, headers);
  response.end(body);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
