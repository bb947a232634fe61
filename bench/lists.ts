import { fork } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { table } from "../cli/table.ts";
import type { Asked, Latencies, Question } from "./list-client.ts";
import type { ListServer } from "./list-server.ts";

/** A round of questions after one list. */
export interface Round {
  perSecond: number;
  /** User and system time of the whole server for one answer, with collecting garbage and the change before; microseconds. */
  cpuMicros: number;
  /** For how much of the round the server was ready to work and somebody else had its core, 0 to 1. */
  waited: number;
  latencies: Latencies;
  /** Without those waits: what the latencies are where the server has a core, and the client another one. */
  onCore: Latencies;
}

/** How fast the embedded cloud answers one kind of list. */
export interface ListSpeed {
  list: string;
  rounds: Round[];
}

const rounds = 5;
const requests = 6000;

/**
 * Lists of a cloud with 1,000 instances, asked over eight connections, each of which asks again when it has its answer whole
 * and has compared it with the first one.
 *
 * What is measured is the time from writing a question to having the last byte of its answer: the server's work on it, and
 * on those of the other seven that came before. The client is a process of its own and needs a fraction of the server's time,
 * so that it is hardly ever late. On a machine that others use as well, both wait for a core now and then, for milliseconds
 * each time, which says nothing of the server: `onCore` is without, and `waited` says how much of it there was.
 */
export async function listSpeeds(): Promise<ListSpeed[]> {
  const server = new Helper("list-server.ts");
  const client = new Helper("list-client.ts");
  try {
    const endpoint = await server.said<ListServer>();
    const speeds: (ListSpeed & { question: Question })[] = [];
    for (const [list, { asked, change }] of Object.entries(lists(endpoint))) {
      const url = signed(endpoint, asked);
      const changing =
        change === undefined ? { requests } : { change: signed(endpoint, change), requests: requests / 6 };
      const question = { url, body: await checked(url, list), ...changing, pid: endpoint.pid };
      // For the compiler.
      await client.answer<Asked>({ ...question, requests: requests / 10 });
      speeds.push({ list, question, rounds: [] });
    }
    // By turns, so that all lists see the same machine.
    for (let number = 0; number < rounds; number += 1) {
      for (const speed of speeds) speed.rounds.push(await round(server, client, speed.question));
    }
    return speeds.map((speed) => ({ list: speed.list, rounds: speed.rounds }));
  } finally {
    server.stop();
    client.stop();
  }
}

type Parameters = Record<string, string>;

/** What is asked, and what changes before each time: an answer is kept until then. */
function lists({ first, last }: ListServer): Record<string, { asked: Parameters; change?: Parameters }> {
  const page = { command: "listVirtualMachines", page: "3", pagesize: "20" };
  return {
    "listVirtualMachines, one": { asked: { command: "listVirtualMachines", id: last } },
    "listVirtualMachines, 20 of 1,000": { asked: page },
    "listVirtualMachines, 20, a change before each": {
      asked: page,
      // Not of what is asked.
      change: { command: "updateVirtualMachine", id: first, displayname: "changed" },
    },
    listNetworks: { asked: { command: "listNetworks", listall: "true" } },
    listZones: { asked: { command: "listZones" } },
  };
}

async function round(server: Helper, client: Helper, question: Question): Promise<Round> {
  const before = await server.answer<NodeJS.CpuUsage>({});
  const { seconds, waitedSeconds, latencies, onCore } = await client.answer<Asked>(question);
  const after = await server.answer<NodeJS.CpuUsage>({});
  return {
    perSecond: question.requests / seconds,
    cpuMicros: (after.user + after.system - before.user - before.system) / question.requests,
    waited: waitedSeconds / seconds,
    latencies,
    onCore,
  };
}

/** The body of the answer. @throws when it is not a list with something in it */
async function checked(url: string, list: string): Promise<string> {
  const answer = await fetch(url);
  const body = await answer.text();
  const [content] = Object.values(JSON.parse(body)) as [{ count?: number }];
  if (!answer.ok || (content.count ?? 0) < 1) throw new Error(`${list}: ${answer.status} ${body}`);
  return body;
}

/** A signed url (signature version 1): the same one is asked again and again. */
function signed({ apiUrl, apiKey, secretKey }: ListServer, params: Record<string, string>): string {
  const all: Record<string, string> = { ...params, apikey: apiKey, response: "json" };
  const query = Object.keys(all)
    .sort()
    .map((name) => `${name}=${encodeURIComponent(all[name] ?? "")}`)
    .join("&");
  const signature = createHmac("sha1", secretKey).update(query.toLowerCase()).digest("base64");
  return `${apiUrl}?${query}&signature=${encodeURIComponent(signature)}`;
}

/** A process with one of this folder's files, which says something by itself or in answer to a message. */
class Helper {
  readonly #process;
  readonly #ended: Promise<never>;

  constructor(file: string) {
    this.#process = fork(join(import.meta.dirname, file));
    this.#ended = once(this.#process, "exit").then(([code]) => {
      throw new Error(`bench/${file} ended with exit code ${code}`);
    });
    // It ends when it is stopped, too, and then nobody waits for its words.
    this.#ended.catch(() => {});
  }

  async said<T>(): Promise<T> {
    const [words] = await Promise.race([once(this.#process, "message"), this.#ended]);
    return words as T;
  }

  answer<T>(message: object): Promise<T> {
    this.#process.send(message);
    return this.said<T>();
  }

  stop(): void {
    this.#process.kill();
  }
}

/** What the table shows of a round, and with how many digits. */
const columns: Record<string, [of: (round: Round) => number, digits: number]> = {
  "per second": [({ perSecond }) => perSecond, 0],
  "CPU µs": [({ cpuMicros }) => cpuMicros, 0],
  "p50 ms": [({ onCore }) => onCore.p50, 1],
  "p99 ms": [({ onCore }) => onCore.p99, 1],
  "p99.9 ms": [({ onCore }) => onCore.p999, 1],
  "max ms": [({ onCore }) => onCore.max, 1],
  "p99 ms, waits for a core included": [({ latencies }) => latencies.p99, 1],
  "without a core, %": [({ waited }) => waited * 100, 0],
};

/** Each figure in the middle of all rounds. */
export function listTable(speeds: readonly ListSpeed[]): string {
  const rows = speeds.map(({ list, rounds: all }) => [
    list,
    ...Object.values(columns).map(([of, digits]) => middle(all.map(of)).toFixed(digits)),
  ]);
  return table(["list", ...Object.keys(columns)], rows);
}

function middle(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
