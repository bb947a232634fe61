import { list, map, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";

const inputs = {
  commands: list(text({ min: 1 }), { optional: true, set: true, doc: "Only these commands. Default: all." }),
} as const;

const outputs = {
  parameters: map(list(text({}), {}), {
    doc: "Command to its parameters. A command that is not in it is not available.",
  }),
} as const;

export const getApis = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:infrastructure:getApis",
  doc:
    "What the server offers to the keys in use. Decide by this, not by a version: CloudStack and Mold number alike and " +
    "differ in what they can.",
  inputs,
  outputs,

  async call({ api }, { commands }) {
    const all = await api.capabilities.all();
    const chosen = [...all].filter(([name]) => commands === undefined || commands.includes(name));
    const sorted = chosen.sort(([a], [b]) => (a < b ? -1 : 1));
    return { parameters: Object.fromEntries(sorted.map(([name, parameters]) => [name, [...parameters].sort()])) };
  },
});
