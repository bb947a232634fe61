/** A raw, signed client for the emulator's own tests: what goes out and what comes back is as it is on the wire. */
import { createHmac } from "node:crypto";
import type { Emulator } from "../../emulator/cloudstack/server.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What is inside the envelope. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly envelope: string;
}

export interface Keys {
  readonly apiKey: string;
  readonly secretKey: string;
}

export type Params = Readonly<Record<string, string | number | boolean>>;

export interface CallOptions {
  readonly keys?: Keys;
  readonly algorithm?: "sha1" | "sha256" | "md5";
  readonly method?: "GET" | "POST";
}

export type Caller = (command: string, params?: Params, options?: CallOptions) => Promise<Answer>;

/** Calls an emulator as its administrator, or as whoever the options say. */
export function callerOf(
  emulator: Pick<Emulator, "apiUrl" | "apiKey" | "secretKey">,
  algorithm: NonNullable<CallOptions["algorithm"]> = "sha1",
): Caller {
  return (command, params = {}, options = {}) => {
    const keys = options.keys ?? emulator;
    const all = stringified({ command, response: "json", apikey: keys.apiKey, ...params });
    const signature = sign(all, keys.secretKey, options.algorithm ?? algorithm);
    return send(emulator.apiUrl, { ...all, signature }, options.method ?? "POST");
  };
}

/** Sends parameters as they are. */
export async function send(apiUrl: string, params: Params, method: "GET" | "POST" = "POST"): Promise<Answer> {
  const body = Object.entries(params)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join("&");
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const response = await (method === "GET" ? fetch(`${apiUrl}?${body}`) : fetch(apiUrl, { method, headers, body }));
  const text = await response.text();
  const parsed = text.startsWith("{") ? (JSON.parse(text) as Record<string, Record<string, unknown>>) : {};
  const [envelope = "", content = {}] = Object.entries(parsed)[0] ?? [];
  return { status: response.status, headers: response.headers, text, content, envelope };
}

/** The signature of these parameters, as the real server wants it. */
export function sign(params: Readonly<Record<string, string>>, secretKey: string, algorithm = "sha1"): string {
  const text = Object.keys(params)
    .sort()
    .map((name) => `${name}=${encodeValue(params[name] ?? "")}`)
    .join("&")
    .toLowerCase();
  return createHmac(algorithm, secretKey).update(text).digest("base64");
}

function encodeValue(value: string): string {
  return encodeURIComponent(value).replace(/[!~'()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}

function stringified(params: Params): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
}

/** Waits for the job of an asynchronous call and returns the end of it. */
export async function jobOf(call: Caller, answer: Answer): Promise<Readonly<Record<string, unknown>>> {
  const jobid = String(answer.content.jobid);
  for (;;) {
    const { content } = await call("queryAsyncJobResult", { jobid });
    if (content.jobstatus !== 0) return content;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** One object of an answer: `object(answer, "domain").id`. */
export function object(answer: Answer, name: string): Readonly<Record<string, unknown>> {
  return answer.content[name] as Record<string, unknown>;
}

/** The rows of a list answer; an empty list has none. */
export function rows(answer: Answer, name: string): readonly Readonly<Record<string, unknown>>[] {
  return (answer.content[name] ?? []) as Record<string, unknown>[];
}
