import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repoRoot } from "../tools/toolchain/layout.ts";

/** What every emulator writes into its `endpoint.json`. */
export interface Running {
  pid: number;
  controlUrl: string;
  startedAt: string;
}

interface Kind<E extends Running> {
  /** As in "the embedded cloud". */
  readonly name: string;
  /** Its program, from the root of the work tree. */
  readonly program: string;
  readonly folder: string;
  /** The urls that stacks and shells remember: a restart keeps their ports. */
  urlsOf(endpoint: E): readonly string[];
}

type Words = Readonly<Record<string, string | undefined>>;

/** The words that a state is made from, with what holds where they are not said. */
const origins: Words = { seed: "default", flavor: "cloudstack" };
/** The same of all words that have such a value. */
const defaults: Words = { ...origins, latency: "real" };

function originOf(words: Words): Words {
  const said = Object.keys(origins).filter((word) => words[word] !== undefined);
  return Object.fromEntries(said.map((word) => [word, words[word]]));
}

const anyPort = "0";
const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;

/** An emulator of this work tree that runs in the background and tells in a file where it answers. */
export class Background<E extends Running> {
  readonly #kind: Kind<E>;

  constructor(kind: Kind<E>) {
    this.#kind = kind;
  }

  /** The running one, or undefined. A leftover file of a dead process does not count. */
  async find(): Promise<E | undefined> {
    const endpoint = this.#readEndpoint();
    return endpoint !== undefined && (await answers(endpoint)) ? endpoint : undefined;
  }

  /**
   * Starts it on the ports it had before where those are free; idempotent. `fresh` throws away its former state.
   * @throws with the end of its log, or where it runs already or has a state, and not as the words ask for
   */
  async start(words: Words, fresh = false): Promise<{ endpoint: E; started: boolean }> {
    const running = await this.find();
    if (fresh && running === undefined) rmSync(this.#file("state.jsonl"), { force: true });
    const options = { ...words, ...this.#origin(words) };
    if (running !== undefined) {
      this.#checkRunning(running, words, fresh);
      return { endpoint: running, started: false };
    }
    const { folder, name } = this.#kind;
    mkdirSync(folder, { recursive: true });
    const port = options.port ?? (await this.#formerPorts());
    rmSync(this.#file("endpoint.json"), { force: true });
    // Before there is a state: a start that fails may leave one.
    writeFileSync(this.#file("origin.json"), JSON.stringify(options));
    const logged = statSync(this.#file("log"), { throwIfNoEntry: false })?.size ?? 0;
    const child = this.#launch({ ...options, port });
    let exited = false;
    child.once("exit", () => {
      exited = true;
    });
    for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline && !exited; await sleep(25)) {
      const endpoint = await this.find();
      if (endpoint !== undefined) {
        child.unref();
        writeFileSync(this.#file("port"), this.#portsOf(endpoint));
        return { endpoint, started: true };
      }
    }
    throw new Error(`the ${name} did not start. Its log (${this.#file("log")}) ends with:\n${this.#logFrom(logged)}`);
  }

  /** Ends it and keeps its state; false where none was running. */
  async stop(): Promise<boolean> {
    const endpoint = await this.find();
    if (endpoint === undefined) return false;
    process.kill(endpoint.pid, "SIGTERM");
    for (const deadline = Date.now() + stopTimeoutMs; Date.now() < deadline; await sleep(25)) {
      // Not when it answers no more: it still writes then, and holds its port.
      if (!isAlive(endpoint.pid)) return true;
    }
    throw new Error(`the ${this.#kind.name} (process ${endpoint.pid}) did not stop within ${stopTimeoutMs / 1000} s`);
  }

  /** Puts it back to its seed; false where none is running. */
  async reset(): Promise<boolean> {
    const endpoint = await this.find();
    if (endpoint === undefined) return false;
    const { status, text } = await ask(`${endpoint.controlUrl}/reset`, "POST");
    if (status >= 300) throw new Error(`the ${this.#kind.name} refused the reset: ${status} ${text}`);
    return true;
  }

  /** What the state was made from, if there is one. @throws when the words ask for something else */
  #origin(words: Words): Words {
    if (!existsSync(this.#file("state.jsonl"))) return {};
    const former = this.#readOrigin();
    for (const [word, asked] of Object.entries(originOf(words))) {
      const was = former[word] ?? defaults[word];
      if (asked === was) continue;
      throw new Error(
        `the ${this.#kind.name} has a state that was made with --${word} ${was}, not ${asked}: ` +
          "`strata emulator stop`, then start it with --fresh, which throws that state away",
      );
    }
    return originOf(former);
  }

  /** What runs is not changed by starting it again. @throws where the words ask for something else */
  #checkRunning(running: E, words: Words, fresh: boolean): void {
    const former: Words = { ...this.#readOrigin(), port: this.#portsOf(running) };
    const other = Object.entries(words).find(([word, asked]) => {
      return asked !== undefined && asked !== anyPort && asked !== (former[word] ?? defaults[word]);
    });
    if (other === undefined && !fresh) return;
    const asked = fresh ? "--fresh" : `--${other?.join(" ")}`;
    throw new Error(
      `the ${this.#kind.name} runs already (process ${running.pid}), so ${asked} has no effect: \`strata emulator stop\`, then start it so`,
    );
  }

  #readOrigin(): Words {
    try {
      return JSON.parse(readFileSync(this.#file("origin.json"), "utf8"));
    } catch {
      return {};
    }
  }

  #launch(options: Words): ChildProcess {
    const words = [join(repoRoot, this.#kind.program), "--state", this.#kind.folder];
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined) words.push(`--${name}`, value);
    }
    const log = openSync(this.#file("log"), "a");
    try {
      return spawn(process.execPath, words, { cwd: repoRoot, detached: true, stdio: ["ignore", log, log] });
    } finally {
      closeSync(log);
    }
  }

  #readEndpoint(): E | undefined {
    try {
      return JSON.parse(readFileSync(this.#file("endpoint.json"), "utf8"));
    } catch {
      return undefined;
    }
  }

  /** The ports it had, unless somebody else has one of them now. */
  async #formerPorts(): Promise<string> {
    try {
      const ports = readFileSync(this.#file("port"), "utf8");
      for (const port of ports.split(",")) {
        const probe = createServer().listen(Number(port), "127.0.0.1");
        await once(probe, "listening");
        probe.close();
        await once(probe, "close");
      }
      return ports;
    } catch {
      return anyPort;
    }
  }

  #portsOf(endpoint: E): string {
    return this.#kind
      .urlsOf(endpoint)
      .map((url) => new URL(url).port)
      .join(",");
  }

  #file(name: string): string {
    return join(this.#kind.folder, name);
  }

  /** The end of what was logged since. */
  #logFrom(bytes: number): string {
    try {
      return readFileSync(this.#file("log")).subarray(bytes).toString().trimEnd().split("\n").slice(-12).join("\n");
    } catch {
      return "(empty)";
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function answers({ controlUrl }: Running): Promise<boolean> {
  return ask(`${controlUrl}/calls`, "GET", AbortSignal.timeout(2_000)).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/** A request of this machine to itself. With an agent of its own, for `fetch` may be told to ask a proxy. */
async function ask(url: string, method: string, signal?: AbortSignal): Promise<{ status: number; text: string }> {
  const sent = request(url, { method, agent: new Agent(), ...(signal && { signal }) }).end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}
