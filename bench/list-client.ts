/** A process: asks one list over and over on eight connections, on its own so that nobody else's garbage is collected in between. */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { KeptConnection, questionOf } from "./kept-connection.ts";
import { Waited } from "./waited.ts";

/** What a client is told to ask. */
export interface Question {
  /** A signed url: the same one is asked again and again. */
  url: string;
  /** The answer's body, every time. */
  body: string;
  /** A signed url of a change, asked before each of the questions; its time is not part of the latencies. Absent: nothing changes. */
  change?: string;
  requests: number;
  /** The server's process. */
  pid: number;
}

/** How long the answers took, in milliseconds. */
export interface Latencies {
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
}

export interface Asked {
  seconds: number;
  latencies: Latencies;
  /** The same without the time for which the server, or if longer the client, was ready and had no core. */
  onCore: Latencies;
  /** Seconds for which the server was ready and had no core. */
  waitedSeconds: number;
}

const connections = 8;

async function ask({ url, body, change, requests, pid }: Question): Promise<Asked> {
  const open = await Promise.all(Array.from({ length: connections }, () => KeptConnection.to(new URL(url))));
  const waits = { server: new Waited(pid), client: new Waited(process.pid) };
  const now = () => ({ at: performance.now(), server: waits.server.nanoseconds(), client: waits.client.nanoseconds() });
  const [question, expected] = [questionOf(url), Buffer.from(body)];
  const changing = change === undefined ? undefined : questionOf(change);
  const [latencies, onCore] = [createHistogram(), createHistogram()];
  let left = requests;
  const start = now();
  const ask = async (connection: KeptConnection) => {
    // The next question goes out when the answer is here: both have one reading of the clocks.
    for (let before = now(); left > 0; ) {
      left -= 1;
      if (changing !== undefined) {
        await connection.ask(changing);
        before = now();
      }
      await connection.ask(question, expected);
      const after = now();
      const taken = (after.at - before.at) * 1e6;
      const waited = Math.max(after.server - before.server, after.client - before.client);
      latencies.record(atLeastOne(taken));
      onCore.record(atLeastOne(taken - waited));
      before = after;
    }
  };
  await Promise.all(open.map(ask));
  const end = now();
  for (const one of [...open, waits.server, waits.client]) one.close();
  return {
    seconds: (end.at - start.at) / 1000,
    latencies: summary(latencies),
    onCore: summary(onCore),
    waitedSeconds: (end.server - start.server) / 1e9,
  };
}

/** What a histogram takes. A wait that began before the question went out counts in full, so that less than nothing may be left. */
function atLeastOne(nanoseconds: number): number {
  return Math.max(1, Math.round(nanoseconds));
}

function summary(nanoseconds: RecordableHistogram): Latencies {
  const within = (percent: number) => nanoseconds.percentile(percent) / 1e6;
  return { p50: within(50), p90: within(90), p99: within(99), p999: within(99.9), max: nanoseconds.max / 1e6 };
}

process.on("message", async (question: Question) => process.send?.(await ask(question)));
