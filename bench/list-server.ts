/** A process: an embedded cloud with a thousand instances. Sends its endpoint when they are there, and its use of processors when asked. */
import { defaultSeed } from "../emulator/cloudstack/seed.ts";
import { Site } from "../test/emulator/site.ts";

export interface ListServer {
  pid: number;
  apiUrl: string;
  apiKey: string;
  secretKey: string;
  /** The first instance and the last. */
  first: string;
  last: string;
}

const instances = 1000;
const hosts = Array.from({ length: 20 }, (_, index) => index + 1).flatMap((number) =>
  defaultSeed.hosts.slice(0, 1).map((host) => ({ ...host, name: `host${number}`, ip: `172.16.15.${number + 1}` })),
);
const primaryStorage = defaultSeed.primaryStorage.map((pool) => ({ ...pool, sizeGib: 1 << 20 }));
const site = await Site.start({ seed: { ...defaultSeed, hosts, primaryStorage } });
const network = await site.network({ gateway: "10.1.0.1", netmask: "255.255.0.0" });
const deployment = await site.deployment(network);
const ids: string[] = [];
while (ids.length < instances) {
  ids.push((await site.do("deployVirtualMachine", { ...deployment, name: site.name("vm") })).id);
}
const [first = "", last = ""] = [ids.at(0), ids.at(-1)];
const { apiUrl, apiKey, secretKey } = site.emulator;
process.on("message", () => process.send?.(process.cpuUsage()));
process.send?.({ pid: process.pid, apiUrl, apiKey, secretKey, first, last } satisfies ListServer);
