/** The client of the Ceph Dashboard's REST API: what resources and functions talk to. */
import { setTimeout as sleep } from "node:timers/promises";
import { contentOf, isStandby } from "./answer.ts";
import { CephError, isCephError } from "./errors.ts";
import { Managers } from "./managers.ts";
import { isTask, waitFor } from "./tasks.ts";
import { Transport } from "./transport.ts";

export interface ClientOptions {
  /** Addresses of the managers' dashboards, without a slash at the end. */
  readonly urls: readonly string[];
  readonly username: string;
  readonly password: string;
  readonly timeout?: number;
  readonly caCertificate?: string | undefined;
  readonly verifyTls?: boolean;
}

export interface CallOptions {
  /** Values for the names in braces of the path. */
  readonly path?: Readonly<Record<string, string>>;
  /** Undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Undefined properties are left out. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Version of the endpoint; a server that wants another one says so, and is asked again. */
  readonly version?: string;
  /** The request may be sent again even if a lost one was carried out. Default: all but POST. */
  readonly repeatable?: boolean;
  /** The request changes nothing, whatever its method. */
  readonly reads?: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Request extends CallOptions {
  readonly method: string;
  readonly template: string;
  readonly endpoint: string;
  readonly isLogin?: boolean;
}

/** How long a list counts as fresh, unless something is changed by us before. */
const freshMs = 5_000;
/** How long a fail-over is waited for once the cluster has answered, and before. */
const patienceMs = { known: 60_000, unknown: 1_500 };
const longestPauseMs = 3_000;

export class Client {
  private readonly options: ClientOptions;
  private readonly transport: Transport;
  private readonly managers: Managers;
  private token: Promise<string> | undefined;
  private answered = false;
  /** Versions that endpoints have told us, by method and path. */
  private readonly versions = new Map<string, string>();
  private readonly lists = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();

  constructor(options: ClientOptions) {
    this.options = options;
    const { timeout = 60, caCertificate, verifyTls = true } = options;
    this.transport = new Transport({ timeout, caCertificate, verifyTls });
    this.managers = new Managers(options.urls);
  }

  /**
   * Proves that the cluster answers to this user, and that its version will do.
   * @throws CephError which says whether it is the address, TLS, the user or the version
   */
  async connect(): Promise<void> {
    const { version } = ((await this.list("summary")) ?? {}) as { version?: string };
    const major = Number(/ceph version (\d+)\./.exec(version ?? "")?.[1] ?? oldestMajor);
    if (major >= oldestMajor) return;
    const text = `the cluster is ${version}, at least ${oldestMajor} is needed`;
    throw new CephError({ kind: "version", endpoint: "GET /api/summary", text });
  }

  /**
   * Any call, to the end of its task if it becomes one: the JSON of the answer.
   * @param template path below `/api/`, with names in braces for values: `pool/{name}`
   * @throws CephError; with `facts.mayHaveHappened` where a POST was lost, so that its caller looks for what it made
   */
  async send(method: string, template: string, options: CallOptions = {}): Promise<unknown> {
    const endpoint = `${method} /api/${template}`;
    const isRead = method === "GET" || options.reads === true;
    const request = { ...options, method, template, endpoint };
    try {
      return await this.carryOut(request).catch((error: unknown) => {
        // Its manager is gone, and the new one has either what it did or can do it again.
        if (isCephError(error, "task-lost") && isRepeatable(request)) return this.carryOut(request);
        throw error;
      });
    } finally {
      if (!isRead) this.forget();
    }
  }

  /** Sends a request and waits for its task, if it becomes one. */
  private async carryOut(request: Request): Promise<unknown> {
    const { endpoint, signal } = request;
    const { status, content } = await this.exchange(request);
    if (status !== 202 || !isTask(content)) return content;
    const list = (name: string) => this.send("GET", "task", { query: { name }, signal });
    return waitFor(content, { endpoint, list, scrub: this.scrub, signal });
  }

  /** A GET whose answer may be some seconds old, so that all reads of a refresh share it. */
  list(template: string, options: CallOptions = {}): Promise<unknown> {
    const { signal, path = {}, query = {} } = options;
    const key = JSON.stringify([template, path, query]);
    const known = this.lists.get(key);
    if (known !== undefined && Date.now() - known.at < freshMs) return abortable(known.answer, signal);
    // Not tied to a caller's signal: others wait for the same list.
    const { signal: _, ...shared } = options;
    const answer = this.send("GET", template, shared);
    this.lists.set(key, { at: Date.now(), answer });
    answer.catch(() => this.lists.delete(key));
    return abortable(answer, signal);
  }

  /** What was listed before is no longer true. */
  forget(): void {
    this.lists.clear();
  }

