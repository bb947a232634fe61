import { createHmac } from "node:crypto";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

/** How fast the embedded cloud answers one kind of list while nothing changes. */
export interface ListSpeed {
  list: string;
  perSecond: number;
  /** Milliseconds within which 99 of 100 answers came. */
  p99Ms: number;
}

interface Server {
  apiUrl: string;
  apiKey: string;
  secretKey: string;
  /** One of the instances. */
  instance: string;
}

const requests = 6000;
const connections = 8;

/** Lists of a cloud with 1,000 instances, asked over eight connections; the cloud has a thread, so a core, of its own. */
export async function listSpeeds(): Promise<ListSpeed[]> {
  const worker = new Worker(join(import.meta.dirname, "list-server.ts"));
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  try {
    const [server] = (await once(worker, "message")) as [Server];
    const lists: Record<string, Record<string, string>> = {
      "listVirtualMachines, one": { command: "listVirtualMachines", id: server.instance },
      "listVirtualMachines, 20 of 1,000": { command: "listVirtualMachines", page: "3", pagesize: "20" },
      listNetworks: { command: "listNetworks", listall: "true" },
      listZones: { command: "listZones" },
    };
    const speeds: ListSpeed[] = [];
    for (const [list, params] of Object.entries(lists)) {
      const url = signed(server, params);
      await ask(url, agent, requests / 10);
      speeds.push({ list, ...(await ask(url, agent, requests)) });
    }
    return speeds;
  } finally {
    agent.destroy();
    await worker.terminate();
  }
}

async function ask(url: string, agent: Agent, count: number): Promise<Omit<ListSpeed, "list">> {
  const times: number[] = [];
  let left = count;
  const start = performance.now();
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const sent = performance.now();
      await answer(url, agent);
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  return { perSecond: count / seconds, p99Ms: times[Math.floor(times.length * 0.99)] ?? 0 };
}

function answer(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${response.statusCode} from ${url}`));
      response.on("end", resolve).resume();
    }).on("error", reject);
  });
}

/** A signed url (signature version 1): the same one is asked again and again. */
function signed({ apiUrl, apiKey, secretKey }: Server, params: Record<string, string>): string {
  const all: Record<string, string> = { ...params, apikey: apiKey, response: "json" };
  const query = Object.keys(all)
    .sort()
    .map((name) => `${name}=${encodeURIComponent(all[name] ?? "")}`)
    .join("&");
  const signature = createHmac("sha1", secretKey).update(query.toLowerCase()).digest("base64");
  return `${apiUrl}?${query}&signature=${encodeURIComponent(signature)}`;
}
