/** The CloudStack provider on an embedded cloud of its own, and a hand in that cloud that goes around the provider. */
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/cloudstack/server.ts";
import { Client, type Parameters, type Row } from "../../provider/cloudstack/client/client.ts";
import { cloudstack } from "../../provider/cloudstack/provider.ts";
import { Secret } from "../../provider/core/values.ts";
import { type Kept, TestEngine } from "./engine.ts";

export interface Cloud {
  readonly engine: TestEngine;
  readonly emulator: Emulator;
  /** A change by hand, or a look, past the provider. Returns the object of the answer. */
  byHand(command: string, parameters?: Parameters): Promise<Row>;
  rows(command: string, parameters?: Parameters): Promise<Row[]>;
  /** A provider process of its own on the same cloud, as the next `pulumi up` has. */
  nextRun(): Promise<TestEngine>;
  /** What a refresh by the next run, and a preview after it, show. */
  drift(token: string, kept: Kept): ReturnType<TestEngine["drift"]>;
  fault(fault: {
    command: string;
    kind: string;
    times?: number;
    status?: number;
    text?: string;
    delayMs?: number;
  }): Promise<void>;
  /** How often each command was called since `forgetCalls`. */
  calls(): Promise<Record<string, number>>;
  forgetCalls(): Promise<void>;
  close(): Promise<void>;
}

/** `options`: another seed, or the flavor of Mold. */
export async function startCloud(
  latency: "none" | "fast" | "real" = "none",
  options: Pick<EmulatorOptions, "flavor" | "seed"> = {},
): Promise<Cloud> {
  const emulator = await startEmulator({ ...options, latency });
  const { apiUrl, apiKey, secretKey, controlUrl } = emulator;
  const config = { apiUrl, apiKey, secretKey: new Secret(secretKey) };
  const hand = new Client({ apiUrl, apiKey, secretKey });
  const engines = [await TestEngine.start(cloudstack, config)];
  const nextRun = async () => {
    const engine = await TestEngine.start(cloudstack, config);
    engines.push(engine);
    return engine;
  };
  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${controlUrl}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

  return {
    engine: engines[0] as TestEngine,
    emulator,
    nextRun,
    drift: async (token, kept) => (await nextRun()).drift(token, kept),
    async byHand(command, parameters = {}) {
      const answer = await hand.call(command, parameters);
      const result = typeof answer.jobid === "string" ? await jobOf(hand, answer.jobid) : answer;
      const object = Object.values(result).find((value) => typeof value === "object" && !Array.isArray(value));
      return (object ?? result) as Row;
    },
    rows: (command, parameters = {}) => hand.list(command, parameters),
    async fault(fault) {
      await control("POST", "/faults", fault);
    },
    async calls() {
      const { byCommand } = (await (await control("GET", "/calls")).json()) as { byCommand: Record<string, number> };
      return byCommand;
    },
    async forgetCalls() {
      await control("DELETE", "/calls");
    },
    async close() {
      for (const engine of engines) engine.close();
      await emulator.close();
    },
  };
}

async function jobOf(hand: Client, jobid: string): Promise<Row> {
  for (;;) {
    const job = await hand.call("queryAsyncJobResult", { jobid });
    if (job.jobstatus === 1) return job.jobresult as Row;
    if (job.jobstatus !== 0) throw new Error(`job ${jobid}: ${JSON.stringify(job.jobresult)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
