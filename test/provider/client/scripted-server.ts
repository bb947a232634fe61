import http from "node:http";
import type { AddressInfo } from "node:net";
import { Client, type ClientOptions } from "../../../provider/cloudstack/client/client.ts";

export type Parameters = Record<string, string>;

/** What the script does with one request: an answer, or the connection cut before any answer. */
export type Reply = { status?: number; body: unknown; headers?: Record<string, string> } | "cut";

export interface ScriptedServer {
  apiUrl: string;
  /** Parameters of every request so far, in order. */
  requests: Parameters[];
  /** How many connections were opened. */
  connections(): number;
  /** How often a command came. */
  count(command: string): number;
  client(options?: Partial<ClientOptions>): Client;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A server that answers as its script says; for what an emulator cannot do: half answers, foreign answers, broken wires. */
export async function scriptedServer(
  script: (parameters: Parameters, nth: number) => Reply | Promise<Reply>,
): Promise<ScriptedServer> {
  const requests: Parameters[] = [];
  const count = (command: string) => requests.filter((r) => r.command === command).length;
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const parameters = Object.fromEntries(new URLSearchParams(body));
    requests.push(parameters);
    const reply = await script(parameters, count(parameters.command ?? ""));
    if (reply === "cut") return request.socket.destroy();
    const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
    return response.writeHead(reply.status ?? 200, reply.headers).end(text);
  });
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/api`;
  return {
    apiUrl,
    requests,
    connections: () => connections,
    count,
    client: (options) => new Client({ apiUrl, apiKey: "key", secretKey: "secret", signature: "sha1", ...options }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `{"<command>response": payload}`. */
export function answer(command: string | undefined, payload: unknown): Reply {
  return { body: { [`${command?.toLowerCase()}response`]: payload } };
}

export function refusal(command: string | undefined, errorcode: number, errortext: string): Reply {
  return {
    status: errorcode,
    body: { [`${command?.toLowerCase()}response`]: { uuidList: [], errorcode, cserrorcode: 9999, errortext } },
  };
}
