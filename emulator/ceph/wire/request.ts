import type { IncomingMessage } from "node:http";
import type { Json } from "../../cloudstack/models/jobs.ts";
import { readBody } from "../../cloudstack/wire/request.ts";
import { httpError } from "../models/errors.ts";

/** A request, taken apart. */
export interface Request {
  readonly method: string;
  /** Segments of the path, decoded. */
  readonly segments: readonly string[];
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly accept: string;
  readonly token: string | undefined;
  /** Fields of the JSON body. @throws 400 when it is not JSON */
  fields(): ReadonlyMap<string, Json>;
}

const withBody = new Set(["POST", "PUT"]);
const jsonTypes = ["application/json", "text/javascript"];

export async function readRequest(message: IncomingMessage): Promise<Request> {
  const { pathname, searchParams } = new URL(message.url ?? "/", "http://localhost");
  const body = await readBody(message);
  const type = message.headers["content-type"] ?? "";
  const method = message.method ?? "GET";
  return {
    method,
    path: pathname,
    segments: pathname
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent),
    query: new Map(searchParams),
    accept: message.headers.accept ?? "",
    token: tokenOf(message),
    // Any other type, even one with a charset behind it, and the body's fields are not seen (`get_request_body_params`).
    fields: () => (withBody.has(method) && jsonTypes.includes(type) ? parseFields(body) : new Map()),
  };
}

function parseFields(body: string): Map<string, Json> {
  if (body.trim() === "") return new Map();
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    throw httpError(400, "Invalid JSON document");
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw httpError(400, "Invalid JSON document");
  }
  return new Map(Object.entries(content as Record<string, Json>));
}

/** The cookie wins over the header, as in `JwtManager.get_token_from_header`. */
function tokenOf({ headers }: IncomingMessage): string | undefined {
  const cookie = /(?:^|;\s*)token=([^;]+)/.exec(headers.cookie ?? "")?.[1];
  if (cookie !== undefined) return cookie;
  const [scheme = "", token] = (headers.authorization ?? "").split(" ", 2);
  return scheme.toLowerCase() === "bearer" ? token : undefined;
}
