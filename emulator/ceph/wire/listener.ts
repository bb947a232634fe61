import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type Answer, failureAnswer } from "./answer.ts";
import type { Handler } from "./manager.ts";
import { readRequest } from "./request.ts";

/** A certificate and its key, PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

export interface Listener {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  cutConnections(): void;
  close(): Promise<void>;
}

/** Serves a handler on loopback. @throws when the port is taken */
export async function listen(port: number, handler: Handler, now: () => number, tls?: Tls): Promise<Listener> {
  const answer = (message: IncomingMessage, response: ServerResponse) => {
    response.setHeader("Date", new Date(now()).toUTCString());
    response.setHeader("Server", "Ceph-Dashboard");
    void serve(handler, message, response);
  };
  const server: Server = tls ? createHttpsServer({ ...tls }, answer) : createHttpServer({}, answer);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    origin: `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutConnections: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(handler: Handler, message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const answer = await handler(await readRequest(message));
    if (answer) write(response, answer);
    else message.socket.destroy();
  } catch (error) {
    write(response, failureAnswer(error, undefined));
  }
}

function write(response: ServerResponse, { status, body, headers }: Answer): void {
  const length = status === 204 ? {} : { "Content-Length": Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
}
