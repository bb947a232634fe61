/** A provider of things in memory, to test the core without any cloud. */
import { boolean, cidr, integer, list, mac, map, object, oneOf, text } from "../../../provider/core/fields.ts";
import type { Provider, Resource } from "../../../provider/core/resource.ts";
import type { PlainObject } from "../../../provider/core/values.ts";

/** What the toy cloud holds, and what it is told to do wrong. */
export interface ToyCloud {
  readonly things: Map<string, PlainObject>;
  /** Thrown by the next create, after the thing was made if `afterMaking`. */
  fault?: { readonly error: Error; readonly afterMaking: boolean } | undefined;
  /** Id of a thing that creates take over. */
  leftover?: string;
  /** What tells it from another toy cloud. */
  server?: string;
  /** Creates wait for their signal. */
  hang?: boolean;
}

const leg = object(
  "Leg",
  {
    network: text({ min: 1, doc: "Where it stands." }),
    address: text({ optional: true, doc: "Fixed address." }),
    cable: text({ optional: true, onUnknown: "replace", doc: "What it hangs on." }),
    hardware: mac({ optional: true, onChange: "replace", doc: "Hardware address." }),
  },
  {},
);

const inputs = {
  name: text({ min: 1, max: 20, doc: "Name." }),
  size: integer({ min: 1, max: 64, unit: "GiB", onChange: "stops", doc: "Size." }),
  color: oneOf(["red", "green"], { default: "red", onChange: "replace", doc: "Color." }),
  network: cidr({ optional: true, onChange: "replace", doc: "Network." }),
  legs: list(leg, { optional: true, key: "network", doc: "Legs." }),
  words: list(text({}), { optional: true, set: true, doc: "Words." }),
  order: list(text({}), { optional: true, doc: "Words in order." }),
  tags: map(text({}), { optional: true, doc: "Tags." }),
  once: boolean({ default: false, onChange: "ignored", doc: "Counts at creation only." }),
  password: text({ optional: true, secret: true, from: false, doc: "Password." }),
  place: text({ optional: true, serverChooses: true, onChange: "replace", doc: "Place. Default: any." }),
  note: text({ optional: true, doc: "Note.", rule: (note) => (note.includes("!") ? "no shouting" : undefined) }),
} as const;

const outputs = {
  path: text({ changesWith: ["name"], doc: "Path." }),
  serial: text({ doc: "Serial number." }),
  upperName: text({ doc: "Follows from the name." }),
} as const;

const thing: Resource<ToyCloud, typeof inputs, typeof outputs> = {
  token: "toy:index:Thing",
  doc: "A thing.",
  inputs,
  outputs,
  deleteBeforeReplace: true,
  preview: ({ name }) => ({ upperName: typeof name === "string" ? name.toUpperCase() : null }),
  isRunning: ({ name }) => name !== "asleep",
  check: ({ size, color }) => (size === 13 && color === "red" ? [{ path: "size", reason: "13 is never red" }] : []),

  async create({ api, created, signal }, given) {
    const { fault } = api;
    api.fault = undefined;
    if (fault !== undefined && !fault.afterMaking) throw fault.error;
    const id = api.leftover ?? `thing-${api.things.size + 1}`;
    api.things.set(id, { ...given, ...derived(given.name), password: undefined });
    created(id, { name: given.name });
    if (fault !== undefined) throw fault.error;
    if (api.hang) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    return { id, values: api.things.get(id) ?? {} };
  },
  async read({ api }, id) {
    const values = api.things.get(id);
    return values && { id, values };
  },
  async update({ api }, id, { after }) {
    const values = { ...after, ...derived(after.name), password: undefined };
    api.things.set(id, values);
    return { id, values };
  },
  async delete({ api }, id) {
    api.things.delete(id);
  },
};

function derived(name: string): PlainObject {
  return { path: `/${name}`, serial: "S1", upperName: name.toUpperCase() };
}

export const THING = "toy:index:Thing";

/** Config `endpoint` may come from TOY_ENDPOINT. */
export function toyProvider(cloud: ToyCloud): Provider<ToyCloud> {
  return {
    name: "toy",
    version: "1.2.3",
    displayName: "Toy",
    doc: "Toys.",
    config: {
      endpoint: text({ min: 1, doc: "Where." }),
      token: text({ min: 8, secret: true, doc: "Token." }),
      retries: integer({ default: 3, min: 0, doc: "How often." }),
    },
    environment: { endpoint: "TOY_ENDPOINT" },
    resources: [thing as unknown as Resource<ToyCloud>],
    functions: [],
    configure: () => cloud,
    serverId: async ({ server }) => server,
    mayHaveHappened: (error) => error instanceof Error && error.message.includes("connection lost"),
  };
}
