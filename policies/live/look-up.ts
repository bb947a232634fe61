import type { Client } from "../../provider/cloudstack/client/client.ts";
import type { PlainObject } from "../../provider/core/values.ts";
import { isUnknown } from "../core/sdk.ts";
import { type Subject, subjectOf, urnOf, type Values } from "../core/subject.ts";
import type { LookUp } from "../core/world.ts";
import { types } from "../model/types.ts";

type Registry = typeof import("../../provider/cloudstack/provider.ts");

/** How long one question may take. */
const patienceMs = 20_000;

/**
 * Asks the CloudStack that the asking resource is made in, with the very reads of our provider. What has been read is
 * remembered for the run: nobody else changes it meanwhile, and whatever the run itself makes has an id of its own.
 */
export function liveLookUp(): LookUp {
  const clients = new Map<string, Promise<Client>>();
  const answers = new Map<string, Promise<Subject | undefined>>();
  const find: LookUp["find"] = (type, id, asker) => {
    if (!type.startsWith("cloudstack:")) return Promise.resolve(undefined);
    const key = `${type} ${id}`;
    const answer = answers.get(key) ?? clientOf(asker, clients).then((client) => read(client, type, id));
    answers.set(key, answer);
    return answer;
  };
  return {
    find,
    async users(subject, type) {
      const { name } = subject.raw;
      if (subject.type !== types.aclList || type !== types.network || typeof name !== "string") return [];
      const client = await clientOf(subject, clients);
      const signal = AbortSignal.timeout(patienceMs);
      const lists = await client.list("listNetworkACLLists", { listall: true, name }, { signal });
      const ids = new Set(lists.map((row) => row.id));
      if (ids.size === 0) return [];
      const networks = await client.list("listNetworks", { listall: true }, { signal });
      const using = networks.filter((row) => typeof row.aclid === "string" && ids.has(row.aclid));
      const found = await Promise.all(using.map((row) => find(type, String(row.id), subject)));
      return found.filter((one) => one !== undefined);
    },
  };
}

/** Only loaded when there is something to ask: it costs a preview 150 ms. */
function registry(): Promise<Registry> {
  return import("../../provider/cloudstack/provider.ts");
}

async function clientOf({ provider = {} }: Subject<unknown>, clients: Map<string, Promise<Client>>): Promise<Client> {
  const { cloudstack } = await registry();
  const values = Object.fromEntries(
    Object.keys(cloudstack.config).flatMap((name) => {
      const given = provider[name] ?? process.env[cloudstack.environment[name] ?? ""];
      return given === undefined || given === "" || isUnknown(given) ? [] : [[name, parsed(name, given)]];
    }),
  );
  for (const name of ["apiUrl", "apiKey", "secretKey"]) {
    if (values[name] === undefined) throw new Error(`the provider's ${name} is not set, so its server cannot be asked`);
  }
  const key = JSON.stringify(values);
  const client = clients.get(key) ?? Promise.resolve(cloudstack.configure(values as PlainObject));
  clients.set(key, client);
  return client;
}

/** Provider configuration comes as text, numbers and switches too. */
function parsed(name: string, value: unknown): unknown {
  if (typeof value !== "string" || !["timeout", "concurrency", "verifyTls"].includes(name)) return value;
  return JSON.parse(value);
}

async function read(api: Client, type: string, id: string): Promise<Subject | undefined> {
  const { cloudstack } = await registry();
  const resource = cloudstack.resources.find(({ token }) => token === type);
  if (resource === undefined) return undefined;
  const context = { api, urn: urnOf(type, id), signal: AbortSignal.timeout(patienceMs), log: () => {} };
  const live = await resource.read(context, id, {});
  if (live === undefined) return undefined;
  const props = live.values as Values;
  return subjectOf({ type, urn: context.urn, name: String(props.name ?? id), props });
}