  /** Sends a request to whichever manager is active, however many have to be asked, with a session and the right version. */
  private async exchange(request: Request): Promise<{ status: number; content: unknown }> {
    const deadline = () => Date.now() + (this.answered ? patienceMs.known : patienceMs.unknown);
    let until: number | undefined;
    let renewed = false;
    for (let attempt = 0; ; attempt++) {
      const session = request.isLogin ? undefined : this.session();
      const token = session && (await abortable(session, request.signal));
      const manager = this.managers.current;
      try {
        const answer = await this.ask(request, manager, token);
        this.answered = true;
        return answer;
      } catch (error) {
        if (!isCephError(error)) throw error;
        if (this.learnVersion(request, error)) continue;
        if (error.kind === "auth" && !request.isLogin && !renewed) {
          renewed = true;
          if (this.token === session) this.token = undefined;
          continue;
        }
        until ??= deadline();
        if (!mayGoOn(request, error) || Date.now() >= until) throw this.lastWord(error);
        if (error.kind !== "standby") this.managers.leave(manager);
        await this.rest(attempt, error, request.signal);
      }
    }
  }

  /** One request to one manager. */
  private async ask(request: Request, manager: string, token: string | undefined) {
    const { method, endpoint, signal } = request;
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const headers = {
      accept: `application/vnd.ceph.api.v${this.versions.get(endpoint) ?? request.version ?? "1.0"}+json`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const answer = await this.transport.send({ method, url: urlOf(manager, request), endpoint, headers, body }, signal);
    if (isStandby(answer)) {
      const { location } = answer.headers;
      const isRedirect = answer.status >= 300 && answer.status < 400;
      if (!isRedirect || location === undefined || !this.managers.follow(manager, location))
        this.managers.leave(manager);
      throw new CephError({ kind: "standby", endpoint, text: "no active manager answered", httpStatus: answer.status });
    }
    return { status: answer.status, content: contentOf(answer, { endpoint, manager, scrub: this.scrub }) };
  }

  /** The token of the session, asked for once for all. */
  private session(): Promise<string> {
    const token = this.token ?? this.logIn();
    this.token = token;
    token.catch(() => {
      if (this.token === token) this.token = undefined;
    });
    return token;
  }

  private async logIn(): Promise<string> {
    const { username, password } = this.options;
    const endpoint = "POST /api/auth";
    const body = { username, password };
    const request = { method: "POST", template: "auth", endpoint, body, repeatable: true, isLogin: true };
    const { content } = await this.exchange(request);
    const { token, pwdUpdateRequired } = (content ?? {}) as { token?: unknown; pwdUpdateRequired?: unknown };
    if (pwdUpdateRequired === true) {
      throw new CephError({ kind: "auth", endpoint, text: `the password of ${username} must be changed first` });
    }
    if (typeof token === "string") return token;
    throw new CephError({ kind: "not-ceph", endpoint, text: "the answer holds no token" });
  }

  /** Remembers the version that an endpoint says it has. @returns whether the request is worth repeating */
  private learnVersion({ endpoint }: Request, error: CephError): boolean {
    const wanted = /endpoint is '(\d+\.\d+)'/.exec(error.facts.text)?.[1];
    if (error.kind !== "version" || wanted === undefined || this.versions.get(endpoint) === wanted) return false;
    this.versions.set(endpoint, wanted);
    return true;
  }

  /** Before the next manager is asked: at once, and after each round a growing while. */
  private async rest(attempt: number, error: CephError, signal: AbortSignal | undefined): Promise<void> {
    if ((attempt + 1) % this.managers.count !== 0) return;
    const round = Math.floor(attempt / this.managers.count);
    const ms = Math.min(200 * 2 ** round, longestPauseMs);
    await sleep(ms / 2 + (Math.random() * ms) / 2, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw error;
    });
  }

  /** With several managers the last one's failure is only a part of the story. */
  private lastWord(error: CephError): CephError {
    if (!["refused", "dns", "standby", "timeout", "dropped"].includes(error.kind)) return error;
    return new CephError({ ...error.facts, managers: this.managers.all });
  }

  private readonly scrub = (text: string): string => text.replaceAll(this.options.password, "[secret]");
}

/** The first version whose dashboard manages cephx users and subvolumes. */
const oldestMajor = 18;

/** Whether another manager, or the same one later, may be asked. */
function mayGoOn(request: Request, error: CephError): boolean {
  if (request.signal?.aborted) return false;
  if (error.kind === "refused" || error.kind === "standby" || error.kind === "dns") return true;
  return (error.kind === "dropped" || error.kind === "timeout") && isRepeatable(request);
}

function isRepeatable({ method, repeatable = method !== "POST" }: Request): boolean {
  return repeatable;
}

function urlOf(manager: string, { template, path = {}, query = {} }: Request): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ""));
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(given).toString();
  return `${manager}/api/${filled}${search === "" ? "" : `?${search}`}`;
}

/** A promise that others share, for one who may lose interest. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", abort));
}
