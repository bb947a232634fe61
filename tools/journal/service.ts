/**
 * The engine's state service on loopback, over the folder of a file backend: of its REST interface
 * (pkg/backend/httpstate/client) what the operations that change a stack need. The engine then sends what each step
 * changes, where to a folder it writes the whole state before and after each step.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Operations, owner } from "./operations.ts";
import { Refusal } from "./refusal.ts";

/** A service that runs. */
export interface StateService {
  /** Environment of the engine that is to use it; nobody else knows its token. */
  env: Record<string, string>;
  /** Ends it. What an engine has written by then becomes the state, whether that engine ended well or was killed. */
  close(): Promise<void>;
}

/**
 * Starts a service for one run of the engine.
 * @param folder `.pulumi` of the file backend, absolute
 */
export async function startStateService(folder: string): Promise<StateService> {
  const token = randomBytes(24).toString("base64url");
  const operations = new Operations(folder, token);
  const server = createServer((request, response) => void answer(request, response, token, operations));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = await mkdtemp(join(tmpdir(), "strata-engine-"));
  await writeFile(join(credentials, "credentials.json"), credentialsOf(url, token), { mode: 0o600 });
  const close = async () => {
    const end = once(server, "close");
    server.close();
    server.closeAllConnections();
    await end;
    await operations.abandon();
    await rm(credentials, { recursive: true, force: true });
  };
  return { env: environment(url, token, credentials), close };
}

function environment(url: string, token: string, credentials: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: url,
    PULUMI_ACCESS_TOKEN: token,
    // Of this run: what the engine remembers of its logins is not for a service that is gone tomorrow.
    PULUMI_CREDENTIALS_PATH: credentials,
    // The way in which the state is encrypted stays as it is where the stack's file does not say.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    // A step waits for its entries to be on the disk; the engine's default gathers them for 50 ms.
    PULUMI_JOURNALING_BATCH_PERIOD: "5",
  };
}

/** As the engine keeps its logins, so that it does not announce one. */
function credentialsOf(url: string, token: string): string {
  const account = { accessToken: token, username: owner, organizations: [owner], lastValidatedAt: new Date() };
  return JSON.stringify({ current: url, accessTokens: { [url]: token }, accounts: { [url]: account } });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  operations: Operations,
): Promise<void> {
  const send = (status: number, value: unknown) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value ?? {}));
  };
  try {
    const shown = request.headers.authorization;
    if (shown !== `token ${token}` && shown !== `update-token ${token}`) {
      throw new Refusal(401, "this service belongs to another run of the engine");
    }
    const path = pathOf(request);
    send(200, await route(request.method ?? "GET", path, await bodyOf(request, path), operations));
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500;
    send(status, { code: status, message: error instanceof Error ? error.message : String(error) });
  }
}

/** Without `/api` and without the query. */
function pathOf({ url = "/" }: IncomingMessage): string[] {
  return new URL(url, "http://localhost").pathname.split("/").slice(2).map(decodeURIComponent);
}

async function bodyOf(request: IncomingMessage, path: readonly string[]): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
  // Every step comes once more as events, which only matter where they sum up.
  if (text === "" || (path.includes("events") && !text.includes('"summaryEvent"'))) return {};
  return JSON.parse(text);
}

/** The engine's paths: the user, `stacks/OWNER/PROJECT/STACK`, and below it a kind of operation and its id. */
async function route(method: string, path: string[], body: unknown, operations: Operations): Promise<unknown> {
  const [area, , project = "", stack = "", word = "", id = "", ...action] = path;
  if (area === "user") return { githubLogin: owner, name: owner, organizations: [{ githubLogin: owner, name: owner }] };
  // Without that of journals, which the answer to a run's start has.
  if (area === "capabilities") return { capabilities: [] };
  if (area !== "stacks" || stack === "") throw new Refusal(404, `${method} /${path.join("/")} is not served here`);
  if (method === "GET" && word === "") return await operations.stack(project, stack);
  if (method === "GET" && word === "export") return await operations.state(project, stack);
  if (method === "POST" && id === "") return await operations.announce(project, stack, word, body);
  if (method === "POST" && action.length === 0) return await operations.start(id, body);
  return await operations.act(id, action.join("/"), body);
}
