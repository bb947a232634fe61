import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud } from "./cloud.ts";
import { eventually } from "./processes.ts";

const main = join(import.meta.dirname, "../../emulator/cloudstack/main.ts");

/** An embedded cloud as a process of its own, which a test can kill and start again: same state, same port, same keys. */
export class CloudProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), "strata-cloud-"));
  #process: ChildProcess | undefined;
  #port = "0";

  /** Starts, or starts again, and resolves when it answers. */
  async start(): Promise<Cloud> {
    rmSync(this.#endpointFile, { force: true });
    const words = [main, "--state", this.#folder, "--port", this.#port, "--latency", "fast"];
    this.#process = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] });
    await eventually("the embedded cloud listens", () => this.#endpoint() !== undefined);
    const endpoint = this.#endpoint();
    if (endpoint === undefined) throw new Error("the embedded cloud is gone again");
    this.#port = new URL(endpoint.apiUrl).port;
    return Cloud.at({ ...endpoint, close: () => this.kill() });
  }

  /** As a power failure does: without a word. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || !child.kill("SIGKILL")) return;
    await once(child, "exit");
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #endpointFile(): string {
    return join(this.#folder, "endpoint.json");
  }

  #endpoint(): Endpoint | undefined {
    try {
      return JSON.parse(readFileSync(this.#endpointFile, "utf8")) as Endpoint;
    } catch {
      return undefined;
    }
  }
}

type Endpoint = Record<"apiUrl" | "controlUrl" | "apiKey" | "secretKey", string>;
