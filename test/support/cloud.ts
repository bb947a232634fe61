import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/cloudstack/server.ts";
import { call, content, type Endpoint } from "../parity/api.ts";

/** One object of an answer. */
export type Row = Readonly<Record<string, unknown>>;
type Params = Readonly<Record<string, string>>;

/** What the next calls of a command meet; see the emulator's control API. "drop" = carried out, then cut off. */
export interface Fault {
  kind: "error" | "drop" | "drop-before" | "slow" | "job-failure";
  status?: number;
  cserrorcode?: number;
  text?: string;
  delayMs?: number;
  /** How many calls meet it; default 1. */
  times?: number;
}

export interface Calls {
  total: number;
  byCommand: Record<string, number>;
}

/**
 * An embedded cloud in this process, with no latencies, and its administrator: somebody who looks at what a stack made
 * and changes things by hand. He shares no code with the provider, so that one cannot hide the other's mistakes.
 */
export class Cloud {
  readonly #emulator: Emulator;
  readonly #endpoint: Endpoint;

  private constructor(emulator: Emulator, flavor?: EmulatorOptions["flavor"]) {
    this.#emulator = emulator;
    this.#endpoint = { ...emulator, digest: flavor === "mold" ? "sha256" : "sha1" };
  }

  static async start(options: EmulatorOptions = {}): Promise<Cloud> {
    return new Cloud(await startEmulator({ latency: "none", ...options }), options.flavor);
  }

  /** A cloud that runs elsewhere, such as in a process of its own. */
  static at(emulator: Emulator): Cloud {
    return new Cloud(emulator);
  }

  /** What points a program at this cloud. */
  get env(): Record<string, string> {
    const { apiUrl, apiKey, secretKey } = this.#emulator;
    return { CLOUDSTACK_API_URL: apiUrl, CLOUDSTACK_API_KEY: apiKey, CLOUDSTACK_SECRET_KEY: secretKey };
  }

  /** Calls a command by hand and waits for its job. @throws when the server refuses. */
  async by(command: string, params: Params = {}): Promise<Row> {
    const answer = await call(this.#endpoint, command, params);
    const body = content(answer);
    if (answer.status !== 200) throw new Error(`${command}: ${answer.status} ${JSON.stringify(body)}`);
    return typeof body.jobid === "string" ? await this.#finished(command, body.jobid) : body;
  }

  /** The rows of a list command, of all owners. */
  list(command: string, params: Params = {}): Promise<Row[]> {
    return this.rows(command, { listall: "true", ...params });
  }

  /** The rows of a list command that knows no owners. */
  async rows(command: string, params: Params = {}): Promise<Row[]> {
    const { count: _, ...body } = await this.by(command, { pagesize: "500", page: "1", ...params });
    return (Object.values(body).find(Array.isArray) ?? []) as Row[];
  }

  /** The one row that is called so. @throws when there is none, or several. */
  async find(command: string, name: string, params: Params = {}): Promise<Row & { id: string }> {
    const rows = (await this.list(command, params)).filter((row) => row.name === name);
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw new Error(`${command}: ${rows.length} are called ${name}`);
    return { ...row, id: String(row.id) };
  }

  /** Everything that exists, sorted: two equal inventories mean that nothing was left behind. */
  inventory(): Promise<Record<string, Row[]>> {
    return this.control("GET", "inventory");
  }

  /** How often each command was called since the last `forgetCalls`, our own calls by hand included. */
  calls(): Promise<Calls> {
    return this.control("GET", "calls");
  }

  async forgetCalls(): Promise<void> {
    await this.control("DELETE", "calls");
  }

  /** Lets the next calls (or jobs) of `command` fail; "*" = of any command. */
  async fault(command: string, fault: Fault): Promise<void> {
    await this.control("POST", "faults", { command, ...fault });
  }

  /** Takes back every fault that has not been met yet. */
  async forgetFaults(): Promise<void> {
    await this.control("DELETE", "faults");
  }

  /** Any request to the control API: faults, clock, hosts, calls, jobs. */
  async control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(`${this.#emulator.controlUrl}/${path}`, init);
    if (!answer.ok) throw new Error(`${method} /control/${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  close(): Promise<void> {
    return this.#emulator.close();
  }

  async #finished(command: string, jobid: string): Promise<Row> {
    for (;;) {
      const job = content(await call(this.#endpoint, "queryAsyncJobResult", { jobid }));
      const result = (job.jobresult ?? {}) as Row;
      if (job.jobstatus === 1) return result;
      if (job.jobstatus === 2) throw new Error(`${command}: its job failed: ${JSON.stringify(result)}`);
      await sleep(5);
    }
  }
}
