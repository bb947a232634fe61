import { pageOf, type Row } from "./answer.ts";
import { Capabilities } from "./capabilities.ts";
import { CloudStackError, isCloudStackError } from "./errors.ts";
import { Gate } from "./gate.ts";
import { Jobs } from "./jobs.ts";
import { Reads } from "./reads.ts";
import { isRead, isRepeatable } from "./repeatable.ts";
import { withRetries } from "./retry.ts";
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

/** Undefined values are not sent. */
export type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Which jobs this one is expected to take as long as. Default: all of its command. */
  pace?: string | undefined;
}

/** A job that the server has taken on. */
export interface Accepted {
  /** The new object's id, where the command creates one: known before the job has ended, and whatever becomes of it. */
  readonly id: string | undefined;
  readonly jobId: string;
}

export interface StartedJob extends Accepted {
  /** Waits for the job's end and returns its result, such as `{"virtualmachine": {…}}`. */
  result(): Promise<Row>;
}

/** One CloudStack API endpoint with one user's keys. Opens no connection before the first call. */
export class Client {
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
    this.jobs = new Jobs((jobid, signal) => this.send("queryAsyncJobResult", { jobid }, signal));
    this.reads = new Reads((command, parameters, signal) => this.send(command, parameters, signal));
    this.gate = new Gate(this.reads);
    this.capabilities = new Capabilities((command) => this.send(command, {}));
  }

  /**
   * Proves that the endpoint answers these keys.
   * @throws CloudStackError which says whether it is the address, TLS, the keys or the clock
   */
  connect(): Promise<void> {
    return this.retrying(() => this.session.connect(), true);
  }

  /**
   * A command that answers at once: what is inside `{"<command>response": …}`. Sent again after a failure only where that is
   * safe; a lost create fails with `facts.mayHaveHappened`, and its caller looks for what it made.
   * @throws CloudStackError
   */
  async call(command: string, parameters: Parameters, { signal }: CallOptions = {}): Promise<Row> {
    if (isRead(command)) return this.send(command, parameters, signal);
    try {
      return await this.send(command, parameters, signal);
    } catch (error) {
      // Only administrators may choose ids; for others the server does, and our mark goes on as a tag.
      const { customid, ...others } = parameters;
      if (customid === undefined || !isCloudStackError(error, "forbidden") || !/custom id/.test(error.facts.text))
        throw error;
      return await this.send(command, others, signal);
    } finally {
      this.reads.forget();
    }
  }

  /** A command that starts a job, up to the job's acceptance. */
  async start(command: string, parameters: Parameters, options: CallOptions = {}): Promise<StartedJob> {
    const { id, jobid } = await this.call(command, parameters, options);
    const accepted = Date.now();
    if (typeof jobid !== "string") {
      throw new CloudStackError({ kind: "server", command, text: "the answer names no job", mayHaveHappened: true });
    }
    const job = { command, jobId: jobid, started: accepted, pace: options.pace ?? command };
    const result = () => this.jobs.result(job, options.signal).finally(() => this.reads.forget());
    return { id: typeof id === "string" ? id : undefined, jobId: jobid, result };
  }

  /** A command that starts a job, to the job's end: its result, such as `{"network": {…}}` or `{"success": true}`. */
  async job(
    command: string,
    parameters: Parameters,
    options: CallOptions & { onAccepted?: (job: Accepted) => void } = {},
  ): Promise<Row> {
    const job = await this.start(command, parameters, options);
    options.onAccepted?.(job);
    return job.result();
  }

  /** Waits for the job that the server names as working on an object, if it names one; what becomes of it does not matter. */
  async settled({ jobid, jobstatus }: Row, { signal }: CallOptions = {}): Promise<void> {
    if (typeof jobid !== "string" || jobstatus !== 0) return;
    const job = { command: "pending job", jobId: jobid, started: Date.now(), pace: "pending job" };
    await this.jobs.result(job, signal).catch((error: unknown) => {
      if (signal?.aborted) throw error;
    });
    this.reads.forget();
  }

  /** All rows of a list, on all pages, asked for anew. */
  list(command: string, parameters: Parameters, options: CallOptions = {}): Promise<Row[]> {
    return this.reads.list(command, textOf(parameters), options.signal);
  }

  /** Whether a list, of all owners, has any row. */
  async any(command: string, parameters: Parameters, options: CallOptions = {}): Promise<boolean> {
    const found = { ...parameters, listall: true, page: 1, pagesize: 1 };
    return pageOf(command, await this.call(command, found, options), true).count > 0;
  }

  /**
   * The row with `id` in the list that `scope` describes, or undefined if the server proves that there is none. Many reads of
   * one list share one call (see Reads).
   */
  read(command: string, scope: Parameters, id: string, options: CallOptions = {}): Promise<Row | undefined> {
    return this.reads.find(command, textOf(scope), id, options.signal);
  }

  private send(command: string, parameters: Parameters, signal?: AbortSignal): Promise<Row> {
    const send = () => this.session.send(command, textOf(parameters), signal);
    return this.retrying(send, isRepeatable(command), signal);
  }

  private retrying<T>(send: () => Promise<T>, repeatable: boolean, signal?: AbortSignal): Promise<T> {
    return withRetries(send, { repeatable, answeredBefore: () => this.session.answeredBefore, signal });
  }
}

function textOf(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
