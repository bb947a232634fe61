import type { Client, ClientOptions } from "../../provider/cloudstack/client/client.ts";
import type { Resource } from "../../provider/core/resource.ts";
import { isUnknown } from "../core/sdk.ts";
import { type Subject, subjectOf, urnOf, type Values } from "../core/subject.ts";
import { type LookUp, noUsers } from "../core/world.ts";
import { types } from "../model/types.ts";

/** How long one question may take. */
const patienceMs = 20_000;

/**
 * Asks the CloudStack that the asking resource is made in, with the very reads of our provider. What has been read is
 * remembered for the run: nobody else changes it meanwhile, and whatever the run itself makes has an id of its own.
 */
export function liveLookUp(): LookUp {
  const servers = new Map<string, Promise<Server>>();
  const answers = new Map<string, Promise<Subject | undefined>>();
  const find: LookUp["find"] = async (type, id, asker) => {
    if (!type.startsWith("cloudstack:")) return undefined;
    const key = `${type} ${id}`;
    const answer = answers.get(key) ?? serverOf(asker, servers).then(({ client }) => read(client, type, id, asker));
    answers.set(key, answer);
    return answer;
  };
  return {
    find,
    async users(subject, type) {
      const { name } = subject.raw;
      if (subject.type !== types.aclList || type !== types.network || typeof name !== "string") return noUsers;
      const server = await serverOf(subject, servers);
      const ids = new Set((await server.lists()).flatMap((row) => (row.name === name ? [String(row.id)] : [])));
      if (ids.size === 0) return noUsers;
      const using = (await server.networks()).filter((row) => ids.has(String(row.aclid)));
      const found = await Promise.all(using.map((row) => find(type, String(row.id), subject)));
      return { ids, users: found.filter((one) => one !== undefined) };
    },
  };
}

/** A server as one provider reaches it. */
interface Server {
  readonly client: Client;
  /** What stood before the run, asked once: who uses a list that the run itself makes, the run knows. */
  lists(): ReturnType<Client["list"]>;
  networks(): ReturnType<Client["list"]>;
}

async function serverOf({ provider = {} }: Subject<unknown>, servers: Map<string, Promise<Server>>): Promise<Server> {
  const { config, environment } = await import("../../provider/cloudstack/config.ts");
  const variables: Readonly<Record<string, string>> = environment;
  const values = Object.fromEntries(
    Object.keys(config).flatMap((name) => {
      const given = provider[name] ?? process.env[variables[name] ?? ""];
      return given === undefined || given === "" || isUnknown(given) ? [] : [[name, parsed(name, given)]];
    }),
  );
  for (const name of ["apiUrl", "apiKey", "secretKey"]) {
    if (values[name] === undefined) throw new Error(`the provider's ${name} is not set, so its server cannot be asked`);
  }
  const key = JSON.stringify(values);
  const server = servers.get(key) ?? connect(values as unknown as ClientOptions);
  servers.set(key, server);
  return server;
}

/** The client is loaded only when there is something to ask: by then the program is starting beside us. */
async function connect(options: ClientOptions): Promise<Server> {
  const { Client } = await import("../../provider/cloudstack/client/client.ts");
  const client = new Client(options);
  const once = (command: string) => {
    let rows: ReturnType<Client["list"]> | undefined;
    return () => {
      rows ??= client.list(command, { listall: true }, { signal: AbortSignal.timeout(patienceMs) });
      return rows;
    };
  };
  return { client, lists: once("listNetworkACLLists"), networks: once("listNetworks") };
}

/** Provider configuration comes as text, numbers and switches too. */
function parsed(name: string, value: unknown): unknown {
  if (typeof value !== "string" || !["timeout", "concurrency", "verifyTls"].includes(name)) return value;
  return JSON.parse(value);
}

async function read(
  api: Client,
  type: string,
  id: string,
  { provider }: Subject<unknown>,
): Promise<Subject | undefined> {
  const context = { api, urn: urnOf(type, id), signal: AbortSignal.timeout(patienceMs), log: () => {} };
  const live = await (await lifecycleOf(type)).read(context, id, {});
  if (live === undefined) return undefined;
  const props = live.values as Values;
  // What it refers to in turn is asked of the same server.
  return subjectOf({ type, urn: context.urn, name: String(props.name ?? id), props, provider });
}

/**
 * What our provider does with a type: `resources/vgpu-profile.ts` for `cloudstack:gpu:VgpuProfile`. That file alone,
 * because the provider's registry takes every preview 100 ms to load.
 * @throws Error when the provider has no such file
 */
export async function lifecycleOf(type: string): Promise<Resource<Client>> {
  const noun = type.slice(type.lastIndexOf(":") + 1);
  const file = noun.replace(/(?<=[a-z0-9])[A-Z]/g, "-$&").toLowerCase();
  const module: object = await import(`../../provider/cloudstack/resources/${file}.ts`);
  const resource = Object.values(module).find((one: { token?: string }) => one.token === type);
  if (resource === undefined) throw new Error(`provider/cloudstack/resources/${file}.ts has no ${type}`);
  return resource;
}
