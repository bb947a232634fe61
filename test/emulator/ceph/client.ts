/** A raw client for the Ceph emulator's own tests: what goes out and what comes back is as it is on the wire. */
import type { CephEmulator } from "../../../emulator/ceph/server.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; undefined when it is none. */
  readonly body: unknown;
}

export interface CallOptions {
  /** Which manager is asked; the first one when absent. */
  readonly manager?: number;
  /** Version in the Accept header; `1.0` when absent. */
  readonly version?: string;
  /** Headers that differ from what a good client sends; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly token?: string;
}

export class Client {
  readonly #emulator: CephEmulator;
  readonly #token: string;

  private constructor(emulator: CephEmulator, token: string) {
    this.#emulator = emulator;
    this.#token = token;
  }

  /** A client that is logged in as the administrator, or as whoever is named. */
  static async logIn(
    emulator: CephEmulator,
    { username, password }: { readonly username: string; readonly password: string } = emulator,
  ): Promise<Client> {
    const anonymous = new Client(emulator, "");
    const { body } = await anonymous.call("POST", "/api/auth", { username, password });
    return new Client(emulator, (body as { token: string }).token);
  }

  get token(): string {
    return this.#token;
  }

  async call(method: string, path: string, body?: object, options: CallOptions = {}): Promise<Answer> {
    const url = `${this.#emulator.urls[options.manager ?? 0]}${path}`;
    const headers: Record<string, string | undefined> = {
      Accept: `application/vnd.ceph.api.v${options.version ?? "1.0"}+json`,
      Authorization: `Bearer ${options.token ?? this.#token}`,
      ...(body ? { "Content-Type": "application/json" } : {}),
      ...options.headers,
    };
    const sent = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const init = { method, headers: Object.fromEntries(sent), redirect: "manual" as const };
    const response = await fetch(url, body ? { ...init, body: JSON.stringify(body) } : init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  }

  /** The body of a success. @throws with the answer when it is none */
  async get<T>(path: string, version = "1.0"): Promise<T> {
    const { status, text, body } = await this.call("GET", path, undefined, { version });
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
    return body as T;
  }

  async control(method: string, path: string, body?: object): Promise<Answer> {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const response = await fetch(`${this.#emulator.controlUrl}/${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
