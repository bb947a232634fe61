import { objectOf, type Row } from "./answer.ts";
import { Capabilities } from "./capabilities.ts";
import { isCloudStackError, provesGone } from "./errors.ts";
import { Gate } from "./gate.ts";
import { Jobs } from "./jobs.ts";
import { isRead, isRepeatable } from "./quirks.ts";
import { Reads } from "./reads.ts";
import { backoff, withRetries } from "./retry.ts";
import { Session } from "./session.ts";
import type { SignatureAlgorithm } from "./sign.ts";
import { Transport } from "./transport.ts";

export type { Row } from "./answer.ts";

/** How to reach a server; times in seconds. */
export interface ClientOptions {
  apiUrl: string;
  apiKey: string;
  secretKey: string;
  signature?: "auto" | SignatureAlgorithm | undefined;
  /** For one answer, default 60. Jobs take as long as the caller's signal allows. */
  timeout?: number | undefined;
  /** Requests on the way at once, per endpoint, default 24. */
  concurrency?: number | undefined;
  caCertificate?: string | undefined;
  verifyTls?: boolean | undefined;
}

/** Values become text; undefined ones are not sent; lists are joined by commas. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /**
   * For requests that create: looks for what one without an answer may have made, so that it is not made twice. Without it such
   * a request fails with `mayHaveHappened`.
   */
  findLost?: (() => Promise<Row | undefined>) | undefined;
}

/** An accepted request. */
export interface Started {
  /** The new object's id, where the server tells it at once. */
  readonly id: string | undefined;
  readonly jobId: string | undefined;
  /** Waits for the job, if there is one; the object it is about, or the answer itself. */
  end(): Promise<Row>;
}

/** One CloudStack API endpoint with one user's keys. Opens no connection before the first call. */
export class CloudStack {
  readonly reads: Reads;
  readonly gate: Gate;
  readonly capabilities: Capabilities;
  private readonly session: Session;
  private readonly jobs: Jobs;

  constructor(options: ClientOptions) {
    const transport = new Transport({
      apiUrl: options.apiUrl,
      timeout: options.timeout ?? 60,
      concurrency: options.concurrency ?? 24,
      caCertificate: options.caCertificate,
      verifyTls: options.verifyTls ?? true,
    });
    this.session = new Session(transport, options, options.signature ?? "auto");
    this.jobs = new Jobs((jobid, signal) => this.ask("queryAsyncJobResult", { jobid }, signal));
    this.reads = new Reads((command, parameters, signal) => this.ask(command, parameters, signal));
    this.gate = new Gate(this.reads);
    this.capabilities = new Capabilities((command) => this.ask(command, {}));
  }

  /** One read: the payload of a get…, list… or query… answer. Repeated freely when the connection fails. */
  ask(command: string, parameters: Parameters, signal?: AbortSignal): Promise<Row> {
    const rules = { repeatable: true, answeredBefore: () => this.session.answeredBefore, signal };
    return withRetries(() => this.session.send(command, textOf(parameters), signal), rules);
  }

  /** All rows of a list, on all pages. */
  list(command: string, parameters: Parameters, signal?: AbortSignal): Promise<Row[]> {
    return this.reads.list(command, textOf(parameters), signal);
  }

  /** A change, to its end: waits for the job if the command starts one. Returns the object it is about. */
  async call(command: string, parameters: Parameters, options: CallOptions = {}): Promise<Row> {
    return (await this.start(command, parameters, options)).end();
  }

  /** A change, up to its acceptance: the id is known before the job has ended, and survives the job's failure. */
  async start(command: string, parameters: Parameters, options: CallOptions = {}): Promise<Started> {
    if (isRead(command)) throw new Error(`${command} changes nothing: use ask, list or reads`);
    const payload = await this.change(command, textOf(parameters), options);
    const accepted = Date.now();
    const id = typeof payload.id === "string" ? payload.id : undefined;
    const jobId = typeof payload.jobid === "string" ? payload.jobid : undefined;
    if (jobId === undefined) {
      const object = objectOf(payload);
      return { id: id ?? (typeof object.id === "string" ? object.id : undefined), jobId, end: async () => object };
    }
    const end = async () => {
      try {
        return objectOf(await this.jobs.result(command, jobId, accepted, options.signal));
      } finally {
        this.reads.forget();
      }
    };
    return { id, jobId, end };
  }

  /** Removes an object. One that is not there is removed already. */
  async remove(command: string, id: string, more: Parameters = {}, signal?: AbortSignal): Promise<void> {
    try {
      await this.call(command, { ...more, id }, { signal });
    } catch (error) {
      if (!provesGone(error, id)) throw error;
    }
  }

  private async change(command: string, parameters: Record<string, string>, options: CallOptions): Promise<Row> {
    const rules = {
      repeatable: isRepeatable(command),
      answeredBefore: () => this.session.answeredBefore,
      signal: options.signal,
    };
    const send = () => withRetries(() => this.session.send(command, parameters, options.signal), rules);
    try {
      return await send().catch(async (error: unknown) => (await this.searchLost(error, options)) ?? (await send()));
    } finally {
      this.reads.forget();
    }
  }

  /**
   * After a request without an answer: what it made, looked for several times because the server may still be at it. Undefined
   * when nothing appears: then the request can be sent again.
   */
  private async searchLost(error: unknown, { findLost, signal }: CallOptions): Promise<Row | undefined> {
    const doubtful = isCloudStackError(error, "dropped", "timeout") && error.facts.mayHaveHappened;
    if (!doubtful || !findLost || signal?.aborted) throw error;
    for (let attempt = 1; attempt <= LOST_SEARCHES; attempt++) {
      await backoff(attempt, signal);
      this.reads.forget();
      const found = await findLost();
      if (found) return { id: found.id, jobid: found.jobstatus === 0 ? found.jobid : undefined, object: found };
    }
    return undefined;
  }
}

/** Searches after 0.2, 0.4, 0.8 and 1.6 s at most: creates are entered before their answer is written. */
const LOST_SEARCHES = 4;

function textOf(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, Array.isArray(value) ? value.join(",") : String(value)]];
    }),
  );
}
