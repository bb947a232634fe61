/** A minimal signed CloudStack client for tests: it hides nothing, so that a test sees status and body as they are. */
import { createHmac } from "node:crypto";

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Endpoint {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly secretKey: string;
  /** What it takes signatures by; default SHA-1, as Apache CloudStack. */
  readonly digest?: "sha1" | "sha256";
}

/** Sends one signed call (signature version 1) and returns the answer whatever its status is. */
export async function call(
  endpoint: Endpoint,
  command: string,
  params: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const all: Record<string, string> = { ...params, command, response: "json", apikey: endpoint.apiKey };
  const query = Object.keys(all)
    .sort()
    .map((name) => `${name}=${encode(all[name] ?? "")}`)
    .join("&");
  const signature = createHmac(endpoint.digest ?? "sha1", endpoint.secretKey)
    .update(query.toLowerCase())
    .digest("base64");
  const answer = await fetch(endpoint.apiUrl, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: [
      ...Object.entries(all).map(([name, value]) => `${encodeURIComponent(name)}=${encode(value)}`),
      `signature=${encode(signature)}`,
    ].join("&"),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** The object inside the envelope `{"<command>response": {...}}`. */
export function content(answer: Answer): Readonly<Record<string, unknown>> {
  const [inner] = Object.values(answer.body);
  return (inner ?? {}) as Record<string, unknown>;
}

/** Percent-encoding as the server does it: `encodeURIComponent` leaves five more characters bare than Java does. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(/[!~'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
